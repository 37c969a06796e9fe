import Foundation
import Harness

/// What is measured of the runs of an arm, for one seed.
public struct Quantity: Sendable {
  public let name: String
  /// Empty for a share or a plain number.
  public let unit: String
  /// Half an interval is never less: the step of the grid that the number is read from.
  public let resolution: Double
  /// Whether it is an accuracy on test images, which an interval has to count, too.
  public let isAccuracy: Bool
  /// Whether it is what an arm computes, and not measured of runs.
  var isComputed = false
  /// What a reader has to know beside the number, as the target that steps are counted to.
  let detail: (name: String, value: @Sendable (_ runs: [Evidence], _ others: [Evidence]) -> Double?)?
  let measure: @Sendable (_ runs: [Evidence], _ others: [Evidence]) throws -> Reading

  /// - Parameters:
  ///   - name: what it is, in a few words.
  ///   - unit: of the number.
  ///   - resolution: the step of the grid that it is read from; of a ratio, as a logarithm to the base of 2.
  ///   - detail: a number that is shown beside it.
  ///   - measure: the number of an arm's runs, given those of the other arm.
  public init(
    _ name: String, unit: String = "", resolution: Double = 0,
    detail: (name: String, value: @Sendable (_ runs: [Evidence], _ others: [Evidence]) -> Double?)? = nil,
    measure: @escaping @Sendable (_ runs: [Evidence], _ others: [Evidence]) throws -> Reading
  ) {
    self.init(name, unit: unit, resolution: resolution, isAccuracy: false, detail, measure)
  }

  private init(
    _ name: String, unit: String, resolution: Double, isAccuracy: Bool,
    _ detail: (name: String, value: @Sendable (_ runs: [Evidence], _ others: [Evidence]) -> Double?)? = nil,
    _ measure: @escaping @Sendable ([Evidence], [Evidence]) throws -> Reading
  ) {
    (self.name, self.unit, self.resolution, self.isAccuracy) = (name, unit, resolution, isAccuracy)
    (self.detail, self.measure) = (detail, measure)
  }

  /// What an arm computes.
  public static func number(_ name: String, unit: String = "") -> Quantity {
    var quantity = Quantity(name, unit: unit) { _, _ in .unknown }
    quantity.isComputed = true
    return quantity
  }

  /// The test accuracy of an arm's one run; one that diverged counts as guessing.
  public static let accuracy = Quantity("test accuracy", unit: "", resolution: 0, isAccuracy: true) { runs, _ in
    Reading(runs[0].record.countedAccuracy)
  }

  /// A number of `runs.csv`, of an arm's one run.
  public static func metric(_ metric: Metric<Course>, unit: String = "") -> Quantity {
    Quantity(metric.column.replacing("_", with: " "), unit: unit) { runs, _ in Reading(runs[0].record[metric]) }
  }
}
