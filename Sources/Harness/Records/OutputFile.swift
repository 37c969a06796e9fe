import Foundation

/// A file that is written from its start to its end, a block at a time.
final class OutputFile {
  private let path: String
  private let file: Int32
  private var block: [UInt8] = []

  private static let blockSize = 1 << 20

  /// Where a file is written before it takes its place: several processes may write the same checkpoint.
  static func beside(_ path: String, by writer: String = "\(getpid())") -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return path.dropLast(name.count) + "\(mark)\(writer)-\(name)"
  }

  private static let mark = ".new-"

  /// Whether a name is that of a file which never took its place.
  static func isBeside(_ name: String) -> Bool { name.hasPrefix(mark) }

  /// The name that a file has in its place.
  static func name(of name: String) -> Substring {
    isBeside(name) ? name.dropFirst(mark.count).drop { $0 != "-" }.dropFirst() : name[...]
  }

  /// Writes a file at once, in the place of the one that is there, wholly or not at all.
  static func replace(_ path: String, with bytes: some Collection<UInt8>) throws {
    try replace(path) { try $0.write(bytes) }
  }

  /// The same with all that `write` writes.
  static func replace(_ path: String, _ write: (OutputFile) throws -> Void) throws {
    let temporary = beside(path)
    do {
      let file = try OutputFile(path: temporary, named: path)
      try write(file)
      try file.close()
      guard rename(temporary, path) == 0 else { throw file.failure() }
      syncFolder(of: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Begins the file anew.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - name: what an error calls it, if it is to be another one.
  /// - Throws: `HarnessError.cannotCreate`.
  init(path: String, named name: String? = nil) throws {
    self.path = name ?? path
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate("\(self.path) cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  deinit {
    Foundation.close(file)
  }

  func write(_ bytes: some Collection<UInt8>) throws {
    block.append(contentsOf: bytes)
    if block.count >= Self.blockSize { try flush() }
  }

  func write(_ text: String) throws { try write(text.utf8) }

  /// Writes numbers from where they are, without a copy.
  func write(numbers: UnsafeRawBufferPointer) throws {
    try flush()
    try put(numbers)
  }

  /// Waits until the disk has everything.
  func close() throws {
    try flush()
    guard fsync(file) == 0 else { throw failure() }
  }

  /// Gives the system what was written so far.
  func flush() throws {
    try block.withUnsafeBytes { try put($0) }
    block.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(file, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  private func failure() -> HarnessError {
    .writeFailed("\(path) cannot be written: \(String(cString: strerror(errno))).")
  }
}
