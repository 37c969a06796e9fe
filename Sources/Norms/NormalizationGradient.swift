import Foundation
import Tensors

// With x̂ = (x − μ)/σ, the upstream gradient dy, g = γ·dy, and means over the m values of a statistic:
//
//     dβ = Σ dy,   dγ = Σ dy·x̂,   dx = (g − mean(g) − x̂·mean(g·x̂)) / σ
//
// (Ioffe & Szegedy, 2015, section 3). All three need two sums of each cell and nothing else, Σ dy and Σ dy·(x
// − c). With running statistics μ and σ do not depend on x, and dx = g / σ.
extension NormalizerState {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    require(
      gradient.shape == cache.input.shape,
      "The gradient's shape \(gradient.shape) is not that of the normalizer's output, \(cache.input.shape).")
    switch cache.kind {
    case .rows(let rows, let statistics):
      return rows.backward(gradient, input: cache.input, statistics: statistics, scale: &scale, shift: &shift)
    case .cells(let statistics, let transform):
      return backward(gradient, cache, statistics, transform)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func backward(
    _ gradient: Tensor<Scalar>, _ cache: NormalizerCache<Scalar>, _ statistics: Statistics,
    _ forward: PanelTransform.Forward<Scalar>
  ) -> Tensor<Scalar> {
    let (input, plan, processor) = (cache.input, cache.plan, gradient.processor)
    let sums = PartialGradients(plan.panels, on: processor)
    let cells = CellGradients<Scalar>(plan, on: processor)
    let result = SharedBuffer<Scalar>(uninitialized: input.count, on: processor)
    let scales = SharedBuffer(scale.value)
    plan.run(on: processor, operations: 6 * input.count, over: plan.panels) {
      input.accumulateGradients(gradient, centre: forward.centre, plan.panels, unit: $0, part: $1, into: sums)
    } merge: {
      mergeGradients(cells, of: $0, plan, sums, statistics, centre: forward.centre, scale: scales)
    } apply: {
      cells.transform.apply(
        to: gradient, input: input, centre: forward.centre, plan.panels, unit: $0, part: $1, into: result)
    }
    let parameters = cells.parameterGradients(plan, channels: channels)
    scale.gradient.add(parameters.scale)
    shift.gradient.add(parameters.shift)
    return Tensor(result, shape: input.shape)
  }
}

/// The gradients of scale and shift that come from each cell, and the coefficients of the input's.
private struct CellGradients<Scalar: TensorScalar> {
  let scale: SharedBuffer<Double>
  let shift: SharedBuffer<Double>
  /// Σ g and Σ g·x̂ of each statistic.
  let sum: SharedBuffer<Double>
  let product: SharedBuffer<Double>
  let transform: PanelTransform.Backward<Scalar>

  init(_ plan: StatisticsPlan, on processor: Processor) {
    let cells = plan.panels.allCells
    scale = SharedBuffer(count: cells, on: processor)
    shift = SharedBuffer(count: cells, on: processor)
    sum = SharedBuffer(count: plan.statistics, on: processor)
    product = SharedBuffer(count: plan.statistics, on: processor)
    transform = PanelTransform.Backward(plan.panels, on: processor)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func parameterGradients(_ plan: StatisticsPlan, channels: Int) -> (scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    var (scales, shifts) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
    plan.forEachCell(of: 0..<plan.panels.units) { _, channel, cell in
      scales[channel] += scale[cell]
      shifts[channel] += shift[cell]
    }
    func tensor(_ sums: [Double]) -> Tensor<Scalar> { Tensor(sums.map { Scalar($0) }, shape: [channels]) }
    return (tensor(scales), tensor(shifts))
  }
}

/// Merges the sums of the parts of `units`, which must be all that their statistics are made of.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func mergeGradients<Scalar: TensorScalar>(
  _ cells: CellGradients<Scalar>, of units: Range<Int>, _ plan: StatisticsPlan, _ parts: PartialGradients,
  _ statistics: Statistics, centre: SharedBuffer<Scalar>, scale: SharedBuffer<Scalar>
) {
  let panels = plan.panels
  for unit in units {
    for part in 0..<panels.parts {
      for cell in 0..<panels.cells {
        let (from, to) = ((unit * panels.parts + part) * panels.cells + cell, panels.firstCell(of: unit) + cell)
        cells.shift[to] += parts.sum[from]
        cells.scale[to] += parts.product[from]
      }
    }
  }
  plan.forEachCell(of: units) { statistic, channel, cell in
    // The products were with x − centre; x̂ = (x − μ)/σ.
    let residue = statistics.mean[statistic] - Double(centre[cell])
    cells.scale[cell] =
      (cells.scale[cell] - residue * cells.shift[cell]) * statistics.inverseDeviation[statistic]
    cells.sum[statistic] += Double(scale[channel]) * cells.shift[cell]
    cells.product[statistic] += Double(scale[channel]) * cells.scale[cell]
  }
  let mean = statistics.dependOnInput ? 1 / Double(statistics.values) : 0
  plan.forEachCell(of: units) { statistic, channel, cell in
    let inverse = statistics.inverseDeviation[statistic]
    let residue = statistics.mean[statistic] - Double(centre[cell])
    let fromInput = -inverse * inverse * cells.product[statistic] * mean
    cells.transform.upstream[cell] = Scalar(inverse * Double(scale[channel]))
    cells.transform.input[cell] = Scalar(fromInput)
    cells.transform.constant[cell] = Scalar(-inverse * cells.sum[statistic] * mean - residue * fromInput)
  }
}
