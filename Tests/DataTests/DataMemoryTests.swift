import Foundation
import TestSupport
import Testing

@testable import Harness

/// The memory that reading takes, each in a process of its own: no more than four times the larger of the files and of what they
/// come to, and 16 MB.
@Suite struct DataMemoryTests {
  private static let samples = 20_000
  private static let size = 1024

  /// Numbers that a file cannot leave out, of few kinds.
  private static func pixels(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 17 & 7) }
  }

  private static func images() -> [(name: String, bytes: [UInt8])] {
    [
      ("x_train", npy("|u1", [samples, 32, 32], pixels(samples * size))),
      ("y_train", npy("<i8", [samples], bytes((0..<samples).map { $0 % 10 }))),
      ("x_test", npy("|u1", [10, 32, 32], pixels(10 * size))), ("y_test", npy("<i8", [10], bytes(Array(0..<10)))),
    ].map { ($0.0 + ".npy", $0.1) }
  }

  private static func write(_ format: String, to folder: TemporaryFolder) throws {
    var files = images()
    switch format {
    case "npz", "deflated":
      let method = format == "npz" ? 0 : 8
      let members = files.map { Zipped(name: $0.name, bytes: $0.bytes, method: method, isDense: true) }
      files = [("x.npz", zip(members))]
    case "fortran":
      files[0].bytes = npy(">f4", [samples / 4, 32, 32], pixels(samples * size), fortran: true)
      files[1].bytes = npy("|S2", [samples / 4], (0..<samples / 4).flatMap { [UInt8(48 + $0 % 10), 0] })
      files[2].bytes = npy(">f4", [10, 32, 32], pixels(40 * size))
      files[3].bytes = npy("|S1", [10], Array(48..<58))
    case "gzip":
      let plain = [
        idx([samples, 32, 32], pixels(samples * size)), idx([samples], (0..<samples).map { UInt8($0 % 10) }),
        idx([10, 32, 32], pixels(10 * size)), idx([10], Array(0..<10)),
      ]
      files = Swift.zip(DataFolder.fileNames, plain).map { ($0 + ".gz", deflated($1, gzip: true)) }
    case "csv":
      let row = (0..<40).map { "\($0).25," }.joined()
      let header = (0..<40).map { "c\($0)," }.joined() + "label\n"
      files = [
        ("train.csv", Array((header + (0..<samples).map { "\(row)class\($0 % 9)\n" }.joined()).utf8)),
        ("test.csv", Array((header + row + "class3\n").utf8)),
      ]
    // Labels of a byte for samples of a byte: what labels are read into is larger than all else.
    case "labels":
      let count = 1 << 22
      files[0].bytes = npy("|u1", [count, 1], pixels(count))
      files[1].bytes = npy("|S1", [count], pixels(count).map { $0 + 65 })
      files[2].bytes = npy("|u1", [10, 1], pixels(10))
      files[3].bytes = npy("|S1", [10], [UInt8](repeating: 65, count: 10))
    default: break
    }
    for (name, bytes) in files { try folder.write(bytes, to: name) }
  }

  /// What the other process wrote, if numbers are asked for.
  private func show(_ result: ExitTest.Result?) {
    guard MutationTrials.isAsked, let result else { return }
    for line in String(decoding: result.standardOutputContent, as: UTF8.self).split(separator: "\n")
    where line.contains(" of memory") { print("memory of \(line)") }
  }

  @Test("Reading takes no more than four times the larger of the files and what is in them, and 16 MB")
  func truthful() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      guard var memory = ProcessMemory() else { return }
      for format in ["npy", "fortran", "npz", "deflated", "gzip", "csv", "labels"] {
        let folder = try TemporaryFolder()
        try DataMemoryTests.write(format, to: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let input = files.reduce(0) { sum, name in
          var status = stat()
          return stat("\(folder.path)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
        let source = try #require(try DataSource.named(folder.path + "/"))
        var decoded = 0
        let growth = try memory.growth {
          let data = try source.load()
          decoded = [data.train, data.test].reduce(0) { $0 + $1.pixels.count + 8 * $1.count }
        }
        let bound = 4 * max(input, decoded) + 16 << 20
        print("\(format): \(input) bytes, \(decoded) read, \(growth) of memory, \(bound) at most")
        // The data are there at least once: who measures nothing has proved nothing.
        guard growth <= bound, growth > decoded / 2 else { exit(EXIT_FAILURE) }
      }
    }
    show(result)
  }

  @Test("What a file claims takes no memory")
  func lies() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      guard var memory = ProcessMemory() else { return }
      for (format, file, bytes) in [
        ("npy", "x_train.npy", npy("|u1", [1 << 20, 1 << 10, 1 << 10], Array(0..<12))),
        ("npy", "x_train.npy", npy("<f8", [1 << 40, 1], Array(0..<12))),
        ("npy", "y_train.npy", npy("<U1000000", [3], Array(0..<12))),
        ("npz", "x.npz", zip(arrays { ($0.method, $0.size) = (8, 1 << 40) }, isLong: true)),
        (
          "npz", "x.npz",
          zip([Zipped(name: "x_train.npy", bytes: npy("|u1", [1 << 40], []), method: 8)] + arrays()[1...])
        ),
        ("idx", "train-images-idx3-ubyte", idx([1 << 30, 2, 1], Array(0..<12))),
        ("idx", "train-labels-idx1-ubyte", idx([1 << 30], Array(0..<12))),
        ("gzip", "train-images-idx3-ubyte.gz", deflated(idx([1 << 29, 2, 2], Array(0..<12)), gzip: true)),
      ] {
        let folder = try TemporaryFolder()
        let files: [(String, [UInt8])] =
          switch format {
          case "npy": Array(Swift.zip(NPYFormat.arrays.map { $0 + ".npy" }, arrays().map(\.bytes)))
          case "npz": []
          default:
            Array(
              Swift.zip(
                DataFolder.fileNames,
                [
                  idx([3, 2, 2], Array(0..<12)), idx([3], [0, 1, 2]), idx([2, 2, 2], Array(0..<8)), idx([2], [0, 1]),
                ]))
          }
        for (name, bytes) in files { try folder.write(bytes, to: name) }
        if file.hasSuffix(".gz") { unlink("\(folder.path)/\(file.dropLast(3))") }
        try folder.write(bytes, to: file)
        let before = memory.read().addresses
        var isRefused = false
        let source = try #require(try DataSource.named(folder.path + "/"))
        let growth = memory.growth { isRefused = (try? source.load()) == nil }
        let addresses = memory.read().addresses - before
        print("\(file): \(growth) bytes of memory, and \(addresses) of addresses; refused: \(isRefused)")
        guard isRefused, growth < 16 << 20, addresses < 1 << 28 else { exit(EXIT_FAILURE) }
      }
    }
    show(result)
  }

  @Test("A large file of labels is not read beside a few samples")
  func labels() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      guard var memory = ProcessMemory() else { return }
      for (name, start) in [
        ("y_train.npy", npy("|u1", [1 << 28], [])), ("train-labels-idx1-ubyte", idx([1 << 28], [])),
      ] {
        let folder = try good(in: "x")
        let isNumPy = name.hasSuffix("npy")
        if isNumPy {
          for file in DataFolder.fileNames { unlink("\(folder.path)/x/\(file)") }
          for (array, file) in Swift.zip(NPYFormat.arrays, arrays()) {
            try folder.write(file.bytes, to: "x/\(array).npy")
          }
        }
        try folder.write(start, to: "x/" + name)
        // All of it is there, as zeros that take no room on a disk.
        guard truncate("\(folder.path)/x/\(name)", off_t(start.count + 1 << 28)) == 0 else {
          exit(EXIT_FAILURE)
        }
        let source = try #require(try DataSource.named(folder.path + "/x"))
        var text = ""
        let growth = memory.growth {
          do { _ = try source.load() } catch { text = "\(error)" }
        }
        guard text.contains("labels, expected 3, one for each image"), growth < 16 << 20 else { exit(EXIT_FAILURE) }
      }
    }
    show(result)
  }
}
