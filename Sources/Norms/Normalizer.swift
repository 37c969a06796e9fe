import Tensors

/// A normalization layer: it gives the values that share a statistic mean 0 and variance 1, then scales and
/// shifts each channel.
///
/// For each set of values that the ``reducedAxes`` run through,
///
///     y = γ · (x − μ) / √(σ² + ε) + β
///
/// with the mean μ and the biased variance σ² of the set, and one scale γ and shift β for each channel.
/// Members of the family differ in their axes and in nothing else, so a new one is its axes:
///
/// ```swift
/// /// Normalizes each position over all channels (Li et al., 2019).
/// struct PositionalNorm<Scalar: TensorScalar>: Normalizer {
///   var reducedAxes: Axes { [.group, .channel] }
///   var state: NormalizerState<Scalar>
///
///   init(channels: Int) {
///     state = NormalizerState(channels: channels)
///   }
/// }
/// ```
public protocol Normalizer<Scalar>: Sendable {
  associatedtype Scalar: TensorScalar

  /// The axes that share a mean and a variance.
  var reducedAxes: Axes { get }

  /// Scale, shift, and what was recorded in training.
  var state: NormalizerState<Scalar> { get set }
}

extension Normalizer {
  /// Normalizes `input`.
  ///
  /// - Parameters:
  ///   - input: `[N, C]`, `[N, C, L]` or `[N, C, H, W]`, with the axes in the order of `layout`.
  ///   - layout: where the channels and the samples stand.
  ///   - mode: in training, a normalizer that averages over the batch records running statistics.
  /// - Returns: the output, of the input's shape, and what ``backward(_:cache:)`` needs.
  /// - Throws: ``NormalizerError`` for a shape that does not fit, or with one value to a statistic.
  public mutating func forward(
    _ input: Tensor<Scalar>, layout: Layout = .channelsFirst, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try forward(input, layout: layout, mode: mode, activation: nil)
  }

  /// Normalizes `input` and applies `activation` to it in the same pass.
  ///
  /// What ``backward(_:cache:)`` takes is still the gradient of the normalizer's own output, before the activation.
  package mutating func forward(
    _ input: Tensor<Scalar>, layout: Layout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try state.forward(input, reducing: reducedAxes, layout: layout, mode: mode, activation: activation)
  }

  /// Returns the gradient of the input, given that of the output, and adds to those of scale and shift.
  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    state.backward(gradient, cache: cache)
  }

  /// Whether a sample's output depends on the other samples of its mini-batch.
  public var mixesSamples: Bool { reducedAxes.contains(.batch) }

  /// Whether the normalizer stands on the input path of a recurrent network, over the whole sequence, because
  /// within a time step it would mix samples or have one value to average.
  public var needsWholeSequence: Bool { mixesSamples || reducedAxes.isSubset(of: .position) }
}
