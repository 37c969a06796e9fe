/// Activation functions and their derivatives.
extension Tensor {
  /// max(x, 0); NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rectified() -> Tensor {
    mapped(by: Rectifier.self)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func hyperbolicTangent() -> Tensor {
    mapped(by: HyperbolicTangent.self)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func logistic() -> Tensor {
    mapped(by: Logistic.self)
  }

  /// The gradient before a rectifier with this output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rectifiedGradient(_ gradient: Tensor) -> Tensor {
    mapped(with: gradient, by: RectifierGradient.self)
  }

  /// The gradient before a hyperbolic tangent with this output: g·(1 − y²).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func hyperbolicTangentGradient(_ gradient: Tensor) -> Tensor {
    mapped(with: gradient, by: HyperbolicTangentGradient.self)
  }

  /// The gradient before a logistic function with this output: g·y·(1 − y).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func logisticGradient(_ gradient: Tensor) -> Tensor {
    mapped(with: gradient, by: LogisticGradient.self)
  }
}

private enum Rectifier: VectorFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(_ x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector {
    Scalar.larger(Scalar.Vector(), x)
  }
}

private enum HyperbolicTangent: VectorFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(_ x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector {
    Scalar.hyperbolicTangent(x)
  }
}

private enum Logistic: VectorFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(_ x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector {
    Scalar.logistic(x)
  }
}

private enum RectifierGradient: PairFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(
    _ y: Scalar.Vector, _ gradient: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector {
    Scalar.gate(gradient, wherePositive: y)
  }
}

private enum HyperbolicTangentGradient: PairFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(
    _ y: Scalar.Vector, _ gradient: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector {
    gradient * (Scalar.Vector(repeating: 1) - y * y)
  }
}

private enum LogisticGradient: PairFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(
    _ y: Scalar.Vector, _ gradient: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector {
    gradient * (y * (Scalar.Vector(repeating: 1) - y))
  }
}
