import Harness

extension Quantity {
  /// Steps until the test accuracy first is a target that both sides can reach.
  ///
  /// The target is 90 %, or 98 % of the best that the weaker side came to where that is lower; of two sides one of which never
  /// did better than guessing, 98 % of the best of the other. What was never reached took at least all steps.
  static let stepsToTarget = Quantity("steps to the target", unit: "steps") { runs, others in
    let sides = [runs[0], others[0]]
    let best = sides.filter(\.trains).map(\.bestAccuracy)
    guard let weaker = best.min() else { return .unknown }
    let target = min(0.9, 0.98 * weaker)
    if let reached = runs[0].curve.first(where: { $0[.testAccuracy] >= target }) { return Reading(reached[.step]) }
    return Reading(sides.map(\.lastStep).max() ?? .nan, .atLeast)
  }
}

extension Evidence {
  /// The highest test accuracy of the evaluations.
  var bestAccuracy: Double { curve.map { $0[.testAccuracy] }.filter(\.isFinite).max() ?? 0 }

  var lastStep: Double { curve.last?[.step] ?? record[.steps] }
}
