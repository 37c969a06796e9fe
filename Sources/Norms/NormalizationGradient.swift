import Foundation
import Tensors

// dβ = Σ dy and dγ = Σ dy·x̂ of each channel; dx follows from Σ g and Σ g·x̂ of each statistic, with g = γ·dy
// (`Statistics.inputGradient`). All are made of two sums over each cell: Σ dy and Σ dy·(x − centre).
extension NormalizerState {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func backward(
    _ gradient: Tensor<Scalar>, _ rule: NormalizationRule, cache: NormalizerCache<Scalar>.Shared
  ) -> Tensor<Scalar> {
    require(
      cache.origin == origin(rule),
      "The cache is of a normalizer of \(cache.origin); this one is of \(origin(rule)).")
    require(
      gradient.shape == cache.input.shape,
      "The gradient's shape \(gradient.shape) is not that of the normalizer's output, \(cache.input.shape).")
    checkParameters()
    let (input, plan, forward, processor) = (cache.input, cache.plan, cache.forward, gradient.processor)
    let sums = GradientSums<Scalar>(plan.cells.panels, channels: channels, on: processor)
    let backward = NormalizationBackward(forward, on: processor)
    let result = SharedBuffer<Scalar>(uninitialized: input.count, on: processor)
    // Where cells are apart, a row is all there is of its statistic.
    let byStatistic =
      plan.cells.panels.way == .apart ? nil : SharedBuffer<Double>(count: 2 * plan.statistics.total, on: processor)
    plan.run(on: processor, operations: 6 * input.count, over: plan.cells) { lines, parts in
      forward.accumulateGradients(gradient, input: input, lines: lines, parts: parts, into: sums)
    } merge: { chunks in
      sums.mergeParts(of: plan.cells.cells(of: chunks, chunks: plan.chunks), plan.cells.panels)
      if let byStatistic {
        merge(sums, of: chunks, cache, into: backward, byStatistic)
      } else {
        setCoefficients(backward, of: chunks, cache, sums)
      }
    } apply: { lines, parts in
      backward.apply(to: gradient, input: input, lines: lines, parts: parts, into: result)
    }
    if isAffine { addParameterGradients(sums, plan) }
    // What is not learned is not shown to whoever clears gradients.
    if isAffine && !learnsScale { scale.gradient.fill(with: 0) }
    if isAffine && !learnsShift { shift.gradient.fill(with: 0) }
    return Tensor(result, shape: input.shape)
  }

  /// Adds the sums of all cells to the gradients of their channels' scale and shift.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func addParameterGradients(_ sums: GradientSums<Scalar>, _ plan: NormalizationPlan) {
    guard plan.cells.panels.way != .apart else {
      return sums.addChannels(toScale: &scale.gradient, shift: &shift.gradient)
    }
    let sumsOfChannels = SharedBuffer<Double>(count: 2 * channels, on: scale.value.processor)
    let scales = SharedSlice(0, of: sumsOfChannels, count: channels)
    let shifts = SharedSlice(1, of: sumsOfChannels, count: channels)
    @inline(__always)
    func add(_ run: StridedAxes.Run) {
      scales.add(run, to: run.channel, stride: run.channelStride) { sums.product[run.first &+ $0] }
      shifts.add(run, to: run.channel, stride: run.channelStride) { sums.sum[run.first &+ $0] }
    }
    plan.cells.axes.forEachRun(of: 0..<plan.cells.panels.cells, add)
    scale.gradient.add(rounding: scales)
    shift.gradient.add(rounding: shifts)
  }
}

/// Finds the coefficients of the input's gradient where cells are apart: a row is all there is of its statistic, and its
/// sums have γ in them.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func setCoefficients<Scalar: TensorScalar>(
  _ backward: NormalizationBackward<Scalar>, of chunks: Range<Int>, _ cache: NormalizerCache<Scalar>.Shared,
  _ sums: GradientSums<Scalar>
) {
  let statistics = cache.statistics
  @inline(__always)
  func set(_ statistic: Int, _ channel: Int, _ row: Int) {
    let (input, constant) = statistics.inputGradient(
      statistic, sum: sums.sum[row], product: sums.product[row], Scalar.self)
    backward.upstream[row] = Scalar(statistics.factor[statistic])
    backward.input[row] = Scalar(input)
    backward.constant[row] = Scalar(constant)
  }
  cache.plan.forEachCoefficient(of: chunks, { $0 }, set)
}

/// Merges the sums of the cells of some chunks, which must be all that their statistics are made of, and finds the
/// coefficients of the input's gradient.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func merge<Scalar: TensorScalar>(
  _ sums: GradientSums<Scalar>, of chunks: Range<Int>, _ cache: NormalizerCache<Scalar>.Shared,
  into backward: NormalizationBackward<Scalar>, _ byStatistic: SharedBuffer<Double>
) {
  let (plan, statistics, forward) = (cache.plan, cache.statistics, cache.forward)
  let gradients = SharedSlice(0, of: byStatistic, count: statistics.count)
  let products = SharedSlice(1, of: byStatistic, count: statistics.count)
  @inline(__always)
  func add(_ run: StridedAxes.Run) {
    @inline(__always)
    func scale(_ index: Int) -> Double { forward.scale(of: run.channel &+ index &* run.channelStride) }
    gradients.add(run, to: run.statistic, stride: run.statisticStride) { scale($0) * sums.sum[run.first &+ $0] }
    products.add(run, to: run.statistic, stride: run.statisticStride) { scale($0) * sums.product[run.first &+ $0] }
    for index in 0..<run.count {
      // From Σ dy·(x − centre) to Σ dy·x̂, which is the scale's.
      let (_, factor, constant) = statistics.standardization(
        run.statistic &+ index &* run.statisticStride, Scalar.self)
      let cell = run.first &+ index
      sums.product[cell] = sums.product[cell] * factor + sums.sum[cell] * constant
    }
  }
  plan.cells.axes.forEachRun(of: plan.cells.cells(of: chunks, chunks: plan.chunks), add)
  @inline(__always)
  func differentiate(_ run: StridedAxes.Run) {
    for index in 0..<run.count {
      let statistic = run.statistic &+ index &* run.statisticStride
      (products[statistic], gradients[statistic]) = statistics.inputGradient(
        statistic, sum: gradients[statistic], product: products[statistic], Scalar.self)
    }
  }
  plan.statistics.forEachRun(of: plan.statistics(of: chunks), differentiate)
  @inline(__always)
  func set(_ own: (factor: Double, input: Scalar, constant: Scalar), _ channel: Int, _ place: Int) {
    backward.upstream[place] = Scalar(own.factor * forward.scale(of: channel))
    (backward.input[place], backward.constant[place]) = (own.input, own.constant)
  }
  plan.forEachCoefficient(
    of: chunks, { (statistics.factor[$0], Scalar(products[$0]), Scalar(gradients[$0])) }, set)
}
