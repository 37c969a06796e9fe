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
  private let bytes: [UInt8]
  private let grid: JSONValue
  private let exceptions: [(cases: JSONValue, changes: JSONValue)]

  /// - Throws: `HarnessError` for a file that cannot be read, or is no JSON of this form.
  init(path: String) throws {
    self.path = path
    bytes = try Self.bytes(of: path)
    (grid, exceptions) = try Self.parts(of: bytes, path == Self.standardInput ? "standard input" : path)
  }

  // MARK: - Reading

  private static let largest = 16 << 20

  /// What stands for standard input, which is read as a file is.
  private static let standardInput = "-"

  /// All of a file or a pipe.
  private static func bytes(of path: String) throws -> [UInt8] {
    func failure(_ reason: String) -> HarnessError { .noInput("The plan \(path) cannot be read: \(reason).") }
    let file = path == standardInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(String(cString: strerror(errno))) }
      guard count > 0 else { return bytes }
      bytes += block[..<count]
      guard bytes.count <= largest else { throw failure("it has more than \(largest >> 20) MB") }
    }
  }

  private static func parts(
    of bytes: [UInt8], _ path: String
  ) throws -> (grid: JSONValue, exceptions: [(cases: JSONValue, changes: JSONValue)]) {
    func flaw(_ found: String, _ offset: Int) -> HarnessError {
      .badData(file: path, found: "\(found) (\(JSONPlace(of: offset, in: bytes)))", expected: form)
    }
    /// The values of an object that has some names, and may have others, in their order.
    func values(_ object: JSONValue, _ needed: [String], _ others: [String] = [], at place: String) throws
      -> [JSONValue?]
    {
      guard case .object(let members) = object.content else { throw flaw("\(object.text)\(place)", object.offset) }
      if let member = members.first(where: { !(needed + others).contains($0.name) }) {
        throw flaw("\(member.name.debugDescription)\(place)", member.offset)
      }
      let found = (needed + others).map { name in members.first { $0.name == name }?.value }
      if let missing = zip(needed, found).first(where: { $0.1 == nil })?.0 {
        throw flaw("no \"\(missing)\"\(place)", object.offset)
      }
      return found
    }
    var reader = JSONReader(bytes)
    let root: JSONValue
    do throws(JSONFlaw) { root = try reader.read() } catch {
      throw HarnessError.badData(
        file: path, found: "\(error.isGrammar ? "no JSON: " : "")\(error.text) (\(error.place))", expected: form)
    }
    let members = try values(root, ["grid"], ["exceptions", "$schema"], at: "")
    if let schema = members[2] {
      guard case .string = schema.content else { throw flaw("\(schema.text) as \"$schema\"", schema.offset) }
    }
    var exceptions: [(JSONValue, JSONValue)] = []
    if let list = members[1] {
      guard case .array(let items) = list.content else { throw flaw("\(list.text) as \"exceptions\"", list.offset) }
      guard items.count <= Grid.largestExceptionCount else {
        throw HarnessError.badData(
          file: path, found: "\(items.count) exceptions", expected: "at most \(Grid.largestExceptionCount)")
      }
      exceptions = try items.enumerated().map { number, item in
        let parts = try values(item, ["where", "set"], at: " in exception \(number + 1)").compactMap(\.self)
        return (parts[0], parts[1])
      }
    }
    return (members[0] ?? root, exceptions)
  }

  private static let form =
    "a plan: {\"grid\": {…}, \"exceptions\": [{\"where\": {…}, \"set\": {…}}]}; see compare schema"

  // MARK: - Meaning

  /// Gives a request the grid and its exceptions.
  ///
  /// - Throws: `HarnessError.badData` for what is no setting, or no value of it.
  func apply(to request: inout Request) throws {
    let options = Option.settings(request.grid.catalogue)
    var filled = request
    for entry in try values(grid, of: "grid", in: request) { try fill(&filled, entry, "grid", options) }
    for (number, exception) in exceptions.enumerated() {
      let place = "exception \(number + 1)"
      let cases = try spelled(exception.cases, of: "\(place), where", in: request, options)
      let changes = try spelled(exception.changes, of: "\(place), set", in: request, options)
      if let fixed = changes.first(where: { change in GridException.fixed.contains { $0.name == change.setting.name } })
      {
        throw flaw(
          "\(fixed.setting.name) in \(place), set", exception.changes.offset,
          "a setting that an exception can change; this one spans the grid")
      }
      filled.grid.exceptions.append(GridException(cases: cases, changes: changes))
    }
    request = filled
  }

  /// A setting and the texts of its values, and where they stand.
  private typealias Entry = (setting: AnySetting, texts: [String], offset: Int)

  /// Each in its one spelling, as the options have them.
  private func spelled(
    _ object: JSONValue, of place: String, in request: Request, _ options: [Option]
  ) throws -> Values {
    try values(object, of: place, in: request).map { entry in
      var scratch = request
      try fill(&scratch, entry, place, options)
      return (entry.setting, scratch.grid[entry.setting] ?? [])
    }
  }

  private func values(_ object: JSONValue, of place: String, in request: Request) throws -> [Entry] {
    guard case .object(let members) = object.content else {
      throw flaw("\(object.text) as \(place)", object.offset, Self.form)
    }
    guard !members.isEmpty else { throw flaw("nothing in \(place)", object.offset, "a setting with a value") }
    let names = AnySetting.all.map(\.name)
    if let member = members.first(where: { !names.contains($0.name) }) {
      throw flaw(unknown("setting '\(member.name)' in \(place)", member.name, names), member.offset, Self.form)
    }
    return try AnySetting.all.compactMap { setting in
      guard let value = members.first(where: { $0.name == setting.name })?.value else { return nil }
      var items = [value]
      if case .array(let list) = value.content { items = list }
      guard !items.isEmpty else {
        throw flaw("\(value.text) for \(setting.name) in \(place)", value.offset, Self.expected(of: setting))
      }
      guard items.count <= Grid.largestCount else {
        throw flaw(
          "\(items.count) values for \(setting.name) in \(place)", value.offset, "at most \(Grid.largestCount)")
      }
      let kind = PlanValue(setting, in: request.grid.catalogue)
      let texts = try items.map { item in
        guard let text = kind.text(of: item) else {
          throw flaw("\(item.text) for \(setting.name) in \(place)", item.offset, kind.expected)
        }
        return text
      }
      return (setting, texts, value.offset)
    }
  }

  private static func expected(of setting: AnySetting) -> String { "a value of --\(setting.name), or a list of them" }

  /// What the option of a setting makes of values.
  private func fill(_ request: inout Request, _ entry: Entry, _ place: String, _ options: [Option]) throws {
    do {
      try options.first { $0.name == entry.setting.name }?.apply(&request, entry.texts.joined(separator: ","))
    } catch HarnessError.usage(let message) {
      throw flaw("\(place): \(message)", entry.offset, Self.expected(of: entry.setting))
    }
  }

  private func flaw(_ found: String, _ offset: Int, _ expected: String) -> HarnessError {
    var parts = (found.hasSuffix(".") ? String(found.dropLast()) : found).components(separatedBy: " Valid: ")
    // The words that would do are what is expected: of what is found, the end may be left out.
    let valid = parts.count > 1 ? parts.removeLast() : nil
    return .badData(
      file: path, found: "\(parts.joined(separator: " Valid: ")) (\(JSONPlace(of: offset, in: bytes)))",
      expected: valid.map { "one of \($0)" } ?? expected)
  }
}
