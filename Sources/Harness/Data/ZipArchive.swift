/// The list of files in a zip archive, as its end has it.
///
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>; sizes of 64 bits are understood, encryption and archives in
/// several parts are not.
struct ZipArchive {
  let file: FileReader
  private(set) var entries: [String: Entry] = [:]

  /// A file in the archive.
  struct Entry {
    /// 0 for what is stored as it is, 8 for deflate.
    let method: Int
    let checksum: UInt32
    let packedSize, size: Int
    /// Where its own header begins.
    let offset: Int
  }

  private static let endSize = 22

  init(path: String) throws {
    file = try FileReader(path: path)
    let tail = try file.read(upTo: Self.endSize + 0xFFFF, at: max(file.size - Self.endSize - 0xFFFF, 0))
    guard let end = Self.end(in: tail) else {
      throw broken(file.size == 0 ? "nothing" : "no end of a zip archive", "a whole .npz as numpy.savez writes it")
    }
    var list = Fields(tail[end...])
    list.skip(10)
    var (count, size, offset) = (list.number(2), list.number(4), list.number(4))
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      (count, size, offset) = try long(before: file.size - tail.count + end)
    }
    guard count >= 0, size >= 0, offset >= 0, size <= file.size, offset <= file.size - size, count <= size / 46 else {
      throw broken(
        "a list of \(count) files in \(size) bytes from \(offset) on", "one within the \(file.size) bytes of the file")
    }
    list = Fields(try file.read(upTo: size, at: offset)[...])
    for _ in 0..<count { try addEntry(from: &list) }
  }

  /// The file of a name in the archive.
  func member(_ name: String) throws -> ZipMember? {
    try entries[name].map { try ZipMember($0, name: "\(file.name) (\(name))", in: file) }
  }

  private func broken(_ found: String, _ expected: String) -> HarnessError {
    .badData(file: file.name, found: found, expected: expected)
  }

  /// Where the record begins with which an archive ends: the last one that a comment of the right length follows.
  private static func end(in tail: [UInt8]) -> Int? {
    guard tail.count >= endSize else { return nil }
    return (0...tail.count - endSize).last { place in
      tail[place] == 0x50 && tail[place + 1] == 0x4B && tail[place + 2] == 5 && tail[place + 3] == 6
        && place + endSize + Int(tail[place + 20]) + Int(tail[place + 21]) << 8 == tail.count
    }
  }

  /// Number, size and place of the list in an archive of 64 bits, whose end has a record of its own before the usual one.
  private func long(before end: Int) throws -> (Int, Int, Int) {
    var locator = Fields(try file.read(upTo: 20, at: max(end - 20, 0))[...])
    let mark = locator.number(4)
    locator.skip(4)
    let place = locator.number(8)
    guard mark == 0x0706_4B50, place >= 0, place <= file.size else {
      throw broken("no record of sizes of 64 bits", "the one that the end of the archive speaks of")
    }
    var record = Fields(try file.read(upTo: 56, at: place)[...])
    let isRecord = record.number(4) == 0x0606_4B50
    record.skip(28)
    let result = (record.number(8), record.number(8), record.number(8))
    guard isRecord, !record.isCut else {
      throw broken("no record of sizes of 64 bits", "the one that the end of the archive speaks of")
    }
    return result
  }

  private mutating func addEntry(from list: inout Fields) throws {
    let isEntry = list.number(4) == 0x0201_4B50
    list.skip(4)
    let flags = list.number(2)
    let method = list.number(2)
    list.skip(4)
    let checksum = UInt32(truncatingIfNeeded: list.number(4))
    var (packedSize, size) = (list.number(4), list.number(4))
    let lengths = (list.number(2), list.number(2), list.number(2))
    list.skip(8)
    var offset = list.number(4)
    let name = String(decoding: list.bytes(lengths.0), as: UTF8.self)
    var extra = Fields(list.bytes(lengths.1))
    list.skip(lengths.2)
    guard isEntry, !list.isCut else { throw broken("a list of files that makes no sense", "that of a zip archive") }
    while !extra.isEmpty {
      let (kind, length) = (extra.number(2), extra.number(2))
      var field = Fields(extra.bytes(length))
      guard kind == 1 else { continue }
      if size == 0xFFFF_FFFF { size = field.number(8) }
      if packedSize == 0xFFFF_FFFF { packedSize = field.number(8) }
      if offset == 0xFFFF_FFFF { offset = field.number(8) }
      guard !field.isCut else { throw broken("\(name) without its sizes of 64 bits", "them") }
    }
    guard flags & 1 == 0 else { throw broken("\(name), encrypted", "files that are not") }
    guard size >= 0, packedSize >= 0, offset >= 0 else {
      throw broken("\(name) of more than 2⁶³ bytes", "sizes that a file can have")
    }
    let entry = Entry(method: method, checksum: checksum, packedSize: packedSize, size: size, offset: offset)
    guard entries.updateValue(entry, forKey: name) == nil else { throw broken("\(name) twice", "it once") }
  }
}

/// Numbers of some bytes, the lowest first, one after the other; 0 once there are none left.
struct Fields {
  private var rest: ArraySlice<UInt8>
  /// Whether more was asked for than there was.
  private(set) var isCut = false

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  var isEmpty: Bool { rest.isEmpty }

  /// A number of `size` bytes; negative if it has 64 bits and the highest is 1.
  mutating func number(_ size: Int) -> Int {
    let bytes = bytes(size)
    return Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
    let bytes = rest.prefix(count)
    if bytes.count < count { isCut = true }
    rest = rest.dropFirst(count)
    return bytes
  }

  mutating func skip(_ count: Int) { _ = bytes(count) }
}
