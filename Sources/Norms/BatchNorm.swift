import Tensors

/// Normalizes each channel over the mini-batch and all positions (Ioffe & Szegedy, 2015).
///
/// In training the statistics are those of the mini-batch; in inference they are running averages of them.
public struct BatchNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [.batch, .position] }
  public var state: NormalizerState<Scalar>

  /// A normalizer of `channels` channels, with `epsilon` added to the variance; scale and shift are learned if `affine`.
  ///
  /// `decay` is the weight that a running statistic keeps when a new one comes; PyTorch's `momentum` is 1 −
  /// `decay`.
  public init(channels: Int, epsilon: Double = 1e-5, decay: Double = 0.9, affine: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: epsilon, decay: decay, affine: affine)
  }
}
