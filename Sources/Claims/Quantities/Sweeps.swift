import Foundation
import Harness

extension Quantity {
  /// The largest value of a setting that trains: going up from the best, the last at which a run does better than guessing.
  ///
  /// One that trains by luck above others that do not is none. Where it is the largest that was tried, it is at least that;
  /// where none trains, at most the smallest. The values of the arm's runs rise, and follow each other by `factor`.
  static func largest(_ setting: Setting<Double>, factor: Double) -> Quantity {
    Quantity("largest \(setting.erased.name) that trains", resolution: log2(factor) / 2) { runs, _ in
      let values = runs.map { $0.record.configuration[setting] }
      let chosen = TuningResult.best(of: runs.map(\.record)[...])?.configuration[setting]
      guard let best = values.firstIndex(where: { $0 == chosen }), runs[best].trains else {
        return Reading(values.min() ?? .nan, .atMost)
      }
      let last = runs.indices[best...].prefix { runs[$0].trains }.last ?? best
      return Reading(values[last], last == values.count - 1 ? .atLeast : .exact)
    }
  }

  /// How many decades of a setting have something: the number of values that do, times the step between them.
  ///
  /// Where all do, it is at least that. The values of the arm's runs follow each other by `factor`.
  static func decades(
    _ setting: Setting<Double>, factor: Double, _ what: String, where counts: @escaping @Sendable (Evidence) -> Bool
  ) -> Quantity {
    Quantity("decades of \(setting.erased.name) that \(what)", resolution: log10(factor) / 2) { runs, _ in
      let count = runs.count(where: counts)
      return Reading(Double(count) * log10(factor), count == runs.count ? .atLeast : .exact)
    }
  }

  /// The value of a setting at which the validation accuracy is highest, with the lowest loss of those.
  ///
  /// At an end of what was tried it is a bound.
  static func best(_ setting: Setting<Double>, factor: Double) -> Quantity {
    Quantity("best \(setting.erased.name)", resolution: log2(factor) / 2) { runs, _ in
      let values = runs.map { $0.record.configuration[setting] }
      guard let best = TuningResult.best(of: runs.map(\.record)[...])?.configuration[setting] else { return .unknown }
      return Reading(best, best == values.max() ? .atLeast : best == values.min() ? .atMost : .exact)
    }
  }

  /// How much more an arm's second run loses on its test images than the first, which is tested on the training images.
  static let gap = Quantity("gap of the loss", unit: "nats") { runs, _ in
    Reading(runs[1].record[.testLoss] - runs[0].record[.testLoss])
  }
}
