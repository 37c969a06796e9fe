import Foundation
import Tensors

// The whole family is here and in NormalizationGradient.swift: moments, statistics, y = γ·x̂ + β, and the way back.
extension NormalizerState {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func forward(
    _ input: Tensor<Scalar>, _ rule: NormalizationRule, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>.Shared) {
    checkParameters()
    let plan = try plan(for: rule.axes, shape: input.shape, layout: layout)
    let processor = input.processor
    let mixesSamples = rule.axes.contains(.batch)
    let dependOnInput = !rule.axes.isEmpty && !(mode == .inference && mixesSamples)
    let corrects = mode == .training || !mixesSamples
    if plan.valuesPerStatistic == 1 && dependOnInput {
      throw .oneValuePerStatistic(shape: input.shape, layout: layout)
    }
    let usesRunning = mixesSamples && mode != .batchInference
    let running = usesRunning ? try runningStatistics(count: plan.statistics.total) : nil

    let statistics = Statistics(
      plan, corrects ? rule : rule.withoutCorrection, epsilon: epsilon, dependOnInput: dependOnInput, on: processor)
    let forward = NormalizationForward(
      plan.cells.panels, scale: scale.value, shift: shift.value, on: processor)
    let output = SharedBuffer<Scalar>(uninitialized: input.count, on: processor)
    func apply(_ lines: Range<Int>, _ parts: Range<Int>) {
      forward.apply(to: input, lines: lines, parts: parts, activation: activation, into: output)
    }
    if dependOnInput {
      let moments = PartialMoments(plan.moments.panels, on: processor)
      plan.run(on: processor, operations: 4 * input.count, over: plan.moments) { lines, parts in
        input.accumulateMoments(plan.moments.panels, lines: lines, parts: parts, into: moments)
      } merge: { chunks in
        statistics.merge(moments, of: chunks, plan)
        setCoefficients(forward, of: chunks, plan, statistics)
      } apply: {
        apply($0, $1)
      }
      if mixesSamples { try record(statistics, centres: rule.centres, mode: mode) }
    } else {
      if let running {
        statistics.set(mean: running.mean, variance: running.variance)
      } else {
        statistics.setIdentity()
      }
      plan.run(on: processor, operations: 2 * input.count, over: plan.cells) { _, _ in
      } merge: {
        setCoefficients(forward, of: $0, plan, statistics)
      } apply: {
        apply($0, $1)
      }
    }
    let cache = NormalizerCache<Scalar>.Shared(
      input: input, plan: plan, statistics: statistics, forward: forward, origin: origin(rule))
    return (Tensor(output, shape: input.shape), cache)
  }

  func origin(_ rule: NormalizationRule) -> NormalizerCache<Scalar>.Origin {
    .init(
      axes: rule.axes, channels: channels, groups: groups, epsilon: epsilon, centres: rule.centres,
      corrects: rule.correction != nil)
  }
}

/// y = γ·x̂ + β for each cell; where cells are apart, x̂ for each row.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func setCoefficients<Scalar: TensorScalar>(
  _ forward: NormalizationForward<Scalar>, of chunks: Range<Int>, _ plan: NormalizationPlan, _ statistics: Statistics
) {
  let (centre, factor, constant) = (forward.centre, forward.factor, forward.constant)
  let areApart = plan.cells.panels.way == .apart
  @inline(__always)
  func set(_ x: (centre: Scalar, factor: Double, constant: Double), _ channel: Int, _ place: Int) {
    let scale = areApart ? 1 : forward.scale(of: channel)
    centre[place] = x.centre
    factor[place] = Scalar(x.factor * scale)
    constant[place] = Scalar(areApart ? x.constant : x.constant * scale + forward.shift(of: channel))
  }
  plan.forEachCoefficient(of: chunks, { statistics.standardization($0, Scalar.self) }, set)
}

extension NormalizationPlan {
  /// Calls `body` with what `find` says of the statistic, with the channel and with the place of the coefficients of every
  /// cell of some chunks that has any of its own.
  @inline(__always)
  func forEachCoefficient<Found>(
    of some: Range<Int>, _ find: (_ statistic: Int) -> Found,
    _ body: (_ found: Found, _ channel: Int, _ place: Int) -> Void
  ) {
    @inline(__always)
    func visit(_ run: StridedAxes.Run) {
      if run.statisticStride == 0 {
        // The channels of one statistic.
        let found = find(run.statistic)
        run.forEach { _, channel, place in body(found, channel, place) }
      } else {
        run.forEach { statistic, channel, place in body(find(statistic), channel, place) }
      }
    }
    guard cells.panels.way != .apart else {
      // A row is all there is of a statistic, and without their channels the runs of rows are long.
      return statistics.forEachRun(of: statistics(of: some), visit)
    }
    let own = cells.cells(of: some, chunks: chunks).clamped(to: 0..<cells.panels.coefficients)
    cells.axes.forEachRun(of: own, visit)
  }
}
