import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// Data files that chance has changed: they are read, or refused by name, in memory that is in proportion to what is there.
@Suite struct MutatedDataTests {
  /// The files of a data set.
  private typealias Files = [(name: String, bytes: [UInt8])]

  private static let numbers = (0..<24).map { Float($0) / 4 - 2.5 }

  /// Data sets of NumPy arrays, of every type, order and kind of label.
  private static let arrays: [Files] = [
    named(
      npy("|u1", [3, 2, 2], Array(0..<12)), npy("|u1", [3], [0, 1, 2]), npy("|u1", [2, 2, 2], Array(0..<8)),
      npy("|u1", [2], [2, 1])),
    named(
      npy("<f4", [2, 3, 2, 2], bytes(numbers.map(\.bitPattern)), fortran: true),
      npy("<U2", [2], bytes([65, 0xE9, 98, 0] as [UInt32])),
      npy(">f4", [1, 3, 2, 2], bytes(numbers.prefix(12).map(\.bitPattern), bigEndian: true)),
      npy(">U1", [1], bytes([98] as [UInt32], bigEndian: true))),
    named(
      npy(">f8", [4, 5], bytes((0..<20).map { Double($0).bitPattern }, bigEndian: true), version: 2),
      npy("<i8", [4], bytes([-5, 7, 7, 1 << 40] as [Int64])),
      npy("<f8", [2, 5], bytes((0..<10).map { Double($0).bitPattern }), fortran: true),
      npy(">i2", [2, 1], bytes([-5, 7] as [Int16], bigEndian: true))),
    named(
      npy("<f2", [2, 3, 1, 4], bytes((0..<24).map { UInt16(0x3C00 + 7 * $0) }), version: 3),
      npy("|S3", [2], Array("a\0\0dog".utf8)), npy(">f2", [1, 3, 1, 4], bytes((0..<12).map { UInt16($0) })),
      npy("|S4", [1], Array("dog\0".utf8))),
  ]

  private static func named(_ files: [UInt8]...) -> Files {
    Array(Swift.zip(NPYFormat.arrays.map { $0 + ".npy" }, files)).map { ($0.0, $0.1) }
  }

  private static let images: [Files] = [
    [idx([3, 2, 2], Array(0..<12)), idx([3], [0, 1, 2]), idx([2, 2, 2], Array(0..<8)), idx([2], [2, 1])],
    [idx([2, 2, 2, 3], Array(0..<24)), idx([2], [1, 0]), idx([1, 2, 2, 3], Array(0..<12)), idx([1], [1])],
  ].map { files in Swift.zip(DataFolder.fileNames, files).map { ($0, $1) } }

  private static let tables: [Files] = [
    ["a,label,b\n1,\"x\",-2\n3.5,y,1e3\n2,x,0\n", "a,label,b\n1,\"x\",-2\n3.5,y,1e3\n"],
    ["\u{FEFF}label,\"a \"\"b\"\"\",é\r\n-1,1,2\r\n10, 4,0.1\r\n\r\n", "label,\"a \"\"b\"\"\",é\r\n10,8e0,2\r\n"],
  ].map { Swift.zip(["train.csv", "test.csv"], $0).map { ($0, Array($1.utf8)) } }

  /// What stands in files of a format.
  private static let words: [String: [String]] = [
    "npy": [
      "'<f8'", "'>U3'", "'|O'", "True", "False", "(", ")", "[", "'shape': ", "(1,)", "L", "{", "}", "\\", "'<f4",
      "\u{93}NUMPY",
    ],
    "npz": ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "x_train.npy", "\0\0\0\0"],
    "csv": ["label", "\"", "\r\n", "\n", ",", "\u{FEFF}", "nan", "inf", "é", "e\u{301}", "\0", "\"\"", " ", ",label"],
  ]

  private static func sets(of format: String) -> [Files] {
    switch format {
    case "npy": arrays
    case "npz":
      [[("x.npz", Array(savedByNumPy))]]
        + arrays.enumerated().map { place, files in
          [
            (
              "x.npz",
              zip(files.map { Zipped(name: $0.name, bytes: $0.bytes, method: 8 * (place % 2)) }, isLong: place > 1)
            )
          ]
        }
    case "csv": tables
    case "gzip": images.map { $0.map { ($0.name + ".gz", deflated($0.bytes, gzip: true)) } }
    default: images
    }
  }

  /// A file of a data set, changed.
  private struct Changed {
    let set, file: Int
    let bytes: [UInt8]
  }

  /// The next file to try: mostly the one of before, so that few need to be put back.
  private static func draw(_ format: String, _ sets: [Files], _ index: Int, by mutator: inout Mutator) -> Changed {
    let turn = index / 16
    let set = turn % sets.count
    let file = turn / sets.count % sets[set].count
    let other = sets[(set + 1) % sets.count][file].bytes
    var bytes: [UInt8]
    switch (format, mutator.draw(3)) {
    case ("gzip", 1...):
      // What is behind the checksum, in one stream or in two.
      let plain = mutator.mutated(images[set][file].bytes)
      let place = mutator.draw(4) == 0 ? mutator.draw(plain.count) : plain.count
      bytes = deflated(Array(plain[..<place]), gzip: true)
      if place < plain.count { bytes += deflated(Array(plain[place...]), gzip: true) }
    case ("npz", 1...):
      bytes = archive(of: arrays[turn / 3 % arrays.count], by: &mutator)
    default: bytes = mutator.mutated(sets[set][file].bytes, or: other)
    }
    return Changed(set: set, file: file, bytes: bytes)
  }

  /// An archive with right checksums of files that are changed, or with wrong numbers of files that are not.
  private static func archive(of files: Files, by mutator: inout Mutator) -> [UInt8] {
    let changed = mutator.draw(files.count)
    let isLong = mutator.draw(2) == 0
    var zipped = files.enumerated().map { place, file in
      var bytes = file.bytes
      if place == changed && mutator.draw(3) > 0 { bytes = mutator.mutated(bytes) }
      return Zipped(name: file.name, bytes: bytes, method: 8 * mutator.draw(2), isDense: mutator.draw(2) == 0)
    }
    if mutator.draw(3) == 0 {
      let (size, packed) = (zipped[changed].bytes.count, zipped[changed].packed.count)
      switch mutator.draw(6) {
      case 0: zipped[changed].size = mutator.edge(of: size, was: size)
      case 1: zipped[changed].packedSize = mutator.edge(of: packed, was: packed)
      case 2: zipped[changed].offset = mutator.edge(of: 4 * size, was: 2 * size)
      case 3: zipped[changed].method = mutator.draw(of: [0, 8, 12, 99])
      case 4: zipped[changed].name = mutator.draw(of: ["x_test.npy", "y_test.npy", "", "é.npy"])
      default:
        (zipped[changed].size, zipped[changed].packedSize) = (mutator.edge(of: size), mutator.edge(of: packed))
      }
    }
    return zip(zipped, isLong: isLong)
  }

  @Test(
    "Whatever becomes of a data file, it is read or refused", arguments: ["idx", "gzip", "npy", "npz", "csv"])
  func data(format: String) throws {
    let sets = Self.sets(of: format)
    let folder = try TemporaryFolder()
    let sources = try sets.enumerated().map { number, files in
      try folder.makeFolder("\(number)")
      for (name, bytes) in files { try folder.write(bytes, to: "\(number)/\(name)") }
      let source = try #require(try DataSource.named("\(folder.path)/\(number)"))
      #expect(try source.load().train.count > 1)
      return source
    }
    var trials = MutationTrials(format, words: Self.words[format] ?? [])
    var last: (set: Int, file: Int)?
    func put(_ input: Changed) throws {
      if let old = last, old != (input.set, input.file) {
        let (name, bytes) = sets[old.set][old.file]
        try folder.write(bytes, to: "\(old.set)/\(name)")
      }
      last = (input.set, input.file)
      try folder.write(input.bytes, to: "\(input.set)/\(sets[input.set][input.file].name)")
    }
    try trials.run { mutator, index in
      let input = Self.draw(format, sets, index, by: &mutator)
      try put(input)
      return input
    } bytes: {
      $0.bytes
    } trying: { input in
      do {
        let data = try sources[input.set].load()
        let (train, test) = (data.train, data.test)
        let isRight = [train, test].allSatisfy { part in
          part.count == part.labels.count && part.labels.allSatisfy { (0..<data.classes).contains($0) }
        }
        let first = data.batch(0..<1, of: test, on: .serial)
        if !isRight || first.scalars.contains(where: { !$0.isFinite }) { Issue.record("\(format): \(input.bytes)") }
        let names = data.labelNames.reduce(0) { $0 + $1.utf8.count }
        return .read(train.pixels.count + test.pixels.count + 8 * (train.count + test.count) + names)
      } catch let error as HarnessError {
        let isTold = [65, 66].contains(error.exitCode) && error.description.contains(folder.path)
        if !isTold || error.description.utf8.count > 1000 || error.description.contains("\n") {
          Issue.record("\(format): \(error) for \(input.bytes)")
        }
        return .refused
      }
    }
    #expect(trials.isSkipped || (trials.refused > trials.count / 4 && trials.read > trials.count / 50))
  }
}
