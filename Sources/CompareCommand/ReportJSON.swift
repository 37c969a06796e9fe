import Foundation
import Harness

extension Report {
  /// Everything, with numbers in full; a number that is not there is null.
  var json: String {
    let object: [String: Any] = [
      "version": packageVersion, "numerics": numerics, "notes": notes,
      "rows": analysis.rows.map(object),
    ]
    return jsonText(object)
  }

  private func object(_ row: Analysis.Row) -> [String: Any] {
    var settings: [String: Any] = [:]
    for setting in AnySetting.all where setting.name != "seed" && !isTuned(setting) {
      settings[setting.column] = value(row.configuration[setting], setting)
    }
    var object: [String: Any] = [
      "settings": settings, "numerics": row.numerics,
      "seeds": row.runs.map { value($0.configuration[Setting.seed.erased], Setting.seed.erased) },
      "runs": row.runs.map(\.run), "is_baseline": row.isBaseline,
      "diverged": row.count(.diverged), "collapsed": row.count(.collapsed), "reached_90": row.reached,
      "test_accuracy": estimate(row.testAccuracy), "train_loss": estimate(row.trainLoss),
      "epochs_to_90": estimate(row.epochsToNinety), "samples_per_second": estimate(row.samplesPerSecond),
      "told_from_best": row.isToldFromBest.map { $0 as Any } ?? NSNull(),
    ]
    object["difference"] =
      row.difference.map { difference -> Any in
        [
          "mean": number(difference.mean), "low": number(difference.low), "high": number(difference.high),
          "degrees_of_freedom": number(difference.degreesOfFreedom), "seeds": difference.seeds,
          "images": difference.images, "seed_floor": number(difference.seedFloor),
        ] as [String: Any]
      } ?? NSNull()
    if let tuning, let result = tuning.results.first(where: { $0.configuration == row.configuration }) {
      object["tuned"] = Dictionary(
        uniqueKeysWithValues: zip(tuning.plan.settings, result.values).map { ($0.column, $1.map(number)) })
      object["trained_share"] = number(result.trainedShare)
      object["smaller_budgets"] = result.smallerBudgets.map { budget -> [String: Any] in
        ["budget": budget.budget, "test_accuracy": estimate(budget.accuracy)]
      }
    }
    return object
  }

  func isTuned(_ setting: AnySetting) -> Bool {
    tuning?.plan.settings.contains { $0.name == setting.name } ?? false
  }

  private func value(_ text: String, _ setting: AnySetting) -> Any {
    switch setting.domain {
    case .integers: Int(text).map { $0 as Any } ?? text
    case .numbers: Double(text).map { $0 as Any } ?? text
    case .words, .names: text
    }
  }

  private func number(_ value: Double) -> Any { value.isFinite ? value : NSNull() }

  private func estimate(_ estimate: Estimate) -> [String: Any] {
    ["mean": number(estimate.mean), "half_width": number(estimate.halfWidth)]
  }
}

extension Report {
  /// The columns of `differences.csv`.
  static let differenceColumns =
    AnySetting.all.map(\.column).filter { $0 != "seed" } + [
      "runs", "test_accuracy", "half_width", "is_baseline", "difference", "low", "high", "degrees_of_freedom", "seeds",
      "images", "seed_floor", "told_from_best",
    ]

  /// The rows of `differences.csv`: one for each of the table.
  var differences: [[String: String]] {
    analysis.rows.map { row in
      var fields: [String: String] = [:]
      for setting in AnySetting.all where !isTuned(setting) { fields[setting.column] = row.configuration[setting] }
      func set(_ column: String, _ value: Double?) {
        fields[column] = value.map { $0.isFinite ? $0.description : "" } ?? ""
      }
      fields["runs"] = String(row.runs.count)
      set("test_accuracy", row.testAccuracy.mean)
      set("half_width", row.testAccuracy.halfWidth)
      fields["is_baseline"] = row.isBaseline ? "1" : "0"
      set("difference", row.difference?.mean)
      set("low", row.difference?.low)
      set("high", row.difference?.high)
      set("degrees_of_freedom", row.difference?.degreesOfFreedom)
      fields["seeds"] = row.difference.map { String($0.seeds) }
      fields["images"] = row.difference.map { String($0.images) }
      set("seed_floor", row.difference?.seedFloor)
      fields["told_from_best"] = row.isToldFromBest.map { $0 ? "1" : "0" }
      return fields
    }
  }
}

/// An object as JSON, its keys in order.
func jsonText(_ object: [String: Any]) -> String {
  let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else { return "{}" }
  return String(decoding: data, as: UTF8.self)
}
