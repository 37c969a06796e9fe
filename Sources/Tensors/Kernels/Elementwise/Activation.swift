/// A nonlinear function of each element.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// max(x, 0); NaN stays NaN.
  case relu
  /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case sigmoid

  public func forward<Scalar>(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    input.activated(by: self)
  }

  /// The gradient of the input, given that of the output, and the output itself.
  public func backward<Scalar>(_ gradient: Tensor<Scalar>, output: Tensor<Scalar>) -> Tensor<Scalar> {
    output.activationGradient(gradient, of: self)
  }
}

/// What other kernels make part of their loops. Which function it is does not change within a loop, so asking
/// for each vector costs next to nothing.
extension Activation {
  /// The function's values at the elements of `x`.
  @inline(__always)
  func value<Scalar: TensorScalar>(at x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector {
    switch self {
    case .relu: Scalar.larger(Scalar.Vector(), x)
    case .tanh: Scalar.hyperbolicTangent(x)
    case .sigmoid: Scalar.logistic(x)
    }
  }

  /// The gradient of the input, given that of the output, and the output y itself: for the hyperbolic tangent
  /// g·(1 − y²), for the logistic function g·y·(1 − y).
  @inline(__always)
  func gradient<Scalar: TensorScalar>(
    _ gradient: Scalar.Vector, output y: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector {
    let one = Scalar.Vector(repeating: 1)
    return switch self {
    case .relu: Scalar.gate(gradient, wherePositive: y)
    case .tanh: gradient * (one - y * y)
    case .sigmoid: gradient * (y * (one - y))
    }
  }
}

extension Activation {
  /// Replaces `count` elements by the function's values at them.
  @inline(__always)
  func apply<Scalar: TensorScalar>(to values: UnsafeMutablePointer<Scalar>, count: Int) {
    let lanes = Scalar.Vector.scalarCount
    var index = 0
    while index &+ lanes <= count {
      values.store(value(at: values.vector(at: index), Scalar.self), at: index)
      index &+= lanes
    }
    if index < count {
      let left = count &- index
      values.store(value(at: values.vector(at: index, lanes: left), Scalar.self), at: index, lanes: left)
    }
  }
}

/// An activation at the end of another kernel's loop. The rectifier is a lower bound, and so is none at all: one
/// instruction, and nothing to ask for each vector. The others, dear themselves, take a loop of their own
/// over what is still in the cache.
extension Optional<Activation> {
  /// The bound that x is raised to: 0 for the rectifier, −∞ otherwise.
  @inline(__always)
  func lowerBound<Scalar: TensorScalar>(_ type: Scalar.Type) -> Scalar.Vector {
    Scalar.Vector(repeating: self == .relu ? 0 : -Scalar.infinity)
  }

  /// The activation that remains after the bound.
  var remainder: Activation? { self == .relu ? nil : self }
}

extension Tensor {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func activated(by activation: Activation) -> Tensor {
    Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        forEachVector { target.store(activation.value(at: source.vector(at: $0), Scalar.self), at: $0) }
      }
    }
  }

  /// The gradient of the input of an activation with this output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func activationGradient(_ gradient: Tensor, of activation: Activation) -> Tensor {
    require(shape == gradient.shape, "The shapes \(shape) and \(gradient.shape) differ.")
    return Tensor(shape: shape, on: processor) { target in
      withPointer { output in
        gradient.withPointer { gradient in
          forEachVector {
            let result = activation.gradient(gradient.vector(at: $0), output: output.vector(at: $0), Scalar.self)
            target.store(result, at: $0)
          }
        }
      }
    }
  }
}
