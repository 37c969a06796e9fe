import Foundation

/// One of the result files: a header and records, to which only whole lines are appended.
///
/// Columns are found by name: a file may have them in another order, may lack some, which is then a file of an older version,
/// and may have others, which are kept. Writers hold the lock of the ``ResultsDirectory``; who reads alone needs none.
struct ResultFile: Sendable {
  let path: String
  let columns: [String]
  /// Those that the file has only once a row has something there.
  var optional: Set<String> = []
  /// What older rows have in a column that they lack.
  let absent: @Sendable (_ column: String) -> String

  var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// A row to be appended: the value of each column.
  typealias Line = (_ column: String) -> String

  /// Calls `body` with every row, or with those of some runs.
  ///
  /// A last line without an end is being written, or was when the program was killed: it is not read.
  func forEachRow(of runs: Set<String>? = nil, _ body: (CSV.Row) throws(CSV.Flaw) -> Void) throws {
    var (reader, columns) = try open()
    guard let columns else { return }
    while let record = reader.nextRecord() {
      try check(reader)
      if let runs, let run = Self.run(of: record, in: columns), !runs.contains(run) { continue }
      let fields = CSV.fields(of: record)
      do throws(CSV.Flaw) {
        guard fields.count == columns.names.count else {
          throw CSV.Flaw(line: reader.line, text: fields.prefix(3).joined(separator: ","))
        }
        try body(CSV.Row(columns: columns, fields: fields, line: reader.line))
      } catch {
        throw HarnessError.badData(
          file: path, found: "line \(error.line) with \(error.text)",
          expected: "\(columns.names.count) values that fit the header; mend or remove the line")
      }
    }
  }

  /// Calls `body` with the run and the bytes of every row.
  func forEachRecord(_ body: (_ run: String, StoredRow) throws -> Void) throws {
    var (reader, columns) = try open()
    guard let columns else { return }
    while let record = reader.nextRecord() {
      try check(reader)
      // Only where a comma can be part of a value, the values must be taken apart to be counted.
      let count =
        record.contains(UInt8(ascii: "\""))
        ? CSV.fields(of: record).count : record.count { $0 == UInt8(ascii: ",") } + 1
      guard count == columns.names.count, let run = Self.run(of: record, in: columns), !run.isEmpty else {
        throw HarnessError.badData(
          file: path, found: "\(count) values in line \(reader.line)",
          expected:
            "\(columns.names.count) values that fit the header, the run's name among them; mend or remove the line")
      }
      try body(run, StoredRow(columns: columns, bytes: record, line: reader.line))
    }
  }

  /// What a row has in a column, or what older rows have in one that they lack.
  func value(_ column: String, of row: CSV.Row) -> String {
    // Where version 1 had no number, it wrote nan.
    let isNothing = row.columns.places["numerics"] == nil && row[column] == "nan"
    return row.columns.places[column] == nil || isNothing ? absent(column) : row[column] ?? ""
  }

  /// Calls `body` with the fields of every row of a file that has just these columns.
  func forEachLine(named columns: [String], _ body: ([String: String]) -> Void) throws {
    var reader = CSV.Reader(try bytes(from: 0))
    let header = reader.next() ?? []
    // An older file lacks what came later.
    guard header == columns.filter(header.contains), header.starts(with: columns.prefix(4)) else {
      throw HarnessError.badData(
        file: path, found: "the columns \(header.prefix(4).joined(separator: ",").prefix(80).debugDescription)",
        expected:
          "\(columns.prefix(4).joined(separator: ","))…, as compare writes it; move this file, or name another folder")
    }
    while let record = reader.nextRecord() {
      try check(reader)
      let fields = CSV.fields(of: record)
      guard fields.count == header.count else {
        throw HarnessError.badData(
          file: path, found: "\(fields.count) values in line \(reader.line)",
          expected: "\(header.count), as in its header; mend or remove the line")
      }
      let row = Dictionary(zip(header, fields), uniquingKeysWith: { first, _ in first })
      body(row.merging(columns.map { ($0, "") }) { own, _ in own })
    }
  }

  /// The runs of all rows from `offset` on, which is the start of a line, and where the last of them ends.
  func runs(from offset: Int) throws -> (runs: [String], end: Int) {
    guard let columns = try header() else { return ([], 0) }
    let text = try bytes(from: offset)
    var reader = CSV.Reader(text)
    if offset == 0 { _ = reader.nextRecord() }
    var runs: [String] = []
    while let record = reader.nextRecord() {
      try check(reader)
      if let run = Self.run(of: record, in: columns) { runs.append(run) }
    }
    return (runs, offset + text.count)
  }

  private func check(_ reader: CSV.Reader) throws {
    guard reader.isCut else { return }
    throw HarnessError.badData(
      file: path, found: "a quotation that begins in line \(reader.line) and does not end",
      expected: "as many quotes at its end; mend or remove the line")
  }

  /// The columns that the file has; `nil` if there is no file, or an empty one.
  func header() throws -> CSV.Columns? {
    guard let file = try FileReader.ifThere(path) else { return nil }
    var start: [UInt8] = []
    while start.count < 1 << 20, !start.contains(10), case let more = try file.read(upTo: 4096), !more.isEmpty {
      start += more
    }
    guard let end = start.firstIndex(of: 10) else { return nil }
    return try columns(of: start[..<end])
  }

  /// Whether it has no byte, or is not there.
  var isEmpty: Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    return status.st_size == 0
  }

  private func open() throws -> (CSV.Reader, CSV.Columns?) {
    var reader = CSV.Reader(try bytes(from: 0))
    guard let header = reader.nextRecord() else { return (reader, nil) }
    return (reader, try columns(of: header))
  }

  private func columns(of header: ArraySlice<UInt8>) throws -> CSV.Columns {
    // Spreadsheets begin with a mark of their encoding.
    let header = header.starts(with: [0xEF, 0xBB, 0xBF]) ? header.dropFirst(3) : header
    let found = CSV.Columns(CSV.fields(of: header.last == 13 ? header.dropLast() : header))
    let needed = ["run"] + columns.filter { ["model", "norm", "data", "status", "step", "outcomes"].contains($0) }
    if let missing = needed.first(where: { found.places[$0] == nil }) {
      throw HarnessError.badData(
        file: path, found: "the columns \(found.names.prefix(8).joined(separator: ","))…, and no \(missing)",
        expected: "a file that compare wrote; name another folder, or move this file")
    }
    return found
  }

  /// All whole lines from `offset` on.
  private func bytes(from offset: Int) throws -> [UInt8] {
    guard let file = try FileReader.ifThere(path) else { return [] }
    var bytes = try file.rest(from: offset)
    bytes.removeSubrange((bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0)...)
    return bytes
  }

  private static func run(of record: ArraySlice<UInt8>, in columns: CSV.Columns) -> String? {
    guard let place = columns.places["run"] else { return nil }
    if place == 0 && record.first != UInt8(ascii: "\"") {
      return String(decoding: record.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self)
    }
    let fields = CSV.fields(of: record)
    return place < fields.count ? fields[place] : nil
  }

  /// Which file it is; another one when it was written anew.
  var number: UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  var isThere: Bool { number != 0 }

  /// Whether a line, or nothing, ends there.
  func hasLine(endingAt length: Int) -> Bool {
    guard length > 0 else { return true }
    return (try? FileReader(path: path).read(upTo: 1, at: length - 1)) == [10]
  }
}
