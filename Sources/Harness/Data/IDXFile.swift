import Foundation

/// An array of bytes in the format of MNIST: a magic number that holds the type of the values and the number of axes,
/// the extents, the values.
///
/// <http://yann.lecun.com/exdb/mnist/>. The file may be gzipped or plain.
struct IDXFile {
  let extents: [Int]
  let bytes: [UInt8]

  /// No data set of this kind is larger; a header that claims more is not believed.
  static let largestSize = 1 << 31

  /// The types of values that the format has; only the first is read.
  private static let elements: [UInt8: String] = [
    8: "unsigned bytes", 9: "signed bytes", 11: "16-bit integers", 12: "32-bit integers", 13: "32-bit floats",
    14: "64-bit floats",
  ]

  /// Reads a file that must have one of these numbers of axes.
  ///
  /// Memory grows with what is in the file, not with what its header claims.
  /// What `check` throws for extents that are of no use, it throws before there is memory for what has them.
  init(
    path: String, axes possible: ClosedRange<Int>, within memory: DataMemory,
    check: ([Int]) throws -> Void = { _ in }
  ) throws {
    let reader = try GzipReader(path: path)
    let magic = try reader.read(upTo: 4)
    let axes = magic.count == 4 && possible.contains(Int(magic[3])) ? Int(magic[3]) : possible.lowerBound
    let right = [0, 0, 8, UInt8(axes)]
    guard magic == right else {
      let expected = "\(Self.text(right)), \(axes >= 3 ? "images" : "labels")"
      guard magic.count == 4 else {
        throw HarnessError.badData(
          file: path, found: "\(magic.count) bytes", expected: "an IDX file that begins with \(expected)")
      }
      throw HarnessError.badData(file: path, found: "the magic number \(Self.text(magic))", expected: expected)
    }
    let header = try reader.read(upTo: 4 * axes)
    guard header.count == 4 * axes else {
      throw HarnessError.badData(
        file: path, found: "\(4 + header.count) bytes", expected: "at least the \(4 + 4 * axes) bytes of the header")
    }
    extents = (0..<axes).map { axis in
      header[(4 * axis)..<(4 * axis + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let extents = extents
    let count = extents.reduce(1) { product, extent in
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? .max : result
    }
    let claim = extents.map(String.init).joined(separator: " × ")
    guard count <= Self.largestSize else {
      throw HarnessError.badData(
        file: path, found: "a header that claims \(claim) bytes", expected: "at most \(Self.largestSize) bytes")
    }
    try check(extents)
    try memory.check(min(count, reader.most), for: path)
    bytes = try reader.read(upTo: count)
    guard bytes.count == count else {
      throw HarnessError.badData(
        file: path, found: "\(bytes.count) bytes after the header", expected: "the \(claim) that the header claims")
    }
    guard try reader.read(upTo: 1).isEmpty else {
      throw HarnessError.badData(
        file: path, found: "more bytes after the header", expected: "the \(claim) that the header claims")
    }
  }

  /// A magic number, and what it means if it is one.
  private static func text(_ magic: [UInt8]) -> String {
    let digits = magic.map { String(format: "%02x", $0) }.joined(separator: " ")
    guard magic.starts(with: [0, 0]), let element = elements[magic[2]] else { return digits }
    return "\(digits) (\(element) along \(magic[3]) \(magic[3] == 1 ? "axis" : "axes"))"
  }
}
