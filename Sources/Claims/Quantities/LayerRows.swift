import Foundation
import Harness

extension Quantity {
  /// When a number of a layer is looked at.
  enum Moment: Sendable {
    /// Before the first step.
    case start
    case end
    /// At every evaluation after the first step.
    case course
  }

  /// The mean of a column of `layers.csv` over the layers.
  static func mean(_ column: String, _ moment: Moment, _ name: String) -> Quantity {
    Quantity(name) { runs, _ in
      let values = runs[0].layers(at: moment).map { $0.number(column) }.filter(\.isFinite)
      return Reading(values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count))
    }
  }

  /// How fast a column of `layers.csv` grows from one layer to the next, in powers of two: the slope of its logarithm; in the
  /// course of training, the steepest that there was.
  static func growth(byLayer column: String, _ moment: Moment, _ name: String) -> Quantity {
    Quantity(name, unit: "doublings a layer") { runs, _ in
      let moments = Dictionary(grouping: runs[0].layers(at: moment), by: \.step).values
      let slopes = moments.map { rows in
        doublings(rows.compactMap { row in row.layer.map { ($0, row.number(column)) } })
      }
      return Reading(slopes.filter(\.isFinite).max() ?? .nan)
    }
  }

  /// How far from keeping its size a column of `layers.csv` is from one layer to the next, whether it grows or vanishes.
  static func drop(byLayer column: String, _ moment: Moment, _ name: String) -> Quantity {
    growth(byLayer: column, moment, name).magnitude
  }

  /// The same from one time step of the first layer to the next.
  static func drop(byTime column: String, _ moment: Moment, _ name: String) -> Quantity {
    Quantity(name, unit: "doublings a step") { runs, _ in
      Reading(
        doublings(
          runs[0].layers(at: moment).filter { $0.layer == 0 }.map { ($0.number("time_step"), $0.number(column)) }))
    }.magnitude
  }

  private var magnitude: Quantity {
    Quantity(name, unit: unit, resolution: resolution) { runs, others in
      let reading = try measure(runs, others)
      return Reading(abs(reading.value), reading.bound)
    }
  }

  /// The slope of the logarithm to the base of 2; a number that is 0 counts as the smallest that there is.
  private static func doublings(_ points: [(place: Double, size: Double)]) -> Double {
    slope(points.map { (x: $0.place, y: log2(max($0.size, Double(Float.leastNonzeroMagnitude)))) })
  }
}

extension Evidence {
  /// The rows of `layers.csv` at a moment.
  func layers(at moment: Quantity.Moment) -> [RecordedRow] {
    let rows = rows["layers"] ?? []
    let last = rows.map(\.step).max()
    return switch moment {
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
