import Foundation

extension ResultFile {
  /// Makes the file ready to be appended to: it has a header with all columns, and its last line is whole.
  ///
  /// - Parameter isKept: whether the rows of a run stay when a file of an older version is written anew.
  /// - Throws: `HarnessError` if it is not a result file, or cannot be written.
  func prepare(keeping isKept: (_ run: String) -> Bool = { _ in true }) throws {
    let file = try openForWriting()
    defer { close(file) }
    let length = lseek(file, 0, SEEK_END)
    let end = try endOfWholeLines(file, length)
    let always = columns.filter { !optional.contains($0) }
    if end == 0, length > 0 { try checkBeginning(file, length, of: CSV.line(always)) }
    if end < length, ftruncate(file, end) != 0 { throw failure("cutting off an unfinished line") }
    guard end > 0 else { return try write(CSV.line(always), to: file, at: 0) }
    guard let header = try header(), always.contains(where: { header.places[$0] == nil }) else { return }
    try rewrite(with: [], keeping: isKept)
  }

  /// Gives the file the optional columns that some rows to be appended have something in.
  func widen(for lines: [Line]) throws {
    guard let header = try header() else { throw failure("finding its header") }
    guard columns.contains(where: { column in header.places[column] == nil && lines.contains { !$0(column).isEmpty } })
    else { return }
    try rewrite(with: [], keeping: { _ in true }, wideEnoughFor: lines)
  }

  /// Appends rows in one write; ``sync()`` waits until the disk has them.
  func append(_ lines: [Line]) throws {
    guard let header = try header() else { throw failure("finding its header") }
    let file = try openForWriting()
    defer { close(file) }
    try write(Self.text(lines, header), to: file, at: lseek(file, 0, SEEK_END))
  }

  /// Writes the file anew, with all columns, the rows of the runs that stay, and others; at every moment there is either the
  /// old file or the new one.
  func rewrite(
    with lines: [Line], keeping isKept: (_ run: String) -> Bool, wideEnoughFor others: [Line] = []
  ) throws {
    let old = try header()?.names ?? []
    let new = columns.filter { column in
      !old.contains(column)
        && (!optional.contains(column) || (lines + others).contains { !$0(column).isEmpty })
    }
    let header = CSV.Columns(old + new)
    var text = CSV.line(header.names)
    try forEachRow { row in
      guard isKept(row["run"] ?? "") else { return }
      text += CSV.line(header.names.map { value($0, of: row) })
    }
    try OutputFile.replace(path, with: (text + Self.text(lines, header)).utf8)
  }

  /// The number of bytes.
  func length() throws -> Int {
    let file = try openForWriting()
    defer { close(file) }
    return Int(lseek(file, 0, SEEK_END))
  }

  /// Cuts off what stands behind `length`.
  func cut(to length: Int) throws {
    let file = try openForWriting()
    defer { close(file) }
    if lseek(file, 0, SEEK_END) > length, ftruncate(file, off_t(length)) != 0 { throw failure("taking back a line") }
  }

  private static func text(_ lines: [Line], _ header: CSV.Columns) -> String {
    lines.map { line in CSV.line(header.names.map(line)) }.joined()
  }

  private func openForWriting() throws -> Int32 {
    let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
    guard FileReader.length(of: file) != nil else {
      close(file)
      throw HarnessError.noInput("\(path) cannot be written: it is no file.")
    }
    return file
  }

  /// No line that is written is longer.
  private static let longestLine = 64 << 20

  /// Where the last whole line ends; 0 where there is none.
  private func endOfWholeLines(_ file: Int32, _ length: off_t) throws -> off_t {
    var end = length
    while end > 0 {
      guard length - end < Self.longestLine else {
        throw HarnessError.badData(
          file: path, found: "no end of a line in the last \(Self.longestLine >> 20) MiB",
          expected: "a file that compare wrote; name another folder, or move this file")
      }
      let start = max(end - 1 << 16, 0)
      let block = try bytes(of: file, from: start, to: end)
      if let last = block.lastIndex(of: 10) { return start + off_t(last) + 1 }
      end = start
    }
    return 0
  }

  /// Makes sure that a file without a whole line is one whose first line was begun, and nothing that someone else wrote.
  private func checkBeginning(_ file: Int32, _ length: off_t, of header: String) throws {
    let start = try bytes(of: file, from: 0, to: min(length, off_t(header.utf8.count)))
    guard header.utf8.starts(with: start), length < header.utf8.count else {
      throw HarnessError.badData(
        file: path, found: "no whole line",
        expected: "a file that compare wrote; name another folder, or move this file")
    }
  }

  private func bytes(of file: Int32, from start: off_t, to end: off_t) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(end - start))
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, start + off_t(done)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = count < 0 ? String(cString: strerror(errno)) : "it became shorter"
        throw HarnessError.noInput("\(path) cannot be read: \(reason).")
      }
      done += count
    }
    return bytes
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
  }

  /// Waits until the disk has everything.
  func sync() throws {
    let file = try openForWriting()
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure("flushing it to the disk") }
  }

  private func failure(_ action: String) -> HarnessError {
    .writeFailed("\(path): \(action) failed: \(String(cString: strerror(errno))).")
  }
}
