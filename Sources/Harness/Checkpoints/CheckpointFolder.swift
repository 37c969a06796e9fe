import Foundation
import Tensors

/// The checkpoints of a results folder: a file for each training that is not over, until it is recorded.
struct CheckpointFolder: Sendable {
  let path: String

  private static let suffix = ".checkpoint"

  private func file(of identifier: String) -> String { "\(path)/\(identifier)\(Self.suffix)" }

  /// That of a training; `nil` if it has none.
  ///
  /// - Parameters:
  ///   - group: the training.
  ///   - largest: how many bytes it can have at most; what is longer is not read.
  /// - Returns: what the file has, which may be of other runs.
  /// - Throws: `HarnessError` for a file that is none.
  func checkpoint(of group: TrainingGroup, atMost largest: Int = .max) throws -> Checkpoint? {
    let path = file(of: group.identifier)
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(path, String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is no file") }
    let size = Int(status.st_size)
    guard let start = bytes(of: file, from: 0, count: min(size, CheckpointHeader.size)) else {
      throw unreadable(path, String(cString: strerror(errno)))
    }
    guard let header = CheckpointHeader(start), header.length == size - CheckpointHeader.size else {
      throw flaw(path, "\(size) bytes that are no checkpoint")
    }
    guard header.length <= largest else {
      throw flaw(path, "\(size) bytes, where a checkpoint of this run has \(largest) at most")
    }
    guard let content = bytes(of: file, from: CheckpointHeader.size, count: header.length) else {
      throw unreadable(path, String(cString: strerror(errno)))
    }
    // The other form of property lists is read by recursion, however deep.
    guard StableHash(of: [UInt8](content)).value == header.hash, content.starts(with: "bplist".utf8),
      let checkpoint = try? PropertyListDecoder().decode(Checkpoint.self, from: content)
    else { throw flaw(path, "\(size) bytes that are no checkpoint") }
    return checkpoint
  }

  /// Some bytes of a file, which has as many; `nil` if they cannot be read.
  private func bytes(of file: Int32, from start: Int, count: Int) -> Data? {
    var bytes = Data(count: count)
    var done = 0
    while done < count {
      let part = bytes.withUnsafeMutableBytes { buffer in
        pread(file, buffer.baseAddress.map { $0 + done }, count - done, off_t(start + done))
      }
      if part < 0 && errno == EINTR { continue }
      guard part > 0 else { return nil }
      done += part
    }
    return bytes
  }

  func isThere(of group: TrainingGroup) -> Bool { access(file(of: group.identifier), F_OK) == 0 }

  /// What is wrong with the file of a group.
  func flaw(_ group: TrainingGroup, _ found: String) -> HarnessError { flaw(file(of: group.identifier), found) }

  private func flaw(_ file: String, _ found: String) -> HarnessError {
    .badData(
      file: file, found: found,
      expected: "what a run that was stopped left behind; without this file, it begins anew")
  }

  private func unreadable(_ file: String, _ reason: String) -> HarnessError {
    .noInput("\(file) cannot be read: \(reason); without this file, the run begins anew.")
  }

  /// Writes one, in the place of an earlier one, wholly or not at all.
  func save(_ checkpoint: Checkpoint, of group: TrainingGroup) throws {
    let file = file(of: group.identifier)
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let content = [UInt8](try encoder.encode(checkpoint))
    let header = CheckpointHeader(length: content.count, hash: StableHash(of: content).value)
    func write() throws {
      if let reason = OutputFolder.make(path) { throw HarnessError.cannotCreate("\(path) cannot be made: \(reason).") }
      try OutputFile.replace(file, with: header.bytes + content)
    }
    // Whoever records the last run beside this one removes the empty folder.
    do { try write() } catch { try write() }
  }

  /// Removes those of runs that are recorded, and the folder after the last one.
  func remove(of recorded: [Training], except missing: [Training] = []) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return }
    let over = Set(recorded.map(\.identifier)).subtracting(missing.map(\.identifier))
    // With what a kill in the middle of writing one left behind.
    for name in names where over.contains(String(name.prefix { $0 != "." })) { unlink("\(path)/\(name)") }
    // A folder that is not empty stays.
    rmdir(path)
  }
}

/// The first bytes of the file of a checkpoint: what it is, and how much, so that nothing else is read.
struct CheckpointHeader {
  private static let mark = Array("norms checkpoint 2\n".utf8)
  static let size = mark.count + 16

  let length: Int
  /// Of the bytes that follow.
  let hash: UInt64

  init(length: Int, hash: UInt64) {
    (self.length, self.hash) = (length, hash)
  }

  init?(_ bytes: Data) {
    guard bytes.count == Self.size, bytes.starts(with: Self.mark) else { return nil }
    func number(at start: Int) -> UInt64 {
      bytes.dropFirst(start).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard let length = Int(exactly: number(at: Self.mark.count)) else { return nil }
    self.init(length: length, hash: number(at: Self.mark.count + 8))
  }

  var bytes: [UInt8] {
    Self.mark
      + [UInt64(length), hash].flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
  }
}
