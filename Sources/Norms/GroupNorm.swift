import Tensors

/// Normalizes each group of channels of each sample over its channels and positions (Wu & He, 2018).
///
/// With one group it is ``LayerNorm``; with as many groups as channels it is ``InstanceNorm``.
public struct GroupNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [.channel, .position] }
  public var state: NormalizerState<Scalar>

  /// A normalizer of `groups` runs of equal length, with `epsilon` added to the variance; scale and shift are learned if `affine`.
  ///
  /// - Precondition: `groups` divides `channels`.
  public init(groups: Int, channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    state = NormalizerState(channels: channels, groups: groups, epsilon: epsilon, affine: affine)
  }
}
