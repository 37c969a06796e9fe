import Tensors

/// Divides each sample by the root mean square of all its channels and positions (Zhang & Sennrich, 2019): layer
/// normalization that does not subtract the mean.
///
///     y = γ · x / √(mean(x²) + ε) + β
///
/// The paper has no β; here every member has one, so that a layer before it needs no bias.
public struct RMSNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [.group, .channel, .position] }
  public var centres: Bool { false }
  public var state: NormalizerState<Scalar>

  /// A normalizer of `channels` channels, with `epsilon` added to the mean square; scale and shift are learned if `affine`.
  public init(channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: epsilon, affine: affine)
  }
}
