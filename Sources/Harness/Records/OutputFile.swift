import Foundation

/// A file that is written from its start to its end, a block at a time.
final class OutputFile {
  private let path: String
  private let file: Int32
  private var block: [UInt8] = []

  private static let blockSize = 1 << 20

  /// Begins the file anew.
  init(path: String) throws {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
    block.reserveCapacity(Self.blockSize)
  }

  deinit {
    Foundation.close(file)
  }

  func write(_ bytes: some Collection<UInt8>) throws {
    block.append(contentsOf: bytes)
    if block.count >= Self.blockSize { try flush() }
  }

  func write(_ text: String) throws { try write(text.utf8) }

  /// Waits until the disk has everything.
  func close() throws {
    try flush()
    guard fsync(file) == 0 else { throw failure() }
  }

  private func flush() throws {
    var rest = block[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = rest.dropFirst(count)
    }
    block.removeAll(keepingCapacity: true)
  }

  private func failure() -> HarnessError {
    .writeFailed("\(path) cannot be written: \(String(cString: strerror(errno))).")
  }
}
