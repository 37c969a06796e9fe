import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct IDXFileTests {
  private static let images = "train-images-idx3-ubyte"
  private static let labels = "train-labels-idx1-ubyte"
  private static let testImages = "t10k-images-idx3-ubyte"
  private static let testLabels = "t10k-labels-idx1-ubyte"
  private static let pixels = [UInt8](repeating: 1, count: 12)

  @Test(
    "A file that is not what it should be is named, with what was found and what was expected",
    arguments: [
      (images, [0, 0, 8], "3 bytes"),
      (images, [], "0 bytes"),
      (images, [0, 0, 8, 3, 0, 0, 0, 3], "8 bytes"),
      (images, idx([3, 2, 2], Array(pixels.dropLast())), "11 bytes after the header"),
      (images, idx([3, 2, 2], pixels + [1]), "more bytes"),
      (images, idx([3], [0, 1, 2]), "the magic number 00 00 08 01 (unsigned bytes along 1 axis)"),
      (images, idx([3, 4], pixels), "the magic number 00 00 08 02 (unsigned bytes along 2 axes)"),
      (images, Array("<!DOCTYPE html><html></html>".utf8), "the magic number 3c 21 44 4f"),
      (images, idx([1 << 24, 1 << 12, 1 << 12], pixels), "claims 16777216 × 4096 × 4096"),
      (images, idx([3, 715_827_883, 1], pixels), "claims 3 × 715827883 × 1 bytes"),
      (images, idx([1 << 29, 2, 2], pixels), "12 bytes after the header"),
      (images, idx([1 << 31, 1 << 31, 1 << 31], pixels), "claims 2147483648 × 2147483648 × 2147483648"),
      (images, idx([0, 2, 2], []), "0 images"),
      (images, idx([12, 1, 1], pixels), "12 images of 1×1"),
      (images, idx([6, 1, 2], pixels), "6 images of 1×2"),
      (images, idx([6, 2, 1], pixels), "6 images of 2×1"),
      (labels, idx([2], [0, 1]), "2 labels"),
      (labels, idx([4], [0, 1, 2, 0]), "4 labels"),
      (labels, idx([3, 1, 1], [0, 1, 2]), "the magic number 00 00 08 03 (unsigned bytes along 3 axes)"),
      (labels, idx([1 << 31 + 1], [0, 1, 2]), "claims 2147483649 bytes"),
      (labels, idx([1 << 31], [0, 1, 2]), "3 bytes after the header"),
      (testImages, idx([2, 3, 2], pixels), "test images of 3×2"),
      (testImages, idx([2, 2, 3], pixels), "test images of 2×3"),
      (testLabels, idx([1], [0]), "1 labels"),
      (testLabels, idx([3], [0, 0, 0]), "3 labels"),
      (testLabels, idx([2], [0, 3]), "a test label 3"),
      (testLabels, idx([2], [255, 0]), "a test label 255"),
    ] as [(String, [UInt8], String)])
  func brokenFiles(file: String, bytes: [UInt8], found: String) throws {
    try expectRefused(file, bytes, found)
  }

  @Test(
    "Values that are not unsigned bytes are refused",
    arguments: [
      (9, "signed bytes"), (11, "16-bit integers"), (12, "32-bit integers"), (13, "32-bit floats"),
      (14, "64-bit floats"), (0, "00 00 00"), (10, "00 00 0a"),
    ] as [(UInt8, String)])
  func elementTypes(element: UInt8, text: String) throws {
    for (file, extents) in [(Self.images, [3, 2, 2]), (Self.labels, [3]), (Self.testImages, [2, 2, 2])] {
      var bytes = idx(extents, [UInt8](repeating: 0, count: extents.reduce(1, *)))
      bytes[2] = element
      try expectRefused(file, bytes, text)
    }
  }

  @Test("A gzip stream that is cut, damaged or followed by something else is refused")
  func brokenStreams() throws {
    let values = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
    let whole = try gzipped(idx([3, 400, 500], values))
    func expect(_ bytes: [UInt8], _ found: String) throws { try expectRefused(Self.images, bytes, found, gz: true) }
    for length in [2, 9, 11, whole.count / 2, whole.count - 9, whole.count - 8, whole.count - 1] {
      try expect(Array(whole.prefix(length)), "a gzip stream that breaks off")
    }
    for garbage in [[0], [0x1f], [0, 0], Array("garbage".utf8), [UInt8](repeating: 0, count: 1 << 19)] {
      try expect(whole + garbage, "other bytes after a gzip stream")
    }
    try expect(whole + whole, "more bytes after the header")
    try expect(whole + whole.prefix(whole.count / 2), "more bytes after the header")
    var damaged = whole
    damaged[whole.count - 6] ^= 1
    try expect(damaged, "a damaged gzip stream (incorrect data check)")
    try expect([0x1f, 0x8b, 7] + whole.dropFirst(3), "a damaged gzip stream (unknown compression method)")
  }

  @Test("Large files are the same plain, gzipped, and gzipped in pieces")
  func largeFiles() throws {
    let values = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
    let bytes = idx([3, 400, 500], values)
    let pieces = try gzipped(Array(bytes[..<300_001])) + gzipped([]) + gzipped(Array(bytes[300_001...]))
    for content in [bytes, try gzipped(bytes), try gzipped([]) + gzipped(bytes), pieces] {
      let folder = try TemporaryFolder()
      try folder.write(content, to: "file")
      let file = try IDXFile(path: folder.path + "/file", axes: 3)
      #expect(file.bytes == values && file.extents == [3, 400, 500])
    }
  }

  @Test("Memory grows with what is in a file and not with what is asked of it")
  func claims() throws {
    for content in [Self.pixels, try gzipped(Self.pixels)] {
      let folder = try TemporaryFolder()
      try folder.write(content, to: "file")
      let bytes = try GzipReader(path: folder.path + "/file").read(upTo: IDXFile.largestSize)
      #expect(bytes == Self.pixels && bytes.capacity < 1 << 20)
    }
  }

  @Test("A file that cannot be read is named")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("folder")
    for path in [folder.path + "/nothing", folder.path + "/folder"] {
      let error = #expect(throws: HarnessError.self) { try IDXFile(path: path, axes: 3) }
      #expect(error?.exitCode == 66 && error?.description.contains("\(path) cannot be read") == true)
    }
  }

  /// Puts the file into a folder that is right but for it.
  private func expectRefused(_ file: String, _ bytes: [UInt8], _ found: String, gz: Bool = false) throws {
    let folder = try good(in: "x")
    if gz { try FileManager.default.removeItem(atPath: "\(folder.path)/x/\(file)") }
    try folder.write(bytes, to: "x/\(file)\(gz ? ".gz" : "")")
    let error = #expect(throws: HarnessError.self, "\(file): \(found)") {
      try DataSource.named(folder.path + "/x")?.load()
    }
    #expect(error?.exitCode == 65)
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(folder.path)/x/\(file)") && text.contains("expected"), "\(text)")
    #expect(text.contains(found), "\(text)")
  }
}
