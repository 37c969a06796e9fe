import Foundation
import Harness

extension Option {
  /// The ranges that settings have by themselves.
  private static let factors = AnySetting.all.compactMap { setting in
    setting.tuned.map { "\(setting.name) \($0.lowerBound)..\($0.upperBound)" }
  }.joined(separator: ", ")

  /// What tuning is asked for with.
  static let tuning = [
    Option(
      name: "tune", placeholder: "LIST",
      help:
        "settings to tune for each seed, on validation images, as in learning-rate=1e-4..1; without a range, factors on the "
        + "model's value: \(factors)",
      words: AnySetting.all.filter { $0.tuned != nil }.map(\.name)
    ) { request, text in
      request.tuned = try list(text, for: "tune").map(dimension)
      let names = request.tuned.map(\.setting.name)
      guard Set(names).count == names.count else {
        throw HarnessError.usage("--tune names a setting twice: '\(text)'.")
      }
    },
    Option(
      name: "budget", placeholder: "N",
      help: "points that tuning tries for each seed (default \(Request.defaultBudget))"
    ) {
      $0.budget = try integer($1, in: 1...1024, for: "budget")
    },
  ]

  /// A setting to tune, and its range if one is named.
  private static func dimension(_ text: String) throws -> Tuning.Dimension {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let tunable = AnySetting.all.filter { setting in
      if case .numbers = setting.domain { return true }
      return false
    }
    guard let setting = tunable.first(where: { $0.name == parts[0] }) else {
      throw HarnessError.usage(unknown("setting '\(parts[0])' of --tune", parts[0], tunable.map(\.name)))
    }
    guard parts.count == 2 else {
      guard setting.tuned != nil else {
        throw HarnessError.usage("--tune \(setting.name) needs a range, as in --tune \(setting.name)=0.001..0.1.")
      }
      return Tuning.Dimension(setting)
    }
    let ends = parts[1].components(separatedBy: "..").map(Double.init)
    // Swift's 0.1...2 would be taken for 0.1 to .2.
    guard !parts[1].contains("..."), ends.count == 2, let low = ends[0], let high = ends[1], low > 0, high > low,
      high.isFinite
    else {
      throw HarnessError.usage(
        "'\(parts[1])' is no range of --tune \(setting.name): it takes two numbers above 0, as in 0.001..0.1.")
    }
    return Tuning.Dimension(setting, range: low...high)
  }
}
