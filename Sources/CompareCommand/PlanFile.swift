import Foundation
import Harness

/// A grid with exceptions, as a JSON file has it; ``PlanSchema`` says what it can hold.
///
/// ```json
/// {
///   "grid": { "model": "cnn", "norm": ["batch", "group"], "batch-size": [2, 32], "seed": [0, 1, 2] },
///   "exceptions": [{ "where": { "batch-size": 2 }, "set": { "learning-rate": 0.001 } }]
/// }
/// ```
struct PlanFile {
  /// Settings and their values, in the order of ``AnySetting/all``.
  typealias Values = [(setting: AnySetting, values: [String])]

  let path: String
  private let content: Content

  private struct Content: Decodable {
    var grid: [String: Entry] = [:]
    var exceptions: [Exception] = []

    struct Exception: Decodable {
      let cases, changes: [String: Entry]

      init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        try keys.check(["where", "set"], needed: ["where", "set"])
        cases = try keys.decode([String: Entry].self, forKey: Key("where"))
        changes = try keys.decode([String: Entry].self, forKey: Key("set"))
      }
    }

    init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: Key.self)
      try keys.check(["$schema", "grid", "exceptions"], needed: ["grid"])
      grid = try keys.decode([String: Entry].self, forKey: Key("grid"))
      exceptions = try keys.decodeIfPresent([Exception].self, forKey: Key("exceptions")) ?? []
    }
  }

  /// A value, or several.
  private struct Entry: Decodable {
    let values: [String]

    init(from decoder: any Decoder) throws {
      if let one = try? decoder.singleValueContainer().decode(Value.self) {
        values = [one.text]
        return
      }
      values = try decoder.singleValueContainer().decode([Value].self).map(\.text)
    }
  }

  /// A word, a number, or whether.
  private struct Value: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let word = try? container.decode(String.self) {
        text = word
      } else if let isOn = try? container.decode(Bool.self) {
        text = isOn ? "on" : "off"
      } else if let whole = try? container.decode(Int.self) {
        text = String(whole)
      } else {
        text = try container.decode(Double.self).description
      }
    }
  }

  /// - Throws: `HarnessError` for a file that cannot be read, or is no JSON of this form.
  init(path: String) throws {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessError.noInput("The plan \(path) cannot be read.")
    }
    do {
      content = try JSONDecoder().decode(Content.self, from: data)
    } catch let error as DecodingError {
      throw HarnessError.badData(file: path, found: Self.text(error), expected: Self.form)
    } catch let error as KeyFlaw {
      throw HarnessError.badData(file: path, found: error.text, expected: Self.form)
    }
  }

  private static let form =
    "a plan: {\"grid\": {…}, \"exceptions\": [{\"where\": {…}, \"set\": {…}}]}; see compare schema"

  private static func text(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "item \($0 + 1)" } ?? $0.stringValue }
      return path.isEmpty ? "" : " at \(path.joined(separator: ", "))"
    }
    return switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "something else than the schema has" + place(context)
    case .keyNotFound(let key, let context): "no \"\(key.stringValue)\"" + place(context)
    case .dataCorrupted(let context): context.codingPath.isEmpty ? "no JSON" : "no such value" + place(context)
    @unknown default: "no plan"
    }
  }

  /// Gives a request the grid and its exceptions.
  ///
  /// - Throws: `HarnessError.badData` for what is no setting, or no value of it.
  func apply(to request: inout Request) throws {
    guard !content.grid.isEmpty else { throw flaw("nothing in grid", "a setting with a value") }
    var filled = request
    for entry in try values(content.grid, of: "grid", in: request) {
      try fill(&filled, entry.setting, entry.texts, "grid")
    }
    for (number, exception) in content.exceptions.enumerated() {
      let place = "exception \(number + 1)"
      let cases = try spelled(exception.cases, of: "\(place), where", in: request)
      let changes = try spelled(exception.changes, of: "\(place), set", in: request)
      if let fixed = changes.first(where: { change in GridException.fixed.contains { $0.name == change.setting.name } })
      {
        throw flaw(
          "\(fixed.setting.name) in \(place), set", "a setting that an exception can change; this one spans the grid")
      }
      filled.grid.exceptions.append(GridException(cases: cases, changes: changes))
    }
    request = filled
  }

  /// Each in its one spelling, as the options have them.
  private func spelled(_ entries: [String: Entry], of place: String, in request: Request) throws -> Values {
    guard !entries.isEmpty else { throw flaw("nothing in \(place)", "a setting with a value") }
    return try values(entries, of: place, in: request).map { setting, texts in
      var scratch = request
      try fill(&scratch, setting, texts, place)
      return (setting, scratch.grid[setting] ?? [])
    }
  }

  private func values(
    _ entries: [String: Entry], of place: String, in request: Request
  ) throws -> [(setting: AnySetting, texts: [String])] {
    let names = AnySetting.all.map(\.name)
    if let name = entries.keys.sorted().first(where: { !names.contains($0) }) {
      throw flaw(unknown("setting '\(name)' in \(place)", name, names), Self.form)
    }
    return AnySetting.all.compactMap { setting in entries[setting.name].map { (setting, $0.values) } }
  }

  /// What the option of a setting makes of values.
  private func fill(_ request: inout Request, _ setting: AnySetting, _ texts: [String], _ place: String) throws {
    guard !texts.isEmpty, texts.allSatisfy({ !$0.isEmpty && !$0.contains(",") }) else {
      throw flaw("\(setting.name) in \(place) with an empty value or one with a comma", "a value, or a list of them")
    }
    guard let option = Option.settings(request.grid.catalogue).first(where: { $0.name == setting.name }) else { return }
    do {
      try option.apply(&request, texts.joined(separator: ","))
    } catch HarnessError.usage(let message) {
      throw flaw("\(place): \(message)", "a value of --\(setting.name)")
    }
  }

  private func flaw(_ found: String, _ expected: String) -> HarnessError {
    .badData(file: path, found: found.hasSuffix(".") ? String(found.dropLast()) : found, expected: expected)
  }
}

/// A name in a JSON object.
private struct Key: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// A name that should not be there, or is not.
private struct KeyFlaw: Error {
  let text: String
}

extension KeyedDecodingContainer<Key> {
  fileprivate func check(_ known: [String], needed: [String]) throws {
    let place = codingPath.isEmpty ? "" : " in exception \((codingPath.compactMap(\.intValue).first ?? 0) + 1)"
    if let name = allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
      throw KeyFlaw(text: "\"\(name)\"\(place)")
    }
    if let name = needed.first(where: { !contains(Key($0)) }) { throw KeyFlaw(text: "no \"\(name)\"\(place)") }
  }
}
