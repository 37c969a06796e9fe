import Tensors

/// The gradient of a recurrent layer's states.
public enum StateGradient<Scalar: TensorScalar>: Sendable {
  /// Of every state, [L, N, H].
  case all(Tensor<Scalar>)
  /// Of the last state, [N, H], where nothing else uses the others.
  case last(Tensor<Scalar>)

  var isOfAll: Bool {
    if case .all = self { true } else { false }
  }

  /// Stops the program unless this is a gradient of states of the given shape, [L, N, H].
  func check(against shape: [Int]) {
    switch self {
    case .all(let gradient):
      require(gradient.shape == shape, "The gradient's shape \(gradient.shape) is not that of the states, \(shape).")
    case .last(let gradient):
      let last = Array(shape.dropFirst())
      require(gradient.shape == last, "The gradient's shape \(gradient.shape) is not that of the last state, \(last).")
    }
  }

  /// Memory of the given shape whose last time step, or all of it, holds the gradient.
  func buffer(shape: [Int]) -> SharedBuffer<Scalar> {
    switch self {
    case .all(let gradient): return SharedBuffer(gradient)
    case .last(let gradient): return SharedBuffer(endingWith: gradient, count: shape.reduce(1, *))
    }
  }
}
