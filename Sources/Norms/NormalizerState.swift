import Tensors

/// What every member of the family holds: a scale and a shift for each channel, and the running statistics.
public struct NormalizerState<Scalar: TensorScalar>: Sendable {
  public let channels: Int
  /// The runs of equal length that the channels are divided into.
  public let groups: Int
  /// Added to the variance, inside the root.
  public let epsilon: Double
  /// The weight that a running statistic keeps when a new one comes.
  public let decay: Double
  /// Whether γ is learned; otherwise it is 1, no parameter, and no part of a snapshot.
  public var learnsScale: Bool
  /// Whether β is learned; otherwise it is 0, no parameter, and no part of a snapshot.
  public var learnsShift: Bool

  /// Whether γ or β is learned.
  public var isAffine: Bool { learnsScale || learnsShift }

  /// γ, of shape [channels], 1 at first.
  public var scale: Parameter<Scalar>
  /// β, of shape [channels], 0 at first.
  public var shift: Parameter<Scalar>

  /// The running average of the means of mini-batches, one for each statistic, beginning at 0.
  ///
  /// Statistics are numbered batch, group, channel, position in row-major order, without the axes that are reduced,
  /// whatever the layout. It has no elements before anything was recorded, and stays so in a normalizer that does not average
  /// over the batch: such a one has no use for it.
  public private(set) var runningMean: Tensor<Scalar>
  /// The running average of the unbiased variances of mini-batches (Ioffe & Szegedy, Algorithm 2), beginning at 1.
  ///
  /// In a member that does not centre, it is that of their mean squares.
  public private(set) var runningVariance: Tensor<Scalar>
  /// How many mini-batches were recorded.
  public private(set) var recordedBatches = 0
  /// How many calibration passes the running statistics are the average of; 0 if they are those of training.
  ///
  /// It is no part of a snapshot: whoever takes one over begins a calibration anew.
  public private(set) var calibrationPasses = 0

  /// The type of normalizer that was seen to have the shared forward pass, and no other, with this state.
  var sharesForward: ObjectIdentifier?

  /// How the last input was walked; the next one most often has its shape.
  private var plan: NormalizationPlan?

  /// A state whose scale and shift are learned if `affine`.
  ///
  /// - Precondition: `channels` and `groups` are positive and `groups` divides `channels`; `epsilon` is not
  ///   negative; `decay` is in 0...1.
  public init(channels: Int, groups: Int = 1, epsilon: Double = 1e-5, decay: Double = 0.9, affine: Bool = true) {
    require(channels > 0, "A normalizer needs at least one channel; \(channels) were asked for.")
    require(
      groups > 0 && channels % groups == 0, "\(channels) channels cannot be divided into \(groups) equal groups.")
    require(epsilon >= 0, "ε must not be negative; it is \(epsilon).")
    require((0...1).contains(decay), "The decay must lie in 0...1; it is \(decay).")
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
    self.decay = decay
    (learnsScale, learnsShift) = (affine, affine)
    scale = Parameter(Tensor(repeating: 1, shape: [channels]))
    shift = Parameter(Tensor(repeating: 0, shape: [channels]))
    runningMean = Tensor(repeating: 0, shape: [0])
    runningVariance = Tensor(repeating: 1, shape: [0])
  }

  /// Takes running statistics that were recorded elsewhere.
  ///
  /// - Parameters:
  ///   - mean: one for each statistic, in the order of ``runningMean``.
  ///   - variance: as many, none of them negative.
  /// - Throws: ``NormalizerError/invalidRunningStatistics(_:)`` if they are not that.
  public mutating func setRunningStatistics(
    mean: Tensor<Scalar>, variance: Tensor<Scalar>
  ) throws(NormalizerError) {
    guard mean.shape == [mean.count] && mean.shape == variance.shape else {
      throw .invalidRunningStatistics("the means have the shape \(mean.shape), the variances \(variance.shape)")
    }
    if let flaw = Self.flaw(ofMean: mean) ?? Self.flaw(ofVariance: variance) { throw .invalidRunningStatistics(flaw) }
    (runningMean, runningVariance) = (mean, variance)
    calibrationPasses = 0
  }

  private static func flaw(ofMean mean: Tensor<Scalar>) -> String? {
    mean.scalars.first { !$0.isFinite }.map { "a mean is \($0)" }
  }

  /// What is wrong with so many statistics over `axes`: they are as many as the channels tell apart, at each position if
  /// that is kept; none if nothing was recorded.
  private static func flaw(ofCount count: Int, over axes: Axes, channels: Int, groups: Int) -> String? {
    let ofChannels = (axes.contains(.group) ? 1 : groups) * (axes.contains(.channel) ? 1 : channels / groups)
    let fits = axes.contains(.position) ? count == ofChannels : count % ofChannels == 0
    return fits || count == 0 ? nil : "there are \(count) means, and \(ofChannels) go with the channels"
  }

  private static func flaw(ofVariance variance: Tensor<Scalar>) -> String? {
    variance.scalars.first { !($0 >= 0 && $0.isFinite) }.map { "a variance is \($0)" }
  }

  /// Stops the program if scale, shift or their gradients were given a shape that does not fit the channels.
  func checkParameters() {
    func fits(_ parameter: Parameter<Scalar>) -> Bool {
      parameter.value.shape == [channels] && parameter.gradient.shape == [channels]
    }
    func shapes(_ parameter: Parameter<Scalar>) -> String {
      "shape \(parameter.value.shape) with a gradient of shape \(parameter.gradient.shape)"
    }
    require(
      fits(scale) && fits(shift),
      """
      A normalizer of \(channels) channels has a scale of \(shapes(scale)) and a shift of \(shapes(shift)), and not \([channels]).
      """)
  }

  /// The plan for an input of the given shape.
  mutating func plan(
    for axes: Axes, shape: [Int], layout: TensorLayout
  ) throws(NormalizerError) -> NormalizationPlan {
    if let plan, plan.axes == axes, plan.layout == layout, plan.shape == shape { return plan }
    let plan = try NormalizationPlan(axes, shape: shape, layout: layout, channels: channels, groups: groups)
    self.plan = plan
    return plan
  }

  /// The recorded statistics for `count` of them, or the initial ones if nothing was recorded.
  func runningStatistics(
    count: Int
  ) throws(NormalizerError) -> (mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    switch runningMean.count {
    case 0: return (Tensor(repeating: 0, shape: [count]), Tensor(repeating: 1, shape: [count]))
    case count: return (runningMean, runningVariance)
    default: throw .runningStatistics(recorded: runningMean.count, needed: count)
    }
  }

  /// Gives away what was recorded for what was recorded elsewhere.
  package mutating func exchange(_ statistics: inout RunningStatistics<Scalar>) {
    swap(&runningMean, &statistics.mean)
    swap(&runningVariance, &statistics.variance)
    swap(&recordedBatches, &statistics.batches)
    swap(&calibrationPasses, &statistics.calibrationPasses)
  }

  /// Averages the statistics of a mini-batch into the running ones: in training with the weight that the decay leaves
  /// to them, in calibration with that of each pass so far.
  ///
  /// The variance recorded is unbiased: a mean that was estimated from the same values costs one of them. Without
  /// centring there is none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func record(_ statistics: Statistics, centres: Bool, mode: Mode) throws(NormalizerError) {
    guard mode.records else { return }
    let running = try runningStatistics(count: statistics.count)
    calibrationPasses = mode == .calibration ? calibrationPasses + 1 : 0
    let passes = Double(calibrationPasses)
    let (kept, taken) = mode == .calibration ? ((passes - 1) / passes, 1 / passes) : (decay, 1 - decay)
    let bessel = centres ? Double(statistics.values) / Double(statistics.values - 1) : 1
    func averaged(_ old: Tensor<Scalar>, _ new: (Int) -> Double) -> Tensor<Scalar> {
      let values = SharedBuffer<Scalar>(uninitialized: old.count, on: old.processor)
      for (index, old) in old.scalars.enumerated() {
        // What the first pass of a calibration replaces may be infinite.
        values[index] = Scalar(calibrationPasses == 1 ? new(index) : kept * Double(old) + taken * new(index))
      }
      return Tensor(values, shape: old.shape)
    }
    runningMean = averaged(running.mean) { statistics.mean[$0] }
    runningVariance = averaged(running.variance) { statistics.variance[$0] * bessel }
    if mode == .training { recordedBatches += 1 }
  }
}

extension NormalizerState {
  /// Shows scale and shift where they are learned, and what training records of a normalizer that reduces these axes: if the
  /// batch is among them, running statistics and their number.
  ///
  /// A member with parameters of its own shows them beside these.
  public mutating func visit(by visitor: StateVisitor<Scalar>, over axes: Axes) {
    if learnsScale { visitor.visit("scale", &scale) }
    if learnsShift { visitor.visit("shift", &shift) }
    guard axes.contains(.batch) else { return }
    let (channels, groups) = (channels, groups)
    let calibrated = calibrationPasses > 0 ? (runningMean, runningVariance) : nil
    visitor.visit("runningMean", recorded: &runningMean) { mean in
      guard mean.shape.count == 1 else { return "its shape is \(mean.shape), and one axis is expected" }
      return Self.flaw(ofCount: mean.count, over: axes, channels: channels, groups: groups) ?? Self.flaw(ofMean: mean)
    }
    let count = runningMean.count
    visitor.visit("runningVariance", recorded: &runningVariance) { variance in
      variance.shape == [count]
        ? Self.flaw(ofVariance: variance) : "its shape is \(variance.shape), and \(count) means are there"
    }
    visitor.visit("recordedBatches", counter: &recordedBatches)
    // Statistics of a snapshot are not the average of anything here.
    if let calibrated, calibrated != (runningMean, runningVariance) { calibrationPasses = 0 }
  }
}
