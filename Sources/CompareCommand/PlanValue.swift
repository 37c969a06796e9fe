import Harness

/// What a value of a setting is in a ``PlanFile``, for the file and for its schema alike: a word, whether, or a number.
struct PlanValue {
  private enum Kind {
    /// One of these.
    case word([String])
    case name
    case whole
    case number
  }

  private let setting: AnySetting
  private let kind: Kind

  /// No number is larger, or there would be some that readers of JSON take for infinite.
  static let largest = 1e308

  init(_ setting: AnySetting, in catalogue: Catalogue) {
    self.setting = setting
    if let words = catalogue.words(of: setting), setting.name != "data" {
      kind = .word(words + ["all"])
      return
    }
    switch setting.domain {
    case .words(let words): kind = .word(words)
    case .names: kind = .name
    case .integers: kind = .whole
    case .numbers: kind = .number
    }
  }

  private var isSwitch: Bool {
    guard case .word(let words) = kind else { return false }
    return words.contains("on") && words.contains("off")
  }

  /// What stands for a value on the command line; `nil` for one of another kind, or out of all bounds.
  func text(of value: JSONValue) -> String? {
    switch (kind, value.content) {
    // A comma would make two values of it.
    case (.word, .string(let word)), (.name, .string(let word)): word.isEmpty || word.contains(",") ? nil : word
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
    case .name: "a name in quotes, without a comma"
    case .whole, .number: "\(bounds), without quotes"
    }
  }

  private var bounds: String {
    guard case .integers(let range) = setting.domain else { return setting.domain.text }
    return "whole numbers, \(range.lowerBound) to \(range.upperBound)"
  }

  /// As a part of the schema.
  var schema: [String: Any] {
    switch kind {
    case .word(let words):
      let schema: [String: Any] = ["enum": words]
      return isSwitch ? ["anyOf": [schema, ["type": "boolean"]]] : schema
    case .name: return ["type": "string", "pattern": "^[^,]+$"]
    case .whole:
      guard case .integers(let range) = setting.domain else { return ["type": "integer"] }
      return ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
    case .number:
      guard case .numbers(let range) = setting.domain else { return ["type": "number"] }
      var schema: [String: Any] = ["type": "number", "maximum": Self.largest]
      if !range.contains(-1) { schema[range.contains(0) ? "minimum" : "exclusiveMinimum"] = 0 }
      guard !range.contains(2) else { return schema }
      schema["maximum"] = nil
      schema[range.contains(1) ? "maximum" : "exclusiveMaximum"] = 1
      return schema
    }
  }
}
