import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// Data files that chance has changed: they are read, or refused by name.
///
/// `NORMS_MUTATIONS=100000` in the environment tries so many of each format.
@Suite struct MutatedFilesTests {
  private static let count = ProcessInfo.processInfo.environment["NORMS_MUTATIONS"].flatMap { Int($0) } ?? 2000

  /// Bytes, changed in one to four places.
  private static func mutated(_ bytes: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    func draw(_ count: Int) -> Int { min(Int(random.nextUnit() * Double(count)), max(count - 1, 0)) }
    var bytes = bytes
    for _ in 0...draw(4) {
      let place = draw(bytes.count)
      let end = min(place + 1 + draw(16), bytes.count)
      switch draw(8) {
      case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(draw(8))
      case 1 where !bytes.isEmpty: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, 39, 44, 57][draw(8)]
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: draw(bytes.count))
      case 4: bytes.removeLast(bytes.count - place)
      case 5: for index in place..<end { bytes[index] = 0xFF }
      case 6: for index in place..<end { bytes[index] = 57 }
      default: bytes.insert(UInt8(draw(256)), at: place)
      }
    }
    return bytes
  }

  private static let formats: [(name: String, files: [(String, [UInt8])])] = [
    ("npy", arrays().map { ($0.name, $0.bytes) }),
    ("npz", [("x.npz", zip(arrays { $0.method = 8 }, isLong: true))]), ("deflated", [("x.npz", Array(savedByNumPy))]),
    ("csv", ["train.csv", "test.csv"].map { ($0, Array("a,label,b\n1,\"x\",-2\n3.5,y,1e3\n2,x,0\n".utf8)) }),
    (
      "idx",
      [
        ("train-images-idx3-ubyte", idx([3, 2, 2], Array(0..<12))), ("train-labels-idx1-ubyte", idx([3], [0, 1, 2])),
        ("t10k-images-idx3-ubyte", idx([2, 2, 2], Array(0..<8))), ("t10k-labels-idx1-ubyte", idx([2], [2, 1])),
      ]
    ),
  ]

  @Test("Whatever becomes of a file, it is read or refused", arguments: formats.map(\.name))
  func anything(format: String) throws {
    let files = try #require(Self.formats.first { $0.name == format }).files
    let folder = try TemporaryFolder()
    for (name, bytes) in files { try folder.write(bytes, to: name) }
    let source = try #require(try DataSource.named(folder.path + "/"))
    var random = RandomStream(seed: 1, name: "mutations/\(format)")
    var (read, refused) = (0, 0)
    for trial in 0..<Self.count {
      let (name, bytes) = files[trial % files.count]
      let changed = Self.mutated(bytes, &random)
      try folder.write(changed, to: name)
      do {
        let data = try source.load()
        #expect(data.train.count == data.train.labels.count && data.train.labels.allSatisfy { $0 < data.classes })
        #expect(data.batch(0..<1, of: data.test, on: .serial).scalars.allSatisfy { !$0.isNaN }, "\(changed)")
        read += 1
      } catch let error as HarnessError {
        #expect([65, 66].contains(error.exitCode) && error.description.contains(folder.path), "\(error)")
        refused += 1
      }
      try folder.write(bytes, to: name)
    }
    #expect(refused > Self.count / 4 && read + refused == Self.count)
  }
}
