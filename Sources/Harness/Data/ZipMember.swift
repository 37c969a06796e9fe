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
  /// `nil` for what is stored as it is.
  private let inflater: Inflater?

  private static let chunkSize = 1 << 18

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
    guard entry.method == 0 || entry.size <= Inflater.most(of: entry.packedSize),
      entry.method == 8 || entry.size == entry.packedSize
    else {
      throw broken("a claim of \(entry.size) bytes", "no more than \(entry.packedSize) packed ones come to")
    }
    (position, end) = (start, start + entry.packedSize)
    inflater = entry.method == 8 ? try Inflater(.none, name: name) : nil
  }

  func read(upTo count: Int) throws -> [UInt8] {
    let wanted = min(count, most)
    var bytes: [UInt8] = []
    if inflater == nil {
      bytes = try file.read(upTo: min(wanted, end - position), at: position)
      position += bytes.count
      bytes.withUnsafeBufferPointer { add($0) }
    }
    while let inflater, bytes.count < wanted {
      let next = try next(of: inflater, upTo: min(Self.chunkSize, wanted - bytes.count))
      if next.isEmpty { break }
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
    if let inflater { rest = try next(of: inflater, upTo: 1).count }
    let isWhole = inflater.map { $0.isOver && $0.input.isEmpty && position == end } ?? true
    guard given == entry.size, rest == 0, isWhole else {
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
  private func next(of inflater: Inflater, upTo count: Int) throws -> [UInt8] {
    while !inflater.isOver {
      if inflater.input.isEmpty {
        inflater.input = try file.read(upTo: min(Self.chunkSize, end - position), at: position)
        position += inflater.input.count
      }
      let isAtEnd = inflater.input.isEmpty
      do throws(Inflater.Damage) {
        let bytes = try inflater.next(upTo: count)
        if !bytes.isEmpty { return bytes }
      } catch {
        throw HarnessError.badData(
          file: name, found: "damaged deflated bytes (\(error.reason))", expected: "whole ones")
      }
      guard !isAtEnd || inflater.isOver else {
        throw HarnessError.badData(file: name, found: "deflated bytes that break off", expected: "all of them")
      }
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
