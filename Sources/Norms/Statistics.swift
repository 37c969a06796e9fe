import Tensors

/// Means and variances, merged from the parts of cells in double precision.
final class Statistics: Sendable {
  let mean: SharedBuffer<Double>
  /// Biased: the sum of squares over the number of values.
  let variance: SharedBuffer<Double>
  /// 1 / √(variance + ε).
  let inverseDeviation: SharedBuffer<Double>
  /// The number of values that each statistic is over.
  let values: Int
  /// Whether these are statistics of the input, rather than recorded ones.
  let dependOnInput: Bool

  var count: Int { mean.count }

  init(_ plan: StatisticsPlan, dependOnInput: Bool, on processor: Processor) {
    mean = SharedBuffer(count: plan.statistics, on: processor)
    variance = SharedBuffer(count: plan.statistics, on: processor)
    inverseDeviation = SharedBuffer(count: plan.statistics, on: processor)
    values = plan.valuesPerStatistic
    self.dependOnInput = dependOnInput
  }

  /// Merges the moments of all parts of `units`, which must be all that their statistics are made of.
  ///
  /// The mean of parts of lengths n is Σ n·mean / Σ n; the sum of squares about it is that about each part's
  /// mean, plus n times the square of the distance between the two.
  func merge(_ parts: PartialMoments, of units: Range<Int>, _ plan: StatisticsPlan, epsilon: Double) {
    let statistics = plan.statistics(of: units)
    let reciprocal = 1 / Double(values)
    plan.forEachMoment(of: units) { statistic, part, length in
      mean[statistic] += length * parts.mean[part]
    }
    for statistic in statistics { mean[statistic] *= reciprocal }
    plan.forEachMoment(of: units) { statistic, part, length in
      let distance = parts.mean[part] - mean[statistic]
      variance[statistic] += parts.squares[part] + length * distance * distance
    }
    for statistic in statistics {
      variance[statistic] *= reciprocal
      inverseDeviation[statistic] = 1 / (variance[statistic] + epsilon).squareRoot()
    }
  }

  /// Takes the statistics that training recorded.
  func set<Scalar>(mean: Tensor<Scalar>, variance: Tensor<Scalar>, epsilon: Double) {
    for (index, pair) in zip(mean.scalars, variance.scalars).enumerated() {
      self.mean[index] = Double(pair.0)
      self.variance[index] = Double(pair.1)
      inverseDeviation[index] = 1 / (Double(pair.1) + epsilon).squareRoot()
    }
  }
}

extension StatisticsPlan {
  /// Elements that are worth handing over to a thread.
  private static let smallestPiece = 1 << 14

  /// Runs a pass: `measure` every part of every unit of `measured`, `merge` what was measured, `apply` it to every
  /// part of every unit of the panels.
  ///
  /// Units with statistics of their own go through all three while they are in the cache.
  func run(
    on processor: Processor, operations: Int, over measured: Panels, measure: (_ unit: Int, _ part: Int) -> Void,
    merge: (_ units: Range<Int>) -> Void, apply: (_ unit: Int, _ part: Int) -> Void
  ) {
    func run(over panels: Panels, _ body: (_ unit: Int, _ part: Int) -> Void) {
      let parts = panels.parts
      processor.run(over: panels.units * parts, inPiecesOf: 4, operations: operations) { pieces in
        for piece in pieces { body(piece / parts, piece % parts) }
      }
    }
    if unitsAreIndependent {
      let unitsInPiece = max(Self.smallestPiece / (panels.rows * panels.columns), 1)
      let pieces = (panels.units + unitsInPiece - 1) / unitsInPiece
      processor.run(over: pieces, inPiecesOf: 1, operations: operations) { some in
        for piece in some {
          let units = piece * unitsInPiece..<min((piece + 1) * unitsInPiece, panels.units)
          for unit in units {
            for part in 0..<measured.parts { measure(unit, part) }
          }
          merge(units)
          for unit in units {
            for part in 0..<panels.parts { apply(unit, part) }
          }
        }
      }
    } else {
      run(over: measured, measure)
      merge(0..<panels.units)
      run(over: panels, apply)
    }
  }
}
