import Tensors

/// y = γ·x + β: what is left of a normalizer where nothing is normalized.
///
/// Without γ it does what a bias does, in the place of a normalizer.
public struct ScaleAndShift<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [] }
  public var state: NormalizerState<Scalar>

  /// A layer of `channels` channels, with a scale or without.
  public init(channels: Int, learnsScale: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: 0)
    state.learnsScale = learnsScale
  }
}
