import Harness

/// What a value of a setting is in a ``PlanFile``, for the file and for its schema alike: a word, whether, or a number.
struct PlanValue {
  private enum Kind {
    /// One of these.
    case word([String])
    case name
    case whole(ClosedRange<Int>)
    case number(NumberRange)
  }

  private let kind: Kind

  /// No number is larger, or there would be some that readers of JSON take for infinite.
  static let largest = 1e308

  init(_ setting: AnySetting, in catalogue: Catalogue) {
    if let words = catalogue.words(of: setting), setting.name != "data" {
      kind = .word(words + ["all"])
      return
    }
    switch setting.domain {
    case .words(let words): kind = .word(words)
    case .names: kind = .name
    case .integers(let range): kind = .whole(range)
    case .numbers(let range): kind = .number(range)
    }
  }

  private var isSwitch: Bool {
    guard case .word(let words) = kind else { return false }
    return words.contains("on") && words.contains("off")
  }

  /// What stands for a value on the command line; `nil` for one of another kind, or out of all bounds.
  func text(of value: JSONValue) -> String? {
    switch (kind, value.content) {
    // A comma would make two values of it, and a zero end the name of a folder.
    case (.word, .string(let word)), (.name, .string(let word)):
      word.isEmpty || word.contains { [",", "\0"].contains($0) } ? nil : word
    case (.word, .bool(let isOn)) where isSwitch: isOn ? "on" : "off"
    case (.whole, .number(let digits)): Self.whole(digits)
    case (.number, .number(let digits)):
      Double(digits).flatMap { abs($0) <= Self.largest ? $0.description : nil }
    default: nil
    }
  }

  /// A number without a fraction is whole, however it is written, as `32.0` and `1e2`, where no digit can be lost.
  private static func whole(_ digits: String) -> String? {
    (Int(digits) ?? Double(digits).flatMap { abs($0) < 0x1p53 ? Int(exactly: $0) : nil }).map { String($0) }
  }

  /// What a value should be, in words.
  var expected: String {
    switch kind {
    case .word: isSwitch ? "a word in quotes, true or false, or a list of them" : "a word in quotes, or a list of them"
    case .name: "a name in quotes, without a comma or a zero character"
    case .whole(let range): "whole numbers, \(range.lowerBound) to \(range.upperBound), without quotes"
    case .number(let range): "numbers \(range.text), without quotes"
    }
  }

  /// As a part of the schema.
  var schema: [String: Any] {
    switch kind {
    case .word(let words):
      let schema: [String: Any] = ["enum": words]
      return isSwitch ? ["anyOf": [schema, ["type": "boolean"]]] : schema
    case .name: return ["type": "string", "pattern": "^[^,\\x00]+$"]
    case .whole(let range): return ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
    case .number(let range):
      let isEndless = range.end > Self.largest
      return [
        "type": "number", range.hasZero ? "minimum" : "exclusiveMinimum": 0,
        isEndless ? "maximum" : "exclusiveMaximum": isEndless ? Self.largest : range.end,
      ]
    }
  }
}
