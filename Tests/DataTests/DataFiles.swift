import CZlib
import Foundation
import TestSupport
import Testing

@testable import Harness

/// A data set that is right, in a folder of that name.
func good(in name: String) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  try folder.makeFolder(name)
  try folder.write(idx([3, 2, 2], Array(0..<12)), to: name + "/train-images-idx3-ubyte")
  try folder.write(idx([3], [0, 1, 2]), to: name + "/train-labels-idx1-ubyte")
  try folder.write(idx([2, 2, 2], Array(0..<8)), to: name + "/t10k-images-idx3-ubyte")
  try folder.write(idx([2], [2, 1]), to: name + "/t10k-labels-idx1-ubyte")
  return folder
}

func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  try folder.write(bytes, to: "file")
  try folder.zip("file")
  return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/file.gz")))
}

/// A stream of zlib's: deflate alone, or gzip with its checksum.
func deflated(_ bytes: [UInt8], gzip: Bool = false) -> [UInt8] {
  var stream = z_stream()
  // The smallest window that both have: it is made for every call.
  let code = deflateInit2_(
    &stream, 6, Z_DEFLATED, gzip ? 9 + 16 : -9, 1, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  precondition(code == Z_OK)
  defer { deflateEnd(&stream) }
  var bytes = bytes
  let room = Int(deflateBound(&stream, uLong(bytes.count)))
  return [UInt8](unsafeUninitializedCapacity: room) { target, count in
    bytes.withUnsafeMutableBufferPointer { source in
      (stream.next_in, stream.avail_in) = (source.baseAddress, uInt(source.count))
      (stream.next_out, stream.avail_out) = (target.baseAddress, uInt(room))
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
    }
    count = room - Int(stream.avail_out)
  }
}

extension TemporaryFolder {
  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
  }

  /// Puts a gzipped file beside a plain one.
  func zip(_ name: String) throws { try gzip("-k", name) }

  /// Replaces a gzipped file by a plain one.
  func unzip(_ name: String) throws { try gzip("-d", name) }

  private func gzip(_ option: String, _ name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", option, path + "/" + name]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}

/// A NumPy file.
func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8], fortran: Bool = false, version: UInt8 = 1) -> [UInt8] {
  let axes = shape.map { "\($0), " }.joined()
  let text = "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(axes)), }"
  return npy(header: text, bytes, version: version)
}

/// A NumPy file with any header.
func npy(header text: String, _ bytes: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let header = Array(text.utf8) + [10]
  let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + bytes
}

/// The bytes of numbers, the last one first or not.
func bytes<Number: FixedWidthInteger>(_ numbers: [Number], bigEndian: Bool = false) -> [UInt8] {
  numbers.flatMap { number in
    withUnsafeBytes(of: bigEndian ? number.bigEndian : number.littleEndian) { Array($0) }
  }
}

/// The data set of four NumPy files; what is not given is right: three images of 2×2, of three classes, and two to test on.
func numpy(
  xTrain: [UInt8] = npy("|u1", [3, 2, 2], Array(0..<12)), yTrain: [UInt8] = npy("|u1", [3], [0, 1, 2]),
  xTest: [UInt8] = npy("|u1", [2, 2, 2], Array(0..<8)), yTest: [UInt8] = npy("|u1", [2], [2, 1])
) throws -> Dataset {
  let folder = try TemporaryFolder()
  for (name, bytes) in [("x_train", xTrain), ("y_train", yTrain), ("x_test", xTest), ("y_test", yTest)] {
    try folder.write(bytes, to: name + ".npy")
  }
  return try #require(try DataSource.named(folder.path + "/")).load()
}
