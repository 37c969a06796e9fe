import Foundation
import Harness

/// What a ``PlanFile`` can hold, as a JSON schema (draft 2020-12): editors complete and check by it.
struct PlanSchema {
  private let catalogue: Catalogue

  init(_ catalogue: Catalogue) {
    self.catalogue = catalogue
  }

  var text: String {
    let settings = Dictionary(uniqueKeysWithValues: AnySetting.all.map { ($0.name, schema(of: $0)) })
    let fixed = Set(GridException.fixed.map(\.name))
    let exception = object(
      ["where": reference("settings"), "set": reference("changes")], required: ["where", "set"],
      help: "what is otherwise in some runs of the grid, on top of the exceptions before it")
    var plan = object(
      [
        "$schema": ["type": "string"], "grid": reference("settings"),
        "exceptions": ["type": "array", "items": exception],
      ],
      required: ["grid"], help: "a grid of runs: every combination of the values")
    plan["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    plan["title"] = "A plan of compare"
    plan["$defs"] = settings.merging([
      "settings": settingsObject(Array(settings.keys)),
      "changes": settingsObject(settings.keys.filter { !fixed.contains($0) }),
    ]) { own, _ in own }
    let data = try? JSONSerialization.data(
      withJSONObject: plan, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func settingsObject(_ names: [String]) -> [String: Any] {
    let properties = Dictionary(uniqueKeysWithValues: names.map { ($0, reference($0)) })
    var schema = object(properties, required: [], help: "settings, each with a value or several")
    schema["minProperties"] = 1
    return schema
  }

  private func object(_ properties: [String: Any], required: [String], help: String) -> [String: Any] {
    [
      "type": "object", "description": help, "properties": properties, "required": required,
      "additionalProperties": false,
    ]
  }

  private func reference(_ name: String) -> [String: Any] { ["$ref": "#/$defs/\(name)"] }

  /// One value of a setting, or several.
  private func schema(of setting: AnySetting) -> [String: Any] {
    let value = PlanValue(setting, in: catalogue).schema
    return [
      "description": setting.help,
      "anyOf": [value, ["type": "array", "items": value, "minItems": 1]],
    ]
  }
}
