import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct NPYFormatTests {
  @Test("Bytes in NumPy files are the data set that they are in IDX files, to the bit")
  func sameAsIDX() throws {
    let idx = try good(in: "x")
    let data = try #require(try DataSource.named(idx.path + "/x")).load()
    let same = try numpy()
    #expect(same.fingerprint == data.fingerprint && same.classes == 3 && same.labelNames == data.labelNames)
    #expect(all(same) == all(data))
  }

  @Test(
    "The order of axes, of bytes and the width of labels change nothing",
    arguments: [
      npy("|u1", [3, 2, 2], [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11], fortran: true),
      npy("|u1", [3, 1, 2, 2], Array(0..<12)), npy("|u1", [3, 2, 2, 1], Array(0..<12)),
      npy("=u1", [3, 2, 2], Array(0..<12), version: 2), npy("|u1", [3, 2, 2], Array(0..<12), version: 3),
      npy(header: "{\"shape\":(3L,2,2),\"fortran_order\":False,\"descr\":\"u1\"}", Array(0..<12)),
    ])
  func orders(xTrain: [UInt8]) throws {
    let plain = try numpy()
    #expect(try numpy(xTrain: xTrain).fingerprint == plain.fingerprint)
    #expect(try all(numpy(xTrain: xTrain)) == all(plain))
  }

  @Test("Labels may be integers of any width and either byte order, or words; classes are in their order")
  func labels() throws {
    let plain = try numpy()
    for (train, test, names) in [
      (
        npy("<i8", [3], bytes([-5, 0, 7] as [Int64])), npy(">i2", [2], bytes([7, 0] as [Int16], bigEndian: true)),
        ["-5", "0", "7"]
      ),
      (
        npy(">u4", [3, 1], bytes([3, 40, 500] as [UInt32], bigEndian: true)),
        npy("<u2", [2], bytes([500, 40] as [UInt16])),
        ["3", "40", "500"]
      ),
      (npy("|S3", [3], Array("a\0\0b\0\0dog".utf8)), npy("|S3", [2], Array("dogb\0\0".utf8)), ["a", "b", "dog"]),
      (
        npy("<U2", [3], bytes([65, 0, 98, 0, 252, 252] as [UInt32])),
        npy(">U1", [2], bytes([0xFC, 98] as [UInt32], bigEndian: true)), ["A", "b", "üü"]
      ),
    ] {
      guard names.last != "üü" else {
        // A word that is no training label.
        #expect(throws: HarnessError.self) { try numpy(yTrain: train, yTest: test) }
        continue
      }
      let data = try numpy(yTrain: train, yTest: test)
      #expect(data.labelNames == names && data.train.labels == [0, 1, 2] && data.test.labels == [2, 1])
      #expect(data.fingerprint == plain.fingerprint)
    }
  }

  @Test("Real numbers of any width and order come to the same samples")
  func realNumbers() throws {
    let numbers = (0..<12).map { Double($0) - 3.5 }
    let singles = bytes(numbers.map { Float($0).bitPattern })
    let data = try numpy(
      xTrain: npy("<f4", [3, 2, 2], singles), xTest: npy("<f4", [2, 2, 2], Array(singles.prefix(32))))
    let (mean, deviation) = (2.0, (143.0 / 12).squareRoot())
    #expect(abs(data.moments[0].mean - mean) < 1e-15 && abs(data.moments[0].deviation - deviation) < 1e-15)
    #expect(all(data)[0].scalars == numbers.map { Float(($0 - mean) / deviation) })
    let halves: [UInt16] = [
      0xC300, 0xC100, 0xBE00, 0xB800, 0x3800, 0x3E00, 0x4100, 0x4300, 0x4480, 0x4580, 0x4680, 0x4780,
    ]
    for (type, bytes) in [
      (">f4", bytes(numbers.map { Float($0).bitPattern }, bigEndian: true)), ("<f8", bytes(numbers.map(\.bitPattern))),
      (">f8", bytes(numbers.map(\.bitPattern), bigEndian: true)), ("<f2", bytes(halves)),
      (">f2", bytes(halves, bigEndian: true)),
    ] {
      let size = bytes.count / 12
      let other = try numpy(
        xTrain: npy(type, [3, 2, 2], bytes), xTest: npy(type, [2, 2, 2], Array(bytes.prefix(8 * size))))
      #expect(all(other) == all(data) && (other.fingerprint == data.fingerprint) == (type == ">f4"), "\(type)")
    }
  }

  @Test("All 65,536 halves are the numbers that IEEE 754 says")
  func halves() {
    for bits in UInt16.min ... .max {
      let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
      let number = Double(StoredScalar.number(half: bits))
      let magnitude =
        exponent == 31
        ? (fraction == 0 ? Double.infinity : .nan)
        : exponent == 0
          ? fraction * 0x1p-14 : (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      let expected = bits >> 15 == 1 ? -magnitude : magnitude
      #expect(number == expected || (number.isNaN && expected.isNaN))
      #expect(number.isNaN || number.sign == (bits >> 15 == 1 ? .minus : .plus))
    }
  }

  @Test("A file that is missing is named; what is no file is not waited for")
  func missing() throws {
    let folder = try TemporaryFolder()
    try folder.write(npy("|u1", [2], [0, 1]), to: "y_test.npy")
    let error = #expect(throws: HarnessError.self) { try DataSource.named(folder.path) }
    #expect(error?.exitCode == 66)
    #expect(error?.description.contains("has no x_train.npy, y_train.npy, x_test.npy, which belong") == true)
    for name in NPYFormat.arrays { #expect(mkfifo("\(folder.path)/\(name).npy", 0o644) == 0 || name == "y_test") }
    let pipe = #expect(throws: HarnessError.self) { try DataSource.named(folder.path)?.load() }
    #expect(pipe?.exitCode == 66 && pipe?.description.contains("x_train.npy cannot be read: it is no file") == true)
  }

  /// All samples of both parts.
  private func all(_ data: Dataset) -> [Tensor<Float>] {
    [data.train, data.test].map { data.batch(0..<$0.count, of: $0, on: .serial) }
  }
}
