import Tensors

/// A normalization layer: it gives the values that share a statistic mean 0 and variance 1, then scales and
/// shifts each channel.
///
/// For each set of values that the ``reducedAxes`` run through,
///
///     y = γ · (x − μ) / √(σ² + ε) + β
///
/// with the mean μ and the biased variance σ² of the set, and one scale γ and shift β for each channel. A new member of
/// the family is its axes:
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
///
/// Everything else has the shared computation as its default, and a member that says otherwise is asked: whether it
/// ``centres``, its ``correction``, or all of ``forward(_:layout:mode:)`` and ``backward(_:cache:)`` (<doc:YourOwn>).
public protocol Normalizer<Scalar>: Trainable, Sendable {
  associatedtype Scalar

  /// The axes that share a mean and a variance; none for a member without statistics.
  var reducedAxes: Axes { get }

  /// Scale, shift, and what was recorded in training.
  var state: NormalizerState<Scalar> { get set }

  /// Whether the mean is subtracted. If not, values are divided by the root of their mean square.
  var centres: Bool { get }

  /// What happens between the statistics of the input at hand and the output; `nil` if nothing does.
  ///
  /// A member that averages over the batch is corrected in training alone.
  var correction: Correction.Rule? { get }

  /// Normalizes `input`.
  ///
  /// - Parameters:
  ///   - input: `[N, C]`, `[N, C, L]` or `[N, C, H, W]`, with the axes in the order of `layout`.
  ///   - layout: where the channels and the samples stand.
  ///   - mode: in training and in calibration, a normalizer that averages over the batch records running statistics.
  /// - Returns: the output, of the input's shape, and what ``backward(_:cache:)`` needs.
  /// - Throws: ``NormalizerError`` for a shape that does not fit, or with one value to a statistic.
  mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>)

  /// Normalizes `input` and applies the activation that follows.
  ///
  /// It is what models call, also where nothing follows. What ``backward(_:cache:)`` takes is still the gradient of the
  /// normalizer's own output, before the activation. By default it is ``forward(_:layout:mode:)`` and then the
  /// activation; where that is the shared computation, both in one pass.
  mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>)

  /// Returns the gradient of the input, given that of the output, and adds to those of the parameters.
  ///
  /// - Precondition: `gradient` has the shape of the output, and `cache` is of a forward pass of this normalizer.
  mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar>

  /// Whether a sample's output depends on the other samples of its mini-batch.
  var mixesSamples: Bool { get }

  /// Whether the normalizer stands on the input path of a recurrent layer, over the whole sequence, because
  /// within a time step it would mix samples or have one value to average.
  var needsWholeSequence: Bool { get }
}

extension Normalizer {
  public var centres: Bool { true }

  public var correction: Correction.Rule? { nil }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try forwardShared(input, layout: layout, mode: mode, activation: nil)
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    guard let activation else { return try forward(input, layout: layout, mode: mode) }
    if state.sharesForward == ObjectIdentifier(Self.self) {
      return try forwardShared(input, layout: layout, mode: mode, activation: activation)
    }
    // The first pass shows by its cache whether this type has a forward pass of its own.
    let (output, cache) = try forward(input, layout: layout, mode: mode)
    state.sharesForward = cache.maker
    return (activation.forward(output), cache)
  }

  private mutating func forwardShared(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    let (output, made) = try state.forward(input, rule, layout: layout, mode: mode, activation: activation)
    return (output, NormalizerCache(made, by: ObjectIdentifier(Self.self)))
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    guard case .shared(let made) = cache.content else {
      stop("The cache is of a normalizer with a forward pass of its own; this one is of \(state.origin(rule)).")
    }
    return state.backward(gradient, rule, cache: made)
  }

  public var mixesSamples: Bool { reducedAxes.contains(.batch) }

  public var needsWholeSequence: Bool { mixesSamples || reducedAxes == .position }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    state.visit(by: visitor, over: reducedAxes)
  }

  var rule: NormalizationRule {
    NormalizationRule(axes: reducedAxes, centres: centres, correction: correction)
  }
}

extension Normalizer {
  /// Normalizes `input`, whose channels stand behind its samples.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    try forward(input, layout: .channelsFirst, mode: mode)
  }

  /// The output in inference, which records nothing and needs no way back.
  public func inference(
    _ input: Tensor<Scalar>, layout: TensorLayout = .channelsFirst, activation: Activation? = nil
  ) throws(NormalizerError) -> Tensor<Scalar> {
    var copy = self
    return try copy.forward(input, layout: layout, mode: .inference, activation: activation).output
  }
}
