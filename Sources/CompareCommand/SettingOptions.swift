import Foundation
import Harness

extension Option {
  /// An option for each setting.
  static func settings(_ catalogue: Catalogue) -> [Option] {
    AnySetting.all.map { setting in
      let words = catalogue.words(of: setting)
      return Option(
        name: setting.name, placeholder: "LIST", help: help(of: setting, in: catalogue),
        words: words.map { $0 + ["all"] } ?? [], takesFolder: setting.name == "data",
        commands: ["norm", "data", "train-limit", "test-limit"].contains(setting.name)
          ? [.compare, .show, .claims] : [.compare, .show]
      ) { request, text in
        let values = try Self.list(text, for: setting.name)
        if setting.name == "data" { return try setData(&request, values) }
        if let words {
          try check(values, among: words, for: setting.name)
          // Some words are for who asks for them.
          let meant = words.filter { !setting.onlyIfNamed.contains($0) || values.contains($0) }
          request.grid[setting] = values.contains("all") ? meant : values
        } else {
          request.grid[setting] = try values.map { value in
            guard let text = setting.canonical(value) else {
              throw HarnessError.usage(
                "'\(value)' is no value of --\(setting.name): it takes \(setting.domain.text).")
            }
            return text
          }
        }
      }
    }
  }

  private static func help(of setting: AnySetting, in catalogue: Catalogue) -> String {
    let list = catalogue.words(of: setting).map { ": \(Self.list($0, of: setting))" } ?? ""
    let standard = catalogue.standard(of: setting).map { " (default \($0))" } ?? " (default by model, below)"
    return setting.help + list + standard
  }

  /// The words of a setting for the help, last those that `all` does not mean.
  private static func list(_ words: [String], of setting: AnySetting) -> String {
    let named = words.filter(setting.onlyIfNamed.contains)
    let others = words.filter { !named.contains($0) }.joined(separator: ", ")
    return named.isEmpty ? others : "\(others); not meant by all: \(named.joined(separator: ", "))"
  }

  private static func setData(_ request: inout Request, _ words: [String]) throws {
    var names: [String] = []
    for word in words.contains("all") ? DataSource.all.map(\.name) : words {
      guard let source = try DataSource.named(word) else {
        throw HarnessError.usage(
          unknown("value '\(word)' of --data", word, DataSource.all.map(\.name) + ["all"]).dropLast()
            + ", or the name of a folder with IDX, NumPy or CSV files.")
      }
      guard !names.contains(source.name) || request.sources[source.name] == nil else {
        throw HarnessError.usage("--data has two data sets of the name \(source.name); rename one of the folders.")
      }
      request.sources[source.name] = source
      names.append(source.name)
    }
    request.grid[Setting.data.erased] = names
  }
}

extension Catalogue {
  /// What a setting is in all models, or some, when nothing is asked for; `nil` if that depends on more than the setting.
  func standard(of setting: AnySetting, in models: [ModelRecipe]? = nil) -> String? {
    if case .names = setting.domain { return standardName(of: setting) }
    let values = Set(
      (models ?? self.models).flatMap { model in
        normalizers.map { RunConfiguration(model: model, norm: $0)[setting] }
      })
    guard values.count == 1, let value = values.first else { return nil }
    return value.hasSuffix(".0") ? String(value.dropLast(2)) : value
  }
}
