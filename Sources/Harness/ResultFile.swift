import Foundation

/// One of the result files: a header and records, to which only whole lines are appended.
///
/// Callers hold the lock of the ``ResultsDirectory``.
struct ResultFile<Record: CSVRecord>: Sendable {
  let path: String

  private static var header: String { CSV.line(Record.columns) }

  /// All records.
  func read() throws -> [Record] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessError.noInput("\(path) cannot be read. Are you allowed to?")
    }
    let rows = CSV.records(in: data)
    guard let header = rows.first else { return [] }
    guard header == Record.columns else {
      throw HarnessError.badData(
        file: path, found: "the columns \(header.joined(separator: ","))",
        expected: "\(Record.columns.joined(separator: ",")); name another folder with --results, or move this file")
    }
    return try rows.dropFirst().enumerated().map { index, fields in
      guard let record = Record(fields: fields) else {
        throw HarnessError.badData(
          file: path, found: "line \(index + 2) (\(fields.prefix(4).joined(separator: ","))…)",
          expected: "\(Record.columns.count) values that fit the header")
      }
      return record
    }
  }

  /// Cuts off what a crash left of a line that was being written, and writes the header if there is none.
  func repairEnd() throws {
    let file = try open()
    defer { close(file) }
    let length = lseek(file, 0, SEEK_END)
    let end = lengthOfWholeLines(file, length)
    if end < length, ftruncate(file, end) != 0 { throw failure("cutting off an unfinished line") }
    if end == 0 { try write(Self.header, to: file, at: 0) }
  }

  /// Appends `records` in one write and waits until the disk has them.
  func append(_ records: [Record]) throws {
    let file = try open()
    defer { close(file) }
    try write(records.map { CSV.line($0.fields) }.joined(), to: file, at: lseek(file, 0, SEEK_END))
  }

  /// Replaces the file by one with `records`; at every moment there is either the old file or the new one.
  func rewrite(_ records: [Record]) throws {
    let temporary = ResultFile(path: path + ".new")
    unlink(temporary.path)
    let file = try temporary.open()
    do {
      defer { close(file) }
      try write(Self.header + records.map { CSV.line($0.fields) }.joined(), to: file, at: 0)
    }
    guard rename(temporary.path, path) == 0 else { throw failure("replacing it") }
  }

  private func open() throws -> Int32 {
    let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
    return file
  }

  private func lengthOfWholeLines(_ file: Int32, _ length: off_t) -> off_t {
    var end = length
    var byte: UInt8 = 0
    while end > 0, pread(file, &byte, 1, end - 1) == 1, byte != 10 { end -= 1 }
    return end
  }

  /// Writes all of `text`, or leaves the file as it was.
  private func write(_ text: String, to file: Int32, at start: off_t) throws {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, start + off_t(written)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let error = failure("writing to it")
        ftruncate(file, start)
        throw error
      }
      written += count
    }
    guard fsync(file) == 0 else { throw failure("flushing it to the disk") }
  }

  private func failure(_ action: String) -> HarnessError {
    .writeFailed("\(path): \(action) failed: \(String(cString: strerror(errno))).")
  }
}
