/// Reads a file from its beginning, unpacked if it is gzipped.
///
/// Nothing may be missing from a gzip file, and nothing may follow it but another gzip stream: zlib's own reader would
/// pass over what follows.
final class GzipReader {
  private static let chunkSize = 1 << 18

  private let path: String
  private let file: FileReader
  /// `nil` for a plain file.
  private let inflater: Inflater?
  /// Bytes of a plain file that are not used yet.
  private var input: [UInt8] = []
  private var hasEndedStream = false

  /// How many bytes can be left at the most.
  var most: Int {
    inflater.map { Inflater.most(of: $0.input.count + file.most) } ?? input.count + file.most
  }

  init(path: String) throws {
    (self.path, file) = (path, try FileReader(path: path))
    let start = try file.read(upTo: Self.chunkSize)
    inflater = start.starts(with: [0x1f, 0x8b]) ? try Inflater(.gzip, name: path) : nil
    if let inflater { inflater.input = start } else { input = start }
  }

  /// The next `count` bytes, or as many as there are.
  ///
  /// Memory grows with what is there, not with what is asked for.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if inflater == nil { bytes.reserveCapacity(min(count, input.count + file.most)) }
    while bytes.count < count {
      let next = try next(upTo: min(Self.chunkSize, count - bytes.count))
      if next.isEmpty { break }
      bytes.growFor(next.count, of: count)
      bytes += next
    }
    return bytes
  }

  /// At least one and at most `count` of the next bytes, or none at the end.
  private func next(upTo count: Int) throws -> [UInt8] {
    guard let inflater else {
      if input.isEmpty { input = try file.read(upTo: Self.chunkSize) }
      let next = Array(input.prefix(count))
      input.removeFirst(next.count)
      return next
    }
    while true {
      do throws(Inflater.Damage) {
        let bytes = try inflater.next(upTo: count)
        if !bytes.isEmpty { return bytes }
      } catch {
        throw broken(inflater, "a damaged gzip stream (\(error.reason))")
      }
      if inflater.input.isEmpty { inflater.input = try file.read(upTo: Self.chunkSize) }
      guard !inflater.input.isEmpty else {
        guard inflater.isOver else { throw broken(inflater, "a gzip stream that breaks off") }
        return []
      }
      if inflater.isOver {
        hasEndedStream = true
        inflater.reset()
      }
    }
  }

  /// What is wrong with the stream, or with what was taken for another one after it.
  private func broken(_ inflater: Inflater, _ found: String) -> HarnessError {
    .badData(
      file: path, found: hasEndedStream && inflater.isAtStart ? "other bytes after a gzip stream" : found,
      expected: "a whole gzip stream and nothing else")
  }
}
