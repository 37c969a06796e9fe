import Tensors

/// What a member of the family says of its statistics, beside what its state holds.
struct NormalizationRule: Sendable {
  let axes: Axes
  let centres: Bool
  let correction: Correction.Rule?

  var withoutCorrection: NormalizationRule { NormalizationRule(axes: axes, centres: centres, correction: nil) }
}

/// Means, variances and what follows from them, in double precision, indexed by statistic.
struct Statistics: Sendable {
  /// The mean that is subtracted; 0 where nothing is.
  let mean: SharedSlice<Double>
  /// Biased: the sum of squares about the mean that is subtracted, over the number of values.
  let variance: SharedSlice<Double>
  /// 1/σ = 1 / √(variance + ε).
  let inverseDeviation: SharedSlice<Double>
  /// x̂ = (x − mean)·factor + offset: 1/σ and 0, unless a member corrects them.
  let factor: SharedSlice<Double>
  private let offset: SharedSlice<Double>
  private let rule: NormalizationRule
  private let epsilon: Double
  /// The number of values that each statistic is over, and 1 over it.
  let values: Int
  private let reciprocal: Double
  /// Whether these are statistics of the input, rather than recorded ones.
  let dependOnInput: Bool

  var count: Int { mean.count }

  init(
    _ plan: NormalizationPlan, _ rule: NormalizationRule, epsilon: Double, dependOnInput: Bool,
    on processor: Processor
  ) {
    let count = plan.statistics.total
    let buffer = SharedBuffer<Double>(uninitialized: 5 * count, on: processor)
    func slice(_ index: Int) -> SharedSlice<Double> { SharedSlice(index, of: buffer, count: count) }
    (mean, variance, inverseDeviation) = (slice(0), slice(1), slice(2))
    (factor, offset) = (slice(3), slice(4))
    self.rule = rule
    self.epsilon = epsilon
    self.dependOnInput = dependOnInput
    values = plan.valuesPerStatistic
    reciprocal = 1 / Double(values)
  }

  /// Merges the moments of all parts of some chunks, which are all that their statistics are made of.
  ///
  /// The mean of parts of lengths n is Σ n·mean / Σ n; the sum of squares about it is that about each part's
  /// mean, plus n times the square of the distance between the two.
  func merge(_ parts: PartialMoments, of chunks: Range<Int>, _ plan: NormalizationPlan) {
    let panels = plan.moments.panels
    let (cells, own) = (plan.moments.cells(of: chunks, chunks: plan.chunks), plan.statistics(of: chunks))
    if panels.parts == 1 && panels.cells == count {
      // One part is all there is of a statistic.
      @inline(__always)
      func take(_ run: StridedAxes.Run) {
        run.forEach { statistic, _, cell in
          mean[statistic] = parts.mean[cell]
          variance[statistic] = parts.squares[cell] * reciprocal
        }
        finish(run)
      }
      return plan.statistics.forEachRun(of: own, take)
    }
    plan.statistics.forEachRun(of: own) { run in
      for index in 0..<run.count {
        let statistic = run.statistic &+ index &* run.statisticStride
        (mean[statistic], variance[statistic]) = (0, 0)
      }
    }
    add(of: cells, plan.moments, to: mean) { part, _, length in length * reciprocal * parts.mean[part] }
    add(of: cells, plan.moments, to: variance) { part, statistic, length in
      let distance = parts.mean[part] - mean[statistic]
      return (parts.squares[part] + length * distance * distance) * reciprocal
    }
    @inline(__always)
    func finishRun(_ run: StridedAxes.Run) { finish(run) }
    plan.statistics.forEachRun(of: own, finishRun)
  }

  /// Adds the terms of every part of some cells of moments to the sums of their statistics.
  @inline(__always)
  private func add(
    of cells: Range<Int>, _ moments: Walk, to sums: SharedSlice<Double>,
    _ term: (_ part: Int, _ statistic: Int, _ length: Double) -> Double
  ) {
    let panels = moments.panels
    moments.axes.forEachRun(of: cells) { run in
      for part in 0..<panels.parts {
        let (first, length) = (part &* panels.cells &+ run.first, Double(panels.length(ofPart: part)))
        sums.add(run, to: run.statistic, stride: run.statisticStride) {
          term(first &+ $0, run.statistic &+ $0 &* run.statisticStride, length)
        }
      }
    }
  }

  /// Takes the statistics that training recorded.
  func set<Scalar>(mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    for (index, pair) in zip(mean.scalars, variance.scalars).enumerated() {
      (self.mean[index], self.variance[index]) = (Double(pair.0), Double(pair.1))
    }
    finish(.init(statistic: 0, statisticStride: 1, channel: 0, channelStride: 0, first: 0, count: count))
  }

  /// Makes x̂ = x, where there is nothing to normalize by.
  func setIdentity() {
    for index in 0..<count {
      (mean[index], variance[index], inverseDeviation[index]) = (0, 1, 1)
      (factor[index], offset[index]) = (1, 0)
    }
  }

  /// What follows from the means and variances of a run of statistics.
  @inline(__always)
  private func finish(_ run: StridedAxes.Run) {
    @inline(__always)
    func forEach(_ body: (_ statistic: Int) -> Void) {
      run.forEach { statistic, _, _ in body(statistic) }
    }
    if dependOnInput && !rule.centres {
      forEach {
        variance[$0] += mean[$0] * mean[$0]
        mean[$0] = 0
      }
    }
    if run.statisticStride == 1 {
      let range = run.statistic..<run.statistic &+ run.count
      inverseDeviation.setInverseRoots(of: variance, plus: epsilon, in: range)
    } else {
      forEach { inverseDeviation[$0] = 1 / (variance[$0] + epsilon).squareRoot() }
    }
    forEach { (factor[$0], offset[$0]) = (inverseDeviation[$0], 0) }
    if dependOnInput, let correct = rule.correction {
      forEach {
        let correction = correct($0, mean[$0], variance[$0])
        factor[$0] *= correction.factor
        offset[$0] = correction.offset
      }
    }
  }
}

// MARK: - The formulas of the family, each in one place

extension Statistics {
  /// x̂ = (x − centre)·factor + constant: the mean as well as `Scalar` holds it is subtracted first, and what that left
  /// out is part of the constant.
  @inline(__always)
  func standardization<Scalar: TensorScalar>(
    _ statistic: Int, _ type: Scalar.Type
  ) -> (centre: Scalar, factor: Double, constant: Double) {
    let (centre, factor) = (Scalar(mean[statistic]), factor[statistic])
    return (centre, factor, offset[statistic] - (mean[statistic] - Double(centre)) * factor)
  }

  /// dx = factor·g + input·(x − centre) + constant, of g = γ·dy and its sums over a statistic, Σ g and Σ g·(x − centre).
  ///
  /// With means over the statistic, dx = (g − mean(g) − x̂·mean(g·x̂)) / σ (Ioffe & Szegedy, 2015, section 3). Without
  /// centring, mean(g) is not there; where the statistics do not depend on x, neither mean is. A correction is
  /// constant.
  @inline(__always)
  func inputGradient<Scalar: TensorScalar>(
    _ statistic: Int, sum: Double, product: Double, _ type: Scalar.Type
  ) -> (input: Double, constant: Double) {
    guard dependOnInput else { return (0, 0) }
    let (inverse, factor) = (inverseDeviation[statistic], factor[statistic])
    let residue = mean[statistic] - Double(Scalar(mean[statistic]))
    let meanProduct = (product - residue * sum) * inverse * reciprocal
    let meanGradient = rule.centres ? sum * reciprocal : 0
    let input = -factor * inverse * meanProduct
    return (input, -factor * meanGradient - residue * input)
  }
}

extension SharedSlice<Double> {
  /// Adds the terms of a run to sums that are `stride` apart, in their order; to one sum if that is 0.
  @inline(__always)
  func add(_ run: StridedAxes.Run, to first: Int, stride: Int, _ term: (_ index: Int) -> Double) {
    if stride == 0 {
      var sum = self[first]
      for index in 0..<run.count { sum += term(index) }
      self[first] = sum
    } else {
      for index in 0..<run.count { self[first &+ index &* stride] += term(index) }
    }
  }
}
