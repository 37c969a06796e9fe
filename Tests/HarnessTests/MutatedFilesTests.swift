import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// Files that chance has changed: they are read, or refused by name, in memory that is in proportion to what is there.
@Suite struct MutatedFilesTests {
  private typealias Files = [(name: String, bytes: [UInt8])]

  private static let images: Files = [
    ("train-images-idx3-ubyte", idx([3, 2, 2], Array(0..<12))), ("train-labels-idx1-ubyte", idx([3], [0, 1, 2])),
    ("t10k-images-idx3-ubyte", idx([2, 2, 2], Array(0..<8))), ("t10k-labels-idx1-ubyte", idx([2], [2, 1])),
  ]

  private static func files(of format: String) throws -> Files {
    switch format {
    case "npy": arrays().map { ($0.name, $0.bytes) }
    case "npz": [("x.npz", zip(arrays { $0.method = 8 }, isLong: true))]
    case "deflated": [("x.npz", Array(savedByNumPy))]
    case "csv":
      ["train.csv", "test.csv"].map { ($0, Array("a,label,b\n1,\"x\",-2\n3.5,y,1e3\n2,x,0\n".utf8)) }
    case "gzip": try images.map { ($0.name + ".gz", try gzipped($0.bytes)) }
    default: images
    }
  }

  @Test(
    "Whatever becomes of a data file, it is read or refused",
    arguments: ["npy", "npz", "deflated", "csv", "idx", "gzip"])
  func data(format: String) throws {
    let files = try Self.files(of: format)
    let folder = try TemporaryFolder()
    for (name, bytes) in files { try folder.write(bytes, to: name) }
    let source = try #require(try DataSource.named(folder.path + "/"))
    var mutator = Mutator(format)
    var (read, refused) = (0, 0)
    for trial in 0..<Mutator.count {
      let (name, bytes) = files[trial % files.count]
      let changed = mutator.mutated(bytes)
      try folder.write(changed, to: name)
      var size = changed.count + files.map(\.bytes.count).reduce(0, +)
      let growth = try ResidentMemory.growth {
        do {
          let data = try source.load()
          size = max(size, data.train.pixels.count + data.test.pixels.count)
          #expect(data.train.count == data.train.labels.count && data.train.labels.allSatisfy { $0 < data.classes })
          #expect(data.batch(0..<1, of: data.test, on: .serial).scalars.allSatisfy { !$0.isNaN }, "\(changed)")
          read += 1
        } catch let error as HarnessError {
          #expect([65, 66].contains(error.exitCode) && error.description.contains(folder.path), "\(error)")
          refused += 1
        }
      }
      if Mutator.isAlone { #expect(growth ?? 0 <= 4 * size + 16 << 20, "\(growth ?? 0) bytes for \(changed)") }
      try folder.write(bytes, to: name)
    }
    #expect(refused > Mutator.count / 4 && read + refused == Mutator.count)
  }

  /// A folder with a file of each kind, of two small runs.
  private static func recorded(in folder: TemporaryFolder) throws -> [Training] {
    let directory = try ResultsDirectory(path: folder.path)
    var run = RunConfiguration(model: .mlp, norm: choice("layer"))
    (run[.width], run[.epochs], run[.trainLimit], run[.batchSize]) = (4, 2, 40, 20)
    let runs = try [0, 1].map { try Training(run.with(.seed, $0), on: digits.get()) }
    let rate = Tuning.Dimension(Setting.learningRate.erased, range: 0.01...0.1)
    let study = try TuningStudy(Tuning([rate], budget: 2), of: runs, in: Catalogue())
    try study.record(in: directory)
    try directory.record(datasetsOf: runs)
    try Comparison(study.trainings, in: directory, recording: { _ in ["layers", "landscape"] }).run { _ in true }
    try directory.record(chosenIn: [(study, nil)])
    return runs
  }

  @Test("Whatever becomes of a file of results, it is read, mended or refused, and can be written to or not")
  func results() throws {
    let folder = try TemporaryFolder()
    let runs = try Self.recorded(in: folder)
    try folder.write(Array("runs.csv 400\ncurves.csv 300\n".utf8), to: ".journal")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != ".lock" }.sorted()
    #expect(names.count >= 9)
    let files: Files = try names.map {
      ($0, Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)"))))
    }
    var mutator = Mutator("results")
    var (read, refused) = (0, 0)
    for trial in 0..<Mutator.count {
      let (name, bytes) = files[trial % files.count]
      let changed = mutator.mutated(bytes)
      try folder.write(changed, to: name)
      let growth = try ResidentMemory.growth {
        do {
          try Self.readAll(in: folder, runs)
          read += 1
        } catch let error as HarnessError {
          #expect([65, 66].contains(error.exitCode) && error.description.contains(folder.path), "\(error)")
          refused += 1
        }
      }
      let size = changed.count + files.map(\.bytes.count).reduce(0, +)
      if Mutator.isAlone { #expect(growth ?? 0 <= 4 * size + 16 << 20, "\(growth ?? 0) bytes for \(name)") }
      for (name, bytes) in files { try folder.write(bytes, to: name) }
    }
    #expect(refused > Mutator.count / 10 && read > 0 && read + refused == Mutator.count)
  }

  /// Everything that reads, and what mends before it writes.
  private static func readAll(in folder: TemporaryFolder, _ runs: [Training]) throws {
    let directory = try ResultsDirectory(path: folder.path)
    let records = try directory.records()
    let identifiers = Set(records.map(\.run))
    _ = try (directory.evaluations(), directory.outcomes(of: identifiers), directory.trialRuns())
    for recording in Recording.all { _ = try directory.recorded(recording.name, of: identifiers) }
    _ = try RecordedTuning.all(in: directory, where: { _, _ in true }, baseline: nil)
    let analysis = Analysis(records, outcomes: try directory.outcomes(of: identifiers), baseline: nil)
    #expect(analysis.rows.count <= records.count)
    try directory.record(datasetsOf: runs)
    try directory.record(chosenIn: [])
    _ = try directory.missing(of: runs) { _ in ["layers"] }
  }

  @Test("Whatever becomes of a checkpoint, it is gone on from or refused")
  func checkpoints() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    var run = RunConfiguration(model: .mlp, norm: choice("batch"))
    (run[.width], run[.depth], run[.epochs], run[.trainLimit], run[.batchSize]) = (4, 1, 2, 40, 20)
    let group = try TrainingGroup([Training(run, on: digits.get())])
    #expect(throws: HarnessError.outOfTime) {
      try Comparison(group.runs, in: directory).run(within: TimeLimit(seconds: 1)) { _ in true }
    }
    let name = "checkpoints/\(group.identifier).checkpoint"
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
    var mutator = Mutator("checkpoints")
    var refused = 0
    for _ in 0..<Mutator.count {
      let changed = mutator.mutated(bytes)
      try folder.write(changed, to: name)
      let growth = ResidentMemory.growth {
        do {
          // Bytes that nothing reads may change.
          let found = try #require(try CheckpointFolder(path: folder.path + "/checkpoints").checkpoint(of: group))
          #expect(found.step == 2 && found.epoch == 1 && found.runs == group.runs.map(\.identifier))
        } catch {
          #expect((error as? HarnessError)?.exitCode == 65)
          refused += 1
        }
      }
      if Mutator.isAlone { #expect(growth ?? 0 <= 4 * changed.count + 16 << 20) }
    }
    #expect(refused > Mutator.count / 2)
  }
}
