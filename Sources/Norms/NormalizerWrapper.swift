import Tensors

/// A normalizer that does something before or after another one, and is otherwise what that is.
///
/// It has a `forward` with an activation, a `backward` and its own state; its axes, scale, shift and statistics are the other's.
public protocol NormalizerWrapper<Scalar>: Normalizer {
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

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    normalizer.visitState(visitor)
  }
}
