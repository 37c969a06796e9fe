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

extension Optional<Activation> {
  /// The function's values at the elements of `x`, or `x` where there is no function.
  @inline(__always)
  func value<Scalar: TensorScalar>(at x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector {
    guard let self else { return x }
    return self.value(at: x, type)
  }
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
