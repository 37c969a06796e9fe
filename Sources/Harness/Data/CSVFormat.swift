import Foundation

/// Two tables of numbers, `train.csv` and `test.csv`, each with a first line of names and a column called `label`.
struct CSVFormat: DataFormat {
  private static let names = ["train.csv", "test.csv"]

  var files: String { "\(Self.names.joined(separator: " and ")) with a column called label" }

  func isFound(in folder: String) -> Bool { Self.names.contains { isThere($0, folder) } }

  func check(_ folder: String) throws {
    if let missing = Self.names.first(where: { !isThere($0, folder) }) {
      throw HarnessError.noInput("\(folder) has no \(missing), which belongs to a data set.")
    }
  }

  func read(_ folder: String, within memory: DataMemory) throws -> StoredData {
    try check(folder)
    let train = try Table(path: folder + "/" + Self.names[0], within: memory)
    let test = try Table(path: folder + "/" + Self.names[1], within: memory)
    guard test.columns == train.columns else {
      throw HarnessError.badData(
        file: test.name, found: "other columns, or in another order", expected: "those of \(train.name)")
    }
    // Numbers in one part may be words in the other.
    let (first, second) = (train.labels.compactMap { Int($0) }, test.labels.compactMap { Int($0) })
    let isNumbered = first.count == train.labels.count && second.count == test.labels.count
    func part(_ table: Table, _ numbers: [Int]) -> StoredData.Part {
      StoredData.Part(
        values: StoredArray(
          name: table.name, shape: [table.labels.count, table.columns.count - 1], type: .float64, bytes: table.bytes),
        labels: StoredLabels(name: table.name, values: isNumbered ? .integers(numbers) : .words(table.labels)))
    }
    return StoredData(train: part(train, first), test: part(test, second))
  }

  private func isThere(_ name: String, _ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)")
  }

  /// A table, read.
  private struct Table {
    let name: String
    let columns: [String]
    private(set) var labels: [String] = []
    /// Of all numbers, row after row.
    private(set) var bytes: [UInt8] = []

    init(path: String, within memory: DataMemory) throws {
      name = path
      func broken(_ found: String, _ expected: String) -> HarnessError {
        .badData(file: path, found: found, expected: expected)
      }
      let file = try FileReader(path: path)
      try memory.check(file.size, for: path)
      var text = try file.read(upTo: file.size)
      // Spreadsheets mark the encoding.
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
      var reader = CSV.Reader(text)
      text = []
      func fields() throws -> [String]? {
        guard let record = reader.nextRecord() else { return nil }
        guard !record.contains(where: { $0 >= 0x80 }) || String(validating: record, as: UTF8.self) != nil else {
          throw broken("bytes in line \(reader.line) that are no text", "a table in UTF-8")
        }
        return CSV.fields(of: record)
      }
      columns = (try fields() ?? []).map { $0.trimmingCharacters(in: .whitespaces) }
      let places = columns.indices.filter { columns[$0] == "label" }
      guard places.count == 1, columns.count > 1 else {
        let most = 8
        throw broken(
          columns.isEmpty
            ? "nothing"
            : "a first line of \(columns.prefix(most).joined(separator: ",").prefix(80))\(columns.count > most ? ",…" : "")",
          "names of columns, one of them label")
      }
      var seen: Set<String> = []
      if let twice = columns.first(where: { !seen.insert($0).inserted }) {
        throw broken("two columns called '\(twice.prefix(40))'", "a name of its own for each")
      }
      while let fields = try fields() {
        if fields == [""] { continue }
        guard !reader.isCut else { throw broken("a quotation that begins in line \(reader.line)", "its end") }
        guard fields.count == columns.count else {
          throw broken("line \(reader.line) with \(fields.count) fields", "\(columns.count), as in the first line")
        }
        // There is no room left: the numbers so far are copied to a larger place.
        if bytes.count + 8 * columns.count > bytes.capacity { try memory.check(bytes.count, for: path) }
        for (place, field) in fields.enumerated() where place != places[0] {
          // A zero byte would end the number, and an x make it one of sixteen digits.
          guard !field.utf8.contains(where: { [0, UInt8(ascii: "x"), UInt8(ascii: "X")].contains($0) }),
            let number = Double(field) ?? Double(field.trimmingCharacters(in: .whitespaces))
          else {
            throw broken("'\(field.prefix(40))' as \(columns[place].prefix(40)) in line \(reader.line)", "a number")
          }
          withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
        }
        let label = fields[places[0]].trimmingCharacters(in: .whitespaces)
        guard !label.isEmpty else { throw broken("no label in line \(reader.line)", "one in every line") }
        guard !label.contains(".") || Double(label) == nil else {
          throw broken("the label \(label.prefix(40)) in line \(reader.line)", "integers or words")
        }
        labels.append(label)
      }
      guard !labels.isEmpty else { throw broken("no line but the first", "at least one sample") }
    }
  }
}
