import Tensors

extension Trainable {
  /// Adds the gradient of ½·λ·Σw² over the weights: tensors of two axes or more, and no scale, shift or bias.
  ///
  /// Unlike the decay of an ``Optimizer`` it is part of the loss, and goes through momentum, clipping and Adam's division.
  ///
  /// - Precondition: `factor`, λ, is finite and not negative.
  /// - Returns: ½·λ·Σw².
  public mutating func regularize(by factor: Double) -> Double {
    require(factor >= 0 && factor.isFinite, "L2 regularization has a factor of 0 or more, and not \(factor).")
    var sum = 0.0
    forEachParameter { _, parameter in
      guard parameter.value.shape.count > 1 else { return }
      sum += parameter.value.sumOfSquares()
      parameter.gradient.add(parameter.value.scaled(by: Scalar(factor)))
    }
    return factor * sum / 2
  }
}
