import Foundation
import Harness

extension Quantity {
  /// When a number of a layer is looked at.
  enum Stage: Sendable {
    /// Before the first step.
    case start
    case end
    /// At every evaluation after the first step.
    case course
  }

  /// The mean of a column of `layers.csv` over the layers.
  static func mean(_ column: String, _ stage: Stage, _ name: String) -> Quantity {
    Quantity(name) { runs, _ in
      let values = runs[0].layers(at: stage).map { $0.number(column) }.filter(\.isFinite)
      return Reading(values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count))
    }
  }

  /// How fast a column of `layers.csv` grows from one layer to the next, in powers of two: the slope of its logarithm.
  static func growth(byLayer column: String, _ stage: Stage, _ name: String) -> Quantity {
    Quantity(name, unit: "doublings a layer") { runs, _ in
      Reading(
        doublings(runs[0].layers(at: stage).compactMap { row in row.layer.map { ($0, row.number(column)) } }))
    }
  }

  /// The same from one time step of the first layer to the next.
  static func growth(byTime column: String, _ stage: Stage, _ name: String) -> Quantity {
    Quantity(name, unit: "doublings a step") { runs, _ in
      Reading(
        doublings(
          runs[0].layers(at: stage).filter { $0.layer == 0 }.map { ($0.number("time_step"), $0.number(column)) }))
    }
  }

  /// How much larger a column of `layers.csv` ever was in some layer than in the first, in powers of two.
  ///
  /// Of a run that diverged it is at least that: what was no number any more has no rows. A layer of zeros is left out.
  static func blowUp(_ column: String, _ name: String) -> Quantity {
    Quantity(name, unit: "doublings") { runs, _ in
      let moments = Dictionary(grouping: runs[0].layers(at: .course) + runs[0].layers(at: .start), by: \.step).values
      let ratios = moments.compactMap { rows -> Double? in
        guard let first = rows.first(where: { $0.layer == 0 })?.number(column), first > 0 else { return nil }
        return rows.map { $0.number(column) }.filter { $0 > 0 && $0.isFinite }.max().map { log2($0 / first) }
      }
      return Reading(ratios.max() ?? .nan, runs[0].record.status == .diverged ? .atLeast : .exact)
    }
  }

  /// The slope of the logarithm to the base of 2; a number that is 0 counts as the smallest that there is.
  private static func doublings(_ points: [(place: Double, size: Double)]) -> Double {
    slope(points.map { (x: $0.place, y: log2(max($0.size, Double(Float.leastNonzeroMagnitude)))) })
  }
}

extension Evidence {
  /// The rows of `layers.csv` at a stage of training.
  func layers(at stage: Quantity.Stage) -> [RecordedRow] {
    let rows = rows["layers"] ?? []
    let last = rows.map(\.step).max()
    return switch stage {
    case .start: rows.filter { $0.step == 0 }
    case .end: rows.filter { $0.step == last }
    case .course: rows.filter { $0.step > 0 }
    }
  }
}

extension RecordedRow {
  /// The number of the layer, from 0, which its name ends with.
  fileprivate var layer: Double? {
    Double(text("layer").reversed().prefix { $0.isNumber }.reversed().map(String.init).joined())
  }
}
