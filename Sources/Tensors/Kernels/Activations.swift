/// Activation functions and their derivatives, from the kernels for whole vectors.
extension Tensor {
  /// max(x, 0); NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rectified() -> Tensor {
    mapVectors { Scalar.larger(Scalar.Vector(), $0) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func hyperbolicTangent() -> Tensor {
    mapVectors { Scalar.hyperbolicTangent($0) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func logistic() -> Tensor {
    mapVectors { Scalar.logistic($0) }
  }

  /// The gradient before a rectifier with this output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rectifiedGradient(_ gradient: Tensor) -> Tensor {
    mapVectors(with: gradient) { Scalar.gate($1, wherePositive: $0) }
  }

  /// The gradient before a hyperbolic tangent with this output: g·(1 − y²).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func hyperbolicTangentGradient(_ gradient: Tensor) -> Tensor {
    mapVectors(with: gradient) { $1 * (Scalar.Vector(repeating: 1) - $0 * $0) }
  }

  /// The gradient before a logistic function with this output: g·y·(1 − y).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func logisticGradient(_ gradient: Tensor) -> Tensor {
    mapVectors(with: gradient) { $1 * ($0 * (Scalar.Vector(repeating: 1) - $0)) }
  }
}
