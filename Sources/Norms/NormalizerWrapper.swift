import Tensors

/// A normalizer that does something before or after another one, and is otherwise what that is.
///
/// What it does not say is the other's: axes, scale, shift and statistics, the forward pass with an activation and the
/// backward pass.
public protocol NormalizerWrapper<Scalar>: Normalizer {
  /// What it wraps; another one between a forward pass and its backward pass stops the program.
  var normalizer: any Normalizer<Scalar> { get set }
}

extension NormalizerWrapper {
  public var reducedAxes: Axes { normalizer.reducedAxes }
  public var centres: Bool { normalizer.centres }
  public var correction: Correction.Rule? { normalizer.correction }
  public var mixesSamples: Bool { normalizer.mixesSamples }
  public var needsWholeSequence: Bool { normalizer.needsWholeSequence }
  public var state: NormalizerState<Scalar> {
    get { normalizer.state }
    set { normalizer.state = newValue }
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try forward(input, layout: layout, mode: mode, activation: nil)
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try normalizer.forward(input, layout: layout, mode: mode, activation: activation)
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    normalizer.backward(gradient, cache: cache)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    normalizer.visitState(visitor)
  }
}
