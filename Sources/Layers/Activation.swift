import Tensors

/// A nonlinear function of each element.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case sigmoid

  public func forward<Scalar>(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .relu: input.rectified()
    case .tanh: input.hyperbolicTangent()
    case .sigmoid: input.logistic()
    }
  }

  /// The gradient of the input, given that of the output, and the output itself.
  public func backward<Scalar>(_ gradient: Tensor<Scalar>, output: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .relu: output.rectifiedGradient(gradient)
    case .tanh: output.hyperbolicTangentGradient(gradient)
    case .sigmoid: output.logisticGradient(gradient)
    }
  }

  /// The variance of weights times the number of inputs that keeps a signal's variance through layers of this
  /// function: 2 for the rectifier (He et al., 2015), 1 otherwise (LeCun et al., 1998).
  public var initialGain: Double {
    self == .relu ? 2 : 1
  }

  /// The bound of a uniform distribution of initial weights, for a layer of `inputs` inputs: √(3·gain /
  /// inputs).
  public func initialBound(inputs: Int) -> Double {
    (3 * initialGain / Double(inputs)).squareRoot()
  }
}
