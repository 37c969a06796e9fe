import CZlib
import Foundation
import TestSupport
import Testing

@testable import Harness

/// A file in a zip archive, and what the archive says of it where that is not so.
struct Zipped {
  var name: String
  var bytes: [UInt8]
  var method = 0
  var flags = 0
  var checksum: UInt32?
  var size: Int?
  var packedSize: Int?
  var offset: Int?
  var isDense = false

  /// The bytes as the archive has them: deflated ones are deflated to what they are, if they need not be dense.
  var packed: [UInt8] {
    guard method == 8 else { return bytes }
    guard !isDense, bytes.count < 1 << 16 else { return deflated(bytes) }
    let length = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
    return [1] + length + length.map { ~$0 } + bytes
  }
}

/// A zip archive; with sizes of 64 bits or not.
func zip(_ files: [Zipped], isLong: Bool = false, comment: String = "") -> [UInt8] {
  func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  var (archive, list): ([UInt8], [UInt8]) = ([], [])
  for file in files {
    let packed = file.packed
    let (size, packedSize) = (file.size ?? file.bytes.count, file.packedSize ?? packed.count)
    let (checksum, offset) = (
      Int(file.checksum ?? UInt32(crc32(0, file.bytes, uInt(file.bytes.count)))), file.offset ?? archive.count
    )
    let sizes = number(packedSize, 4) + number(size, 4)
    let start = number(20, 2) + number(file.flags, 2) + number(file.method, 2) + number(0, 4) + number(checksum, 4)
    archive += [0x50, 0x4B, 3, 4] + start + sizes + number(file.name.utf8.count, 2) + number(3, 2)
    archive += Array(file.name.utf8) + [9, 9, 9] + packed
    let long = number(7, 2) + number(1, 2) + [0] + number(1, 2) + number(24, 2) + number(size, 8)
    let extra = isLong ? long + number(packedSize, 8) + number(offset, 8) : []
    list += [0x50, 0x4B, 1, 2] + number(20, 2) + start + (isLong ? number(-1, 8) : sizes)
    list += number(file.name.utf8.count, 2) + number(extra.count, 2) + number(0, 10)
    list += (isLong ? number(-1, 4) : number(offset, 4)) + Array(file.name.utf8) + extra
  }
  let (start, size) = (archive.count, list.count)
  archive += list
  if isLong {
    let record = archive.count
    archive += [0x50, 0x4B, 6, 6] + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
    archive += number(files.count, 8) + number(files.count, 8) + number(size, 8) + number(start, 8)
    archive += [0x50, 0x4B, 6, 7] + number(0, 4) + number(record, 8) + number(1, 4)
  }
  let counts =
    isLong ? number(-1, 12) : number(files.count, 2) + number(files.count, 2) + number(size, 4) + number(start, 4)
  return archive + [0x50, 0x4B, 5, 6] + number(0, 4) + counts + number(comment.utf8.count, 2) + Array(comment.utf8)
}

/// The files of a data set that is right: that of ``numpy(xTrain:yTrain:xTest:yTest:)``.
func arrays(_ change: (inout Zipped) -> Void = { _ in }) -> [Zipped] {
  [
    ("x_train", npy("|u1", [3, 2, 2], Array(0..<12))), ("y_train", npy("|u1", [3], [0, 1, 2])),
    ("x_test", npy("|u1", [2, 2, 2], Array(0..<8))), ("y_test", npy("|u1", [2], [2, 1])),
  ].map { name, bytes in
    var file = Zipped(name: name + ".npy", bytes: bytes)
    change(&file)
    return file
  }
}

/// What `numpy.savez_compressed` of NumPy 2 writes for it.
let savedByNumPy = Data(
  base64Encoded:
    "UEsDBC0AAAAIAAAAIQCaCbEc//////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5T"
    + "aqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBiYGRiZmFlY+fg5OIGAFBLAwQtAAAACAAAACEA90AS6v//////"
    + "////CwAUAHlfdHJhaW4ubnB5AQAQAJgAAAAAAAAATAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wp"
    + "TgWKF2ckFqQC+RrGOpo6CrUKFAAuBihghNJMUBoAUEsDBC0AAAAIAAAAIQBhYP21//////////8KABQAeF90ZXN0Lm5weQEAEACIAAAAAAAAAE8A"
    + "AAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKIKSpo1CrQB7gYmBkYmZhZWMH"
    + "AFBLAwQtAAAACAAAACEAHU9bTv//////////CgAUAHlfdGVzdC5ucHkBABAAkAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6T"
    + "aaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC4mBghghNIAUEsBAi0DLQAAAAgAAAAhAJoJsRxUAAAAjAAAAAsAAAAA"
    + "AAAAAAAAAIABAAAAAHhfdHJhaW4ubnB5UEsBAi0DLQAAAAgAAAAhAPdAEupMAAAAmAAAAAsAAAAAAAAAAAAAAIABkQAAAHlfdHJhaW4ubnB5UEsB"
    + "Ai0DLQAAAAgAAAAhAGFg/bVPAAAAiAAAAAoAAAAAAAAAAAAAAIABGgEAAHhfdGVzdC5ucHlQSwECLQMtAAAACAAAACEAHU9bTkoAAACQAAAACgAA"
    + "AAAAAAAAAAAAgAGlAQAAeV90ZXN0Lm5weVBLBQYAAAAABAAEAOIAAAArAgAAAAA=")!

@Suite struct NPZFormatTests {
  private func load(_ bytes: [UInt8]) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.write(bytes, to: "any.npz")
    return try #require(try DataSource.named(folder.path + "/")).load()
  }

  @Test(
    "An archive is the data set that its arrays are, stored or deflated, with sizes of 64 bits or 32, by NumPy or others"
  )
  func same() throws {
    let plain = try numpy()
    for archive in [
      zip(arrays()), zip(arrays { $0.method = 8 }), zip(arrays(), isLong: true),
      zip(arrays { $0.method = 8 }, isLong: true), zip(arrays(), comment: "PK\u{5}\u{6} and so on"),
      zip(arrays() + [Zipped(name: "more.npy", bytes: [1, 2, 3], method: 99)]), Array(savedByNumPy),
    ] {
      let data = try load(archive)
      #expect(data.fingerprint == plain.fingerprint && data.train.labels == plain.train.labels)
    }
  }

  @Test("Deflated bytes that are damaged are told of")
  func damaged() throws {
    for place in 45..<200 {
      var bytes = Array(savedByNumPy)
      bytes[place] ^= 0x10
      _ = try? load(bytes)
    }
    var bytes = zip(arrays { $0.method = 8 })
    bytes[30 + 11 + 3] = 7
    let error = #expect(throws: HarnessError.self) { try load(bytes) }
    #expect(error?.description.contains("damaged deflated bytes (invalid block type)") == true)
  }

  @Test("A number of files that is negative is none")
  func negative() throws {
    var bytes = zip(arrays(), isLong: true)
    // The count of the record of 64 bits, which stands before its locator and the end.
    let record = bytes.count - 22 - 20 - 56
    for place in record + 32..<record + 40 { bytes[place] = 0xFF }
    let error = #expect(throws: HarnessError.self) { try load(bytes) }
    #expect(error?.exitCode == 65 && error?.description.contains("a list of -1 files") == true)
  }

  @Test("Of two archives in a folder, neither is read")
  func two() throws {
    let folder = try TemporaryFolder()
    for name in ["a.npz", "b.npz"] { try folder.write(zip(arrays()), to: name) }
    let error = #expect(throws: HarnessError.self) { try DataSource.named(folder.path) }
    #expect(error?.exitCode == 65 && error?.description.contains("found a.npz and b.npz, expected one .npz") == true)
  }
}
