import Foundation
import Tensors

/// The file of a checkpoint: a header, a property list of all that is small, and the numbers of model and optimizer as the machine
/// has them, which go between tensors and file without a copy.
struct CheckpointFile {
  let path: String

  /// Writes it in the place of an earlier one, wholly or not at all.
  func write(_ checkpoint: Checkpoint) throws {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let list = [UInt8](try encoder.encode(checkpoint))
    let tensors = checkpoint.model.tensors + checkpoint.optimizer.tensors
    var (length, hash) = (list.count, StableHash(of: list))
    for tensor in tensors {
      tensor.withUnsafeBufferPointer { numbers in
        hash.combine(UnsafeRawBufferPointer(numbers))
        length += UnsafeRawBufferPointer(numbers).count
      }
    }
    let header = CheckpointHeader(length: length, listLength: list.count, hash: hash.value)
    try OutputFile.replace(path) { file in
      try file.write(header.bytes)
      try file.write(list)
      for tensor in tensors {
        try tensor.withUnsafeBufferPointer { try file.write(numbers: UnsafeRawBufferPointer($0)) }
      }
    }
  }

  /// Reads it; `nil` if it is not there.
  ///
  /// - Parameters:
  ///   - processor: where its tensors are to be.
  ///   - largest: how many bytes it can have at most; what is longer is not read.
  /// - Returns: what the file has, which may be of any run.
  /// - Throws: `HarnessError` for a file that is none.
  func read(on processor: Processor, atMost largest: Int) throws -> Checkpoint? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unreadable("it is no file") }
    let size = Int(status.st_size)
    let none = flaw("\(size) bytes that are no checkpoint")
    let start = try bytes(of: file, count: min(size, CheckpointHeader.size))
    if CheckpointHeader.isOfAnotherForm(start) { return nil }
    guard let header = CheckpointHeader(start),
      header.length == size - CheckpointHeader.size, header.listLength <= header.length
    else { throw none }
    guard header.length <= largest else {
      throw flaw("\(size) bytes, where a checkpoint of this run has \(largest) at most")
    }
    let list = try bytes(of: file, count: header.listLength)
    var hash = StableHash()
    hash.combine([UInt8](list))
    // The other form of property lists is read by recursion, however deep.
    guard list.starts(with: "bplist".utf8),
      var checkpoint = try? PropertyListDecoder().decode(Checkpoint.self, from: list),
      let model = checkpoint.model.size, let optimizer = checkpoint.optimizer.size,
      model + optimizer == header.length - header.listLength
    else { throw none }
    func fill(_ numbers: UnsafeMutableRawBufferPointer) throws {
      try read(numbers, of: file)
      hash.combine(UnsafeRawBufferPointer(numbers))
    }
    try checkpoint.model.readTensors(on: processor, fill)
    try checkpoint.optimizer.readTensors(on: processor, fill)
    guard hash.value == header.hash else { throw none }
    return checkpoint
  }

  /// The next bytes of a file.
  private func bytes(of file: Int32, count: Int) throws -> Data {
    var bytes = Data(count: count)
    try bytes.withUnsafeMutableBytes { try read($0, of: file) }
    return bytes
  }

  /// Fills all of a buffer with the next bytes of a file.
  private func read(_ buffer: UnsafeMutableRawBufferPointer, of file: Int32) throws {
    var rest = buffer
    while !rest.isEmpty {
      let count = Foundation.read(file, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw unreadable(count < 0 ? String(cString: strerror(errno)) : "it became shorter") }
      rest = UnsafeMutableRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  func flaw(_ found: String) -> HarnessError {
    .badData(
      file: path, found: found,
      expected: "what a run that was stopped left behind; without this file, it begins anew")
  }

  private func unreadable(_ reason: String) -> HarnessError {
    .noInput("\(path) cannot be read: \(reason); without this file, the run begins anew.")
  }
}

/// The first bytes of the file of a checkpoint: what it is, and how much, so that nothing else is read.
struct CheckpointHeader {
  private static let name = Array("norms checkpoint ".utf8)
  private static let mark = name + Array("3\n".utf8)
  static let size = mark.count + 24

  /// Whether another version wrote the file, which is of no use to this one.
  static func isOfAnotherForm(_ bytes: Data) -> Bool { bytes.starts(with: name) && !bytes.starts(with: mark) }

  /// The bytes that follow.
  let length: Int
  /// Those of them that are the property list.
  let listLength: Int
  /// Of all that follow.
  let hash: UInt64

  init(length: Int, listLength: Int, hash: UInt64) {
    (self.length, self.listLength, self.hash) = (length, listLength, hash)
  }

  init?(_ bytes: Data) {
    guard bytes.count == Self.size, bytes.starts(with: Self.mark) else { return nil }
    let numbers = (0..<3).map { place in
      bytes.dropFirst(Self.mark.count + 8 * place).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    guard let length = Int(exactly: numbers[0]), let listLength = Int(exactly: numbers[1]) else { return nil }
    self.init(length: length, listLength: listLength, hash: numbers[2])
  }

  var bytes: [UInt8] {
    Self.mark
      + [UInt64(length), UInt64(listLength), hash].flatMap { number in
        (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
      }
  }
}
