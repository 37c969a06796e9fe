import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct IDXFileTests {
  private static let images = "train-images-idx3-ubyte"
  private static let pixels = [UInt8](repeating: 1, count: 12)

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
      let file = try IDXFile(path: folder.path + "/file", axes: 3...3, within: DataMemory())
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
      let error = #expect(throws: HarnessError.self) { try IDXFile(path: path, axes: 3...3, within: DataMemory()) }
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
