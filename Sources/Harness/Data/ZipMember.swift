import CZlib

/// A file in a zip archive, unpacked as it is read.
///
/// At its end, its length and its checksum are compared with what the archive says.
final class ZipMember: ByteReader {
  let name: String
  private let file: FileReader
  private let entry: ZipArchive.Entry
  /// Where the next packed bytes are in the archive, and where they end.
  private var (position, end): (Int, Int)
  private var given = 0
  private var checksum: UInt = 0
  private var input: [UInt8] = []
  /// The state of unpacking, which zlib wants in one place; `nil` for what is stored as it is.
  private var stream: UnsafeMutablePointer<z_stream>?
  private var isOver = false

  private static let chunkSize = 1 << 18
  /// Deflate makes no more of a byte.
  private static let largestFactor = 1032

  var most: Int { entry.size - given }

  init(_ entry: ZipArchive.Entry, name: String, in file: FileReader) throws {
    (self.entry, self.name, self.file) = (entry, name, file)
    func broken(_ found: String, _ expected: String) -> HarnessError {
      .badData(file: name, found: found, expected: expected)
    }
    guard [0, 8].contains(entry.method) else {
      throw broken(
        "compression method \(entry.method)", "stored or deflated, as numpy.savez and savez_compressed write it")
    }
    var header = Fields(try file.read(upTo: 30, at: min(entry.offset, file.size))[...])
    let isHeader = header.number(4) == 0x0403_4B50
    header.skip(22)
    let start = entry.offset &+ 30 &+ header.number(2) &+ header.number(2)
    guard isHeader, !header.isCut, start <= file.size, entry.packedSize <= file.size - start else {
      throw broken("no \(entry.packedSize) bytes where the archive has them", "a whole archive of \(file.size) bytes")
    }
    let (largest, overflow) = entry.packedSize.multipliedReportingOverflow(
      by: entry.method == 0 ? 1 : Self.largestFactor)
    guard overflow || entry.size <= largest, entry.method == 8 || entry.size == entry.packedSize else {
      throw broken("a claim of \(entry.size) bytes", "no more than \(entry.packedSize) packed ones come to")
    }
    (position, end) = (start, start + entry.packedSize)
    guard entry.method == 8 else { return }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.stream = stream
    // The largest window, and no header.
    let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw HarnessError.noInput("\(name) cannot be unpacked: zlib says \(code).") }
  }

  deinit {
    guard let stream else { return }
    inflateEnd(stream)
    stream.deallocate()
  }

  func read(upTo count: Int) throws -> [UInt8] {
    let wanted = min(count, most)
    var bytes: [UInt8] = []
    if stream == nil {
      bytes = try file.read(upTo: min(wanted, end - position), at: position)
      position += bytes.count
      bytes.withUnsafeBufferPointer { add($0) }
    }
    while stream != nil, !isOver, bytes.count < wanted {
      let next = try inflate(upTo: min(Self.chunkSize, wanted - bytes.count))
      bytes.growFor(next.count, of: wanted)
      bytes += next
      next.withUnsafeBufferPointer { add($0) }
    }
    given += bytes.count
    if bytes.count < count { try finish() }
    return bytes
  }

  /// Compares what was read with what the archive says of it, once all was.
  private func finish() throws {
    var rest = 0
    if stream != nil, !isOver { rest = try inflate(upTo: 1).count }
    guard given == entry.size, rest == 0, stream == nil || (isOver && position == end && input.isEmpty) else {
      throw HarnessError.badData(
        file: name, found: rest > 0 || given == entry.size ? "more than \(given) bytes" : "\(given) bytes",
        expected: "the \(entry.size) that the archive claims")
    }
    guard checksum == UInt(entry.checksum) else {
      throw HarnessError.badData(file: name, found: "bytes with another checksum", expected: "that of the archive")
    }
  }

  private func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let count = min(rest.count, 1 << 30)
      checksum = UInt(crc32(uLong(checksum), start, uInt(count)))
      rest = UnsafeBufferPointer(rebasing: rest[count...])
    }
  }

  /// At least one of the next unpacked bytes; none at the end.
  private func inflate(upTo count: Int) throws -> [UInt8] {
    guard let stream else { return [] }
    while !isOver {
      if input.isEmpty {
        input = try file.read(upTo: min(Self.chunkSize, end - position), at: position)
        position += input.count
      }
      let given = input.count
      var code = Z_OK
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
      case Z_STREAM_END: isOver = true
      case Z_OK: break
      case Z_BUF_ERROR where given > 0: break
      case Z_BUF_ERROR:
        throw HarnessError.badData(file: name, found: "deflated bytes that break off", expected: "all of them")
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(code)"
        throw HarnessError.badData(file: name, found: "damaged deflated bytes (\(reason))", expected: "whole ones")
      }
      if !bytes.isEmpty { return bytes }
    }
    return []
  }
}

extension [UInt8] {
  /// Makes room for more: for four times of what there is, and for all that is to come once a sixteenth of it is there.
  mutating func growFor(_ more: Int, of most: Int) {
    guard count + more > capacity else { return }
    let (some, overflow) = (count + more).multipliedReportingOverflow(by: 16)
    reserveCapacity(overflow || some >= most ? most : 4 * (count + more))
  }
}
