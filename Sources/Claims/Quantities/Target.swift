import Harness

extension Quantity {
  /// Steps until the test accuracy first is a target that both sides can reach.
  ///
  /// The target is 90 %, or 98 % of the best that the weaker side came to where that is lower; of two sides one of which never
  /// did better than guessing, 98 % of the best of the other. What was never reached took at least all steps.
  static let stepsToTarget = Quantity("steps to the target", unit: "steps", detail: ("target", target)) {
    runs, others in
    guard let target = target(runs, others) else { return .unknown }
    if let reached = runs[0].curve.first(where: { $0[.testAccuracy] >= target }) { return Reading(reached[.step]) }
    return Reading([runs[0], others[0]].map(\.lastStep).max() ?? .nan, .atLeast)
  }

  /// `nil` if neither side did better than guessing.
  private static let target: @Sendable ([Evidence], [Evidence]) -> Double? = { runs, others in
    [runs[0], others[0]].filter(\.trains).map(\.bestAccuracy).min().map { min(0.9, 0.98 * $0) }
  }
}

extension Evidence {
  /// The highest test accuracy of the evaluations.
  var bestAccuracy: Double { curve.map { $0[.testAccuracy] }.filter(\.isFinite).max() ?? 0 }

  var lastStep: Double { curve.last?[.step] ?? record[.steps] }
}
