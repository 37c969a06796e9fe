import CZlib
import Foundation

/// An array of bytes in the format of MNIST: a magic number that holds the number of axes, their extents, the
/// values.
///
/// <http://yann.lecun.com/exdb/mnist/>. The file may be gzipped or plain.
struct IDXFile {
  let extents: [Int]
  let bytes: [UInt8]

  /// No data set of this kind is larger; a header that claims more is not believed.
  private static let largestSize = 1 << 31

  /// Reads a file that must have `axes` axes.
  ///
  /// Memory grows with what is in the file, not with what its header claims.
  init(path: String, axes: Int) throws {
    let header = 4 + 4 * axes
    let reader = try GzipReader(path: path)
    let start = try reader.read(upTo: header)
    guard start.count == header else {
      throw HarnessError.badData(
        file: path, found: "\(start.count) bytes", expected: "at least the \(header) bytes of an IDX header")
    }
    guard start[0] == 0, start[1] == 0, start[2] == 8, start[3] == UInt8(axes) else {
      let found = start[..<4].map { String(format: "%02x", $0) }.joined(separator: " ")
      let kind = axes == 3 ? "images: bytes along 3 axes" : "labels: bytes along 1 axis"
      throw HarnessError.badData(
        file: path, found: "the magic number \(found)", expected: "00 00 08 0\(axes) (\(kind))")
    }
    extents = (0..<axes).map { axis in
      start[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
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
}

/// Reads a file through zlib, which passes a plain file on as it is.
private final class GzipReader {
  private let file: gzFile
  private let path: String

  init(path: String) throws {
    guard FileManager.default.isReadableFile(atPath: path), let file = gzopen(path, "rb") else {
      throw HarnessError.noInput("\(path) cannot be read. Is it there, and are you allowed to?")
    }
    self.file = file
    self.path = path
  }

  deinit {
    gzclose(file)
  }

  /// The next `count` bytes, or as many as there are.
  func read(upTo count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while bytes.count < count {
      let got = gzread(file, &chunk, UInt32(min(chunk.count, count - bytes.count)))
      if got > 0 { bytes += chunk[..<Int(got)] }
      var code: Int32 = 0
      let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
      guard got >= 0, code == Z_OK || code == Z_STREAM_END else {
        throw HarnessError.badData(
          file: path, found: "a damaged or truncated gzip stream (\(message))", expected: "a whole one")
      }
      if got == 0 { break }
    }
    return bytes
  }
}
