import CZlib
import Foundation

/// Reads a file from its beginning, unpacked if it is gzipped.
///
/// Nothing may be missing from a gzip file, and nothing may follow it but another gzip stream: zlib's own reader would
/// pass over what follows.
final class GzipReader {
  private static let chunkSize = 1 << 18

  private let path: String
  private let file: FileReader
  /// Bytes of the file that are not used yet.
  private var input: [UInt8]
  /// The state of unpacking, which zlib wants in one place; `nil` for a plain file.
  private var stream: UnsafeMutablePointer<z_stream>?
  private var isWithinStream = false
  private var hasEndedStream = false

  init(path: String) throws {
    (self.path, file, input) = (path, try FileReader(path: path), [])
    input = try nextOfFile()
    guard input.starts(with: [0x1f, 0x8b]) else { return }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.stream = stream
    // The largest window, and 16 for gzip.
    let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw HarnessError.noInput("\(path) cannot be unpacked: zlib says \(code).") }
    isWithinStream = true
  }

  deinit {
    guard let stream else { return }
    inflateEnd(stream)
    stream.deallocate()
  }

  /// The next `count` bytes, or as many as there are.
  ///
  /// Memory grows with what is there, not with what is asked for.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if stream == nil { bytes.reserveCapacity(min(count, input.count + file.most)) }
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
    guard let stream else {
      if input.isEmpty { input = try nextOfFile() }
      let next = Array(input.prefix(count))
      input.removeFirst(next.count)
      return next
    }
    while true {
      if isWithinStream {
        let bytes = try inflate(stream, upTo: count)
        if !bytes.isEmpty { return bytes }
      }
      if input.isEmpty { input = try nextOfFile() }
      guard !input.isEmpty else {
        guard !isWithinStream else { throw broken(stream, "a gzip stream that breaks off") }
        return []
      }
      if !isWithinStream {
        inflateReset(stream)
        isWithinStream = true
      }
    }
  }

  /// Unpacks some of the input: none if more of it is needed, or if the stream ends.
  private func inflate(_ stream: UnsafeMutablePointer<z_stream>, upTo count: Int) throws -> [UInt8] {
    var code = Z_OK
    let given = input.count
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, made in
      code = input.withUnsafeMutableBufferPointer { source in
        (stream.pointee.next_in, stream.pointee.avail_in) = (source.baseAddress, UInt32(given))
        (stream.pointee.next_out, stream.pointee.avail_out) = (target.baseAddress, UInt32(count))
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
      made = count - Int(stream.pointee.avail_out)
    }
    input.removeFirst(given - Int(stream.pointee.avail_in))
    switch code {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: (isWithinStream, hasEndedStream) = (false, true)
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(code)"
      throw broken(stream, "a damaged gzip stream (\(reason))")
    }
    return bytes
  }

  private func nextOfFile() throws -> [UInt8] { try file.read(upTo: Self.chunkSize) }

  /// What is wrong with the stream, or with what was taken for another one after it.
  private func broken(_ stream: UnsafeMutablePointer<z_stream>, _ found: String) -> HarnessError {
    .badData(
      file: path, found: hasEndedStream && stream.pointee.total_out == 0 ? "other bytes after a gzip stream" : found,
      expected: "a whole gzip stream and nothing else")
  }
}
