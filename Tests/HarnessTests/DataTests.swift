import Foundation
import TestSupport
import Testing

@testable import Harness

private let digits = DataSource.all.first { $0.name == "digits" }!
private let fashion = DataSource.all.first { $0.name == "fashion-mnist" }!

@Suite struct DataTests {
  @Test("The digits are 1,437 images to train on and 360 to test on, stratified")
  func digitsAreThere() throws {
    let data = try digits.load()
    #expect(data.train.count == 1437 && data.test.count == 360 && data.classes == 10)
    #expect(data.height == 8 && data.width == 8)
    for digit in 0..<10 {
      let (train, test) = (data.train.labels.count { $0 == digit }, data.test.labels.count { $0 == digit })
      #expect(abs(Double(test) / Double(train + test) - 360.0 / 1797) < 0.005)
    }
  }

  @Test("Images are standardized: over the training set the mean is 0 and the variance 1")
  func standardized() throws {
    let data = try digits.load()
    let values = data.batch(0..<data.train.count, of: data.train, on: .serial).doubles
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean) < 1e-6)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1) < 1e-5)
  }

  @Test("A folder of IDX files is read, plain or gzipped")
  func plainFiles() throws {
    let folder = try good()
    let data = try fashion.load(from: folder.path)
    #expect(data.train.count == 3 && data.test.count == 2 && data.classes == 3)
    let zip = Process()
    zip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    zip.arguments = ["gzip", folder.path + "/train-images-idx3-ubyte"]
    try zip.run()
    zip.waitUntilExit()
    #expect(try fashion.load(from: folder.path).fingerprint == data.fingerprint)
  }

  @Test("A file that is not what it should be is named, with what was found and what was expected")
  func brokenFiles() throws {
    let images = "train-images-idx3-ubyte"
    let labels = "train-labels-idx1-ubyte"
    let pixels = [UInt8](repeating: 1, count: 12)
    let cases: [(file: String, bytes: [UInt8], found: String)] = [
      (images, [0, 0, 8], "3 bytes"),
      (images, idx([3, 2, 2], Array(pixels.dropLast())), "11 bytes after the header"),
      (images, idx([3, 2, 2], pixels + [1]), "more bytes"),
      (images, idx([3], [0, 1, 2]), "found 11 bytes"),
      (images, idx([9], [UInt8](repeating: 0, count: 9)), "magic number 00 00 08 01"),
      (images, idx([1 << 24, 1 << 12, 1 << 12], pixels), "claims 16777216 × 4096 × 4096"),
      (images, idx([1 << 20, 28, 28], pixels), "12 bytes after the header"),
      (images, idx([0, 2, 2], []), "0 images"),
      (images, idx([12, 1, 1], pixels), "12 images of 1×1"),
      (images, [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], "gzip"),
      (labels, idx([2], [0, 1]), "2 labels"),
      (labels, idx([3, 1, 1], [0, 1, 2]), "magic number 00 00 08 03"),
      ("t10k-images-idx3-ubyte", idx([2, 3, 2], pixels), "test images of 3×2"),
      ("t10k-labels-idx1-ubyte", idx([2], [0, 7]), "a test label 7"),
    ]
    for (file, bytes, found) in cases {
      let folder = try good()
      try folder.write(bytes, to: file)
      let error = #expect(throws: HarnessError.self, "\(file): \(found)") { try fashion.load(from: folder.path) }
      #expect(error?.exitCode == 65)
      let text = error?.description ?? ""
      #expect(text.contains(found) && text.contains(folder.path) && text.contains("expected"), "\(text)")
    }
  }

  @Test("A data set that is nowhere says how to get it")
  func nowhere() throws {
    let mnist = DataSource.all.first { $0.name == "mnist" }!
    let error = #expect(throws: HarnessError.self) { try mnist.load(from: "/nowhere") }
    #expect(error?.exitCode == 66)
    #expect(error?.description.contains("/nowhere") == true && error?.description.contains("--data-dir") == true)
    let folder = try good()
    try FileManager.default.removeItem(atPath: folder.path + "/t10k-labels-idx1-ubyte")
    let missing = #expect(throws: HarnessError.self) { try fashion.load(from: folder.path) }
    #expect(missing?.exitCode == 66 && missing?.description.contains("t10k-labels-idx1-ubyte") == true)
  }

  private func good() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(idx([3, 2, 2], Array(0..<12)), to: "train-images-idx3-ubyte")
    try folder.write(idx([3], [0, 1, 2]), to: "train-labels-idx1-ubyte")
    try folder.write(idx([2, 2, 2], Array(0..<8)), to: "t10k-images-idx3-ubyte")
    try folder.write(idx([2], [2, 1]), to: "t10k-labels-idx1-ubyte")
    return folder
  }
}
