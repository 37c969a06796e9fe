import Tensors

/// Normalizes each channel of each sample over its positions (Ulyanov, Vedaldi & Lempitsky, 2016).
public struct InstanceNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { .position }
  public var state: NormalizerState<Scalar>

  /// A normalizer of `channels` channels, with `epsilon` added to the variance; scale and shift are learned if `affine`.
  public init(channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: epsilon, affine: affine)
  }
}
