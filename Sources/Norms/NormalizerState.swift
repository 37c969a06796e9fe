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

  /// γ, of shape [channels], 1 at first.
  public var scale: Parameter<Scalar>
  /// β, of shape [channels], 0 at first.
  public var shift: Parameter<Scalar>

  /// The running average of the means of mini-batches, one for each statistic; 0 at first.
  ///
  /// It stays empty in a normalizer that does not average over the batch: such a one has no use for it.
  public internal(set) var runningMean: Tensor<Scalar>
  /// The running average of the unbiased variances of mini-batches (Ioffe & Szegedy, Algorithm 2); 1 at
  /// first.
  public internal(set) var runningVariance: Tensor<Scalar>

  /// How the last input was walked; the next one most often has its shape.
  private var plan: StatisticsPlan?

  /// - Precondition: `channels` and `groups` are positive and `groups` divides `channels`; `epsilon` is not
  ///   negative; `decay` is in 0...1.
  public init(channels: Int, groups: Int = 1, epsilon: Double = 1e-5, decay: Double = 0.9) {
    require(channels > 0, "A normalizer needs at least one channel; \(channels) were asked for.")
    require(
      groups > 0 && channels % groups == 0, "\(channels) channels cannot be divided into \(groups) equal groups.")
    require(epsilon >= 0, "ε must not be negative; it is \(epsilon).")
    require((0...1).contains(decay), "The decay must lie in 0...1; it is \(decay).")
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
    self.decay = decay
    scale = Parameter(Tensor(repeating: 1, shape: [channels]))
    shift = Parameter(Tensor(repeating: 0, shape: [channels]))
    runningMean = Tensor(repeating: 0, shape: [0])
    runningVariance = Tensor(repeating: 1, shape: [0])
  }

  /// The plan for an input of the given shape.
  mutating func plan(
    for axes: Axes, shape: [Int], layout: Layout
  ) throws(NormalizerError) -> StatisticsPlan {
    if let plan, plan.fits(axes, shape: shape, layout: layout) { return plan }
    let plan = try StatisticsPlan(axes, shape: shape, layout: layout, channels: channels, groups: groups)
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

  /// Averages the statistics of a mini-batch into the running ones.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func record(_ statistics: Statistics) throws(NormalizerError) {
    let running = try runningStatistics(count: statistics.count)
    let bessel = Double(statistics.values) / Double(statistics.values - 1)
    func averaged(_ old: Tensor<Scalar>, _ new: (Int) -> Double) -> Tensor<Scalar> {
      let values = SharedBuffer<Scalar>(uninitialized: old.count, on: old.processor)
      for (index, old) in old.scalars.enumerated() {
        values[index] = Scalar(decay * Double(old) + (1 - decay) * new(index))
      }
      return Tensor(values, shape: old.shape)
    }
    runningMean = averaged(running.mean) { statistics.mean[$0] }
    runningVariance = averaged(running.variance) { statistics.variance[$0] * bessel }
  }
}
