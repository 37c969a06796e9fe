import Foundation
import TestSupport
import Testing

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
