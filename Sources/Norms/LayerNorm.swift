import Tensors

/// Normalizes each sample over all its channels and positions (Ba, Kiros & Hinton, 2016).
///
/// In a recurrent network it stands within the time step, where each sample and step has a mean and a
/// variance of its own.
public struct LayerNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [.group, .channel, .position] }
  public var state: NormalizerState<Scalar>

  /// A normalizer of `channels` channels, with `epsilon` added to the variance; scale and shift are learned if `affine`.
  public init(channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: epsilon, affine: affine)
  }
}
