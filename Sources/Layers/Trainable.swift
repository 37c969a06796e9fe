import Tensors

/// Something with parameters that an optimizer can change.
public protocol Trainable<Scalar> {
  associatedtype Scalar: TensorScalar

  /// Calls `body` with each parameter and its name, always in the same order.
  mutating func forEachParameter(_ body: (_ name: String, _ parameter: inout Parameter<Scalar>) -> Void)
}

extension Trainable {
  /// The number of scalars that are learned.
  public mutating func parameterCount() -> Int {
    var count = 0
    forEachParameter { _, parameter in count += parameter.value.count }
    return count
  }

  /// Sets every gradient to zero.
  public mutating func clearGradients() {
    forEachParameter { _, parameter in parameter.gradient.fill(with: 0) }
  }

  /// The Euclidean norm of all gradients together.
  public mutating func gradientNorm() -> Double {
    var squares = 0.0
    forEachParameter { _, parameter in squares += parameter.gradient.sumOfSquares() }
    return squares.squareRoot()
  }

  /// Shrinks all gradients by one factor where their norm is above `limit` (Pascanu, Mikolov & Bengio, 2013).
  ///
  /// - Returns: the norm before.
  @discardableResult
  public mutating func clipGradients(toNorm limit: Double) -> Double {
    let norm = gradientNorm()
    if norm > limit {
      forEachParameter { _, parameter in parameter.gradient.scale(by: Scalar(limit / norm)) }
    }
    return norm
  }
}
