import CZlib

/// Unpacks deflated bytes as they come.
final class Inflater {
  /// What is around the deflated bytes.
  enum Wrapping {
    case none, gzip
  }

  /// What zlib says of bytes that are not deflated ones.
  struct Damage: Error {
    let reason: String
  }

  /// What deflate makes of so many bytes at the most.
  static func most(of count: Int) -> Int {
    let (most, overflow) = count.multipliedReportingOverflow(by: 1032)
    return overflow ? .max : most
  }

  /// Packed bytes that are not used yet.
  var input: [UInt8] = []
  /// Whether all of a stream was unpacked.
  private(set) var isOver = false
  /// Whether nothing of the stream was unpacked so far.
  var isAtStart: Bool { stream.pointee.total_out == 0 }
  /// The state of unpacking, which zlib wants in one place.
  private let stream: UnsafeMutablePointer<z_stream>

  init(_ wrapping: Wrapping, name: String) throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // The largest window; negative without a header, and 16 more for that of gzip.
    let code = inflateInit2_(
      stream, wrapping == .none ? -15 : 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw HarnessError.noInput("\(name) cannot be unpacked: zlib says \(code).") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Begins with another stream.
  func reset() {
    inflateReset(stream)
    isOver = false
  }

  /// At most `count` unpacked bytes: none if more input is needed, or at the end of the stream.
  func next(upTo count: Int) throws(Damage) -> [UInt8] {
    guard !isOver else { return [] }
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
    case Z_STREAM_END: isOver = true
    default: throw Damage(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(code)")
    }
    return bytes
  }
}
