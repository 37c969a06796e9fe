import Tensors

/// Batch normalization whose output in training is drawn towards that of inference (Ioffe, 2017, Algorithm 1).
///
///     y = γ · ((x − μ_B) / σ_B · r + d) + β
///     r = σ_B / σ within 1/r_max … r_max,   d = (μ_B − μ) / σ within ±d_max
///
/// with the mean μ_B and the deviation σ_B = √(variance + ε) of the mini-batch, and μ and σ from the running statistics
/// as they were before it. The backward pass takes r and d for constants. Where neither meets its bound, y is what
/// inference gives. The paper averages σ itself; here, as in ``BatchNorm``, the unbiased variance is averaged, so that r and d
/// are measured from exactly what inference will use.
public struct BatchRenorm<Scalar: TensorScalar>: Normalizer {
  /// How far r and d may go, by the mini-batches that were seen: at first r = 1 and d = 0, which is batch normalization,
  /// then linearly up to the ends.
  public struct Schedule: Hashable, Sendable {
    /// The mini-batches of plain batch normalization.
    public var warmUp = 5_000
    /// When `largestFactor` and `largestOffset` are reached.
    public var factorEnd = 40_000
    public var offsetEnd = 25_000
    /// r_max and d_max.
    public var largestFactor = 3.0
    public var largestOffset = 5.0

    /// The schedule of the paper (section 4.2), which trains for some 150,000 steps.
    public init() {}

    /// The paper's schedule for training that is `divisor` times as short.
    public init(shorterBy divisor: Int) {
      require(divisor > 0, "A schedule can be 1 or more times as short, and not \(divisor).")
      (warmUp, factorEnd, offsetEnd) = (warmUp / divisor, factorEnd / divisor, offsetEnd / divisor)
    }

    /// r_max and d_max after so many mini-batches.
    ///
    /// - Precondition: no part of the schedule is negative, and r_max is 1 at least.
    public func bounds(after batches: Int) -> (factor: Double, offset: Double) {
      require(
        warmUp >= 0 && factorEnd >= 0 && offsetEnd >= 0 && largestFactor >= 1 && largestOffset >= 0,
        """
        A schedule begins and ends after 0 mini-batches or more, with r_max of 1 or more and d_max of 0 or more; this one begins \
        after \(warmUp) and ends after \(factorEnd) and \(offsetEnd), with \(largestFactor) and \(largestOffset).
        """)
      func progress(to end: Int) -> Double {
        batches < warmUp ? 0 : min(Double(batches - warmUp) / Double(max(end - warmUp, 1)), 1)
      }
      return (1 + (largestFactor - 1) * progress(to: factorEnd), largestOffset * progress(to: offsetEnd))
    }
  }

  public var reducedAxes: Axes { [.batch, .position] }
  public var state: NormalizerState<Scalar>
  public let schedule: Schedule

  /// A normalizer of `channels` channels, with `epsilon` added to the variance; scale and shift are learned if `affine`.
  ///
  /// `decay` is the weight that a running statistic keeps when a new one comes.
  public init(
    channels: Int, epsilon: Double = 1e-5, decay: Double = 0.9, affine: Bool = true, schedule: Schedule = .init()
  ) {
    state = NormalizerState(channels: channels, epsilon: epsilon, decay: decay, affine: affine)
    self.schedule = schedule
    // A schedule that is none is noticed here, and not at the first step.
    _ = schedule.bounds(after: 0)
  }

  public var correction: Correction.Rule? {
    let (means, variances) = (state.runningMean.scalars, state.runningVariance.scalars)
    let (bounds, epsilon) = (schedule.bounds(after: state.recordedBatches), state.epsilon)
    return { statistic, mean, variance in
      // Before anything was recorded, the running mean is 0 and the running variance 1.
      let isRecorded = statistic < means.count
      let deviation = ((isRecorded ? Double(variances[statistic]) : 1) + epsilon).squareRoot()
      let factor = (variance + epsilon).squareRoot() / deviation
      let offset = (mean - (isRecorded ? Double(means[statistic]) : 0)) / deviation
      return Correction(
        factor: min(max(factor, 1 / bounds.factor), bounds.factor),
        offset: min(max(offset, -bounds.offset), bounds.offset))
    }
  }
}
