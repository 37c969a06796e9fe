import Foundation
import TestSupport
import Testing

@testable import Harness

/// Data that do not fit into the memory that there is.
@Suite struct TightMemoryTests {
  /// 2²⁰ samples of two bytes in each format; those of the CSV take two bytes a number, and eight once they are read.
  private static func folder(_ format: String) throws -> TemporaryFolder {
    let (folder, count) = (try TemporaryFolder(), 1 << 20)
    let (pixels, labels) = ((0..<2 * count).map { UInt8($0 & 3) }, (0..<count).map { UInt8($0 & 1) })
    let small: [UInt8] = [0, 1, 2, 3, 0, 1, 2, 3]
    var files: [(String, [UInt8])]
    switch format {
    case "idx", "gzip":
      files = Array(
        Swift.zip(
          DataFolder.fileNames,
          [
            idx([count / 2, 2, 2], pixels), idx([count / 2], Array(labels.prefix(count / 2))), idx([2, 2, 2], small),
            idx([2], [0, 1]),
          ]))
      if format == "gzip" { files = files.map { ($0 + ".gz", deflated($1, gzip: true)) } }
    case "csv":
      let rows = (0..<count / 4).map { "\($0 & 3),\($0 & 1),\($0 & 1)\n" }.joined()
      files = [("train.csv", Array(("a,b,label\n" + rows).utf8)), ("test.csv", Array("a,b,label\n1,2,0\n".utf8))]
    default:
      let arrays = [
        npy("|u1", [count, 2], pixels, fortran: format == "fortran"), npy("|u1", [count], labels),
        npy("|u1", [4, 2], small), npy("|u1", [4], [0, 1, 0, 1]),
      ]
      files = Swift.zip(NPYFormat.arrays, arrays).map { ($0 + ".npy", $1) }
      if format == "npz" { files = [("x.npz", zip(files.map { Zipped(name: $0.0, bytes: $0.1, method: 8) }))] }
    }
    for (name, bytes) in files { try folder.write(bytes, to: name) }
    return folder
  }

  @Test(
    "What takes more memory than there is is refused in one line, and what fits is not",
    arguments: [
      ("idx", "train-images-idx3-ubyte", 2), ("gzip", "train-images-idx3-ubyte.gz", 2), ("npy", "x_train.npy", 2),
      ("fortran", "x_train.npy", 4), ("npz", "x.npz (x_train.npy)", 2),
    ])
  func tight(format: String, file: String, megabytes: Int) throws {
    let folder = try Self.folder(format)
    let source = try #require(try DataSource.named(folder.path))
    let needed = megabytes << 20
    #expect(
      throws: HarnessError.outOfMemory(
        "\(folder.path)/\(file) takes at least \(megabytes) MiB of memory, and \(megabytes - 1) MiB are free. All of it is read, "
          + "also with --train-limit: free memory, raise the limit of the job or container, or store fewer samples or "
          + "smaller numbers.")
    ) { try source.load(within: DataMemory { needed - 1 }) }
    #expect(try source.load(within: DataMemory { needed }).train.count >= 1 << 19)
    #expect(try source.load(within: DataMemory { nil }).train.count >= 1 << 19)
    #expect(HarnessError.outOfMemory("").exitCode == 71)
  }

  @Test("Of a table, the text has to fit, and the numbers whenever they are moved to a larger place")
  func table() throws {
    let folder = try Self.folder("csv")
    let source = try #require(try DataSource.named(folder.path))
    // The text has 1.5 MiB, and the numbers come to 4.
    for (available, isRefused) in [(1 << 20, true), (7 << 18, true), (4 << 20, false)] {
      let error = Result { try source.load(within: DataMemory { available }) }
      if case .failure(let error as HarnessError) = error {
        #expect(isRefused && error.exitCode == 71 && error.description.contains("train.csv takes at least"), "\(error)")
      } else {
        #expect(!isRefused)
      }
    }
  }
}
