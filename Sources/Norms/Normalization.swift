import Foundation
import Tensors

/// What the backward pass of a normalizer needs to know of the forward pass.
public struct NormalizerCache<Scalar: TensorScalar>: Sendable {
  let input: Tensor<Scalar>
  let plan: StatisticsPlan
  let kind: Kind

  enum Kind: Sendable {
    /// Statistics of cells, and the coefficients that the cells were transformed with.
    case cells(Statistics, PanelTransform.Forward<Scalar>)
    /// Each row of channels by itself.
    case rows(RowNormalization<Scalar>, RowNormalization<Scalar>.Statistics)
  }

  /// The number of values that each statistic is over.
  public var valuesPerStatistic: Int { plan.valuesPerStatistic }

  /// The means that were subtracted, in the order of the axes batch, group, channel, position, those that are
  /// reduced left out.
  public var means: [Double] {
    switch kind {
    case .cells(let statistics, _): (0..<statistics.count).map { statistics.mean[$0] }
    case .rows(_, let statistics): statistics.means
    }
  }
}

// The whole family is here: moments, normalization, and (in NormalizationGradient.swift) the way back.
extension NormalizerState {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func forward(
    _ input: Tensor<Scalar>, reducing axes: Axes, layout: Layout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    let plan = try plan(for: axes, shape: input.shape, layout: layout)
    let usesRunningStatistics = mode == .inference && axes.contains(.batch)
    if plan.valuesPerStatistic == 1 && !usesRunningStatistics {
      throw .oneValuePerStatistic(shape: input.shape, layout: layout)
    }
    if let segments = plan.rowSegments {
      let rows = RowNormalization<Scalar>(
        rows: input.count / channels, channels: channels, segments: segments, epsilon: epsilon)
      let (output, statistics) = rows.forward(input, scale: scale.value, shift: shift.value, activation: activation)
      return (output, NormalizerCache(input: input, plan: plan, kind: .rows(rows, statistics)))
    }

    let statistics = Statistics(plan, dependOnInput: !usesRunningStatistics, on: input.processor)
    let transform = PanelTransform.Forward<Scalar>(plan.panels, on: input.processor)
    let output = SharedBuffer<Scalar>(uninitialized: input.count, on: input.processor)
    let (scales, shifts) = (SharedBuffer(scale.value), SharedBuffer(shift.value))
    func setCoefficients(of units: Range<Int>) {
      setForwardCoefficients(transform, of: units, plan, statistics, scale: scales, shift: shifts)
    }
    if usesRunningStatistics {
      let running = try runningStatistics(count: plan.statistics)
      statistics.set(mean: running.mean, variance: running.variance, epsilon: epsilon)
      plan.run(on: input.processor, operations: 2 * input.count, over: plan.moments) { _, _ in
      } merge: {
        setCoefficients(of: $0)
      } apply: {
        transform.apply(to: input, plan.panels, unit: $0, part: $1, activation: activation, into: output)
      }
    } else {
      let moments = PartialMoments(plan.moments, on: input.processor)
      plan.run(on: input.processor, operations: 4 * input.count, over: plan.moments) {
        input.accumulateMoments(plan.moments, unit: $0, part: $1, into: moments)
      } merge: {
        statistics.merge(moments, of: $0, plan, epsilon: epsilon)
        setCoefficients(of: $0)
      } apply: {
        transform.apply(to: input, plan.panels, unit: $0, part: $1, activation: activation, into: output)
      }
      if axes.contains(.batch) { try record(statistics) }
    }
    return (
      Tensor(output, shape: input.shape),
      NormalizerCache(input: input, plan: plan, kind: .cells(statistics, transform))
    )
  }
}

/// y = (x − μ)·γ/√(σ² + ε) + β, with what `centre` is too coarse to hold of μ moved into the shift.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func setForwardCoefficients<Scalar: TensorScalar>(
  _ transform: PanelTransform.Forward<Scalar>, of units: Range<Int>, _ plan: StatisticsPlan,
  _ statistics: Statistics, scale: SharedBuffer<Scalar>, shift: SharedBuffer<Scalar>
) {
  plan.forEachCell(of: units) { statistic, channel, cell in
    let mean = statistics.mean[statistic]
    let factor = statistics.inverseDeviation[statistic] * Double(scale[channel])
    let centre = Scalar(mean)
    transform.centre[cell] = centre
    transform.factor[cell] = Scalar(factor)
    transform.shift[cell] = Scalar(Double(shift[channel]) - (mean - Double(centre)) * factor)
  }
}
