import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// Records that chance has changed: they are read, mended or refused, and can be written to or not.
@Suite struct MutatedRecordsTests {
  private typealias Files = [(name: String, bytes: [UInt8])]

  private static let words = [
    "run,", "\"", "\"\"", "\n", "\r\n", ",", "end\n", " runs.csv\n", "nan", "inf", "\u{FEFF}", "\0", "é", "seed",
    "norm", "batch",
    "layer", "images", "step", "epoch", "{", "}", "[", "true", "null",
  ]

  /// A file, changed.
  private struct Changed {
    let file: Int
    let bytes: [UInt8]
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

  /// All files of a folder but its lock.
  private static func files(of folder: TemporaryFolder, in path: String = ".") throws -> Files {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(path)").filter { $0 != ".lock" }.sorted()
      .compactMap { name in folder.bytes(of: "\(path)/\(name)").map { ("\(path)/\(name)", $0) } }
  }

  /// Makes the files what they were, where they are not.
  private static func restore(_ files: Files, in folder: TemporaryFolder) throws {
    for (name, bytes) in files where folder.bytes(of: name) != bytes { try folder.write(bytes, to: name) }
  }

  /// Whether an error names a file of the folder.
  private static func check(_ error: HarnessError, _ folder: TemporaryFolder, _ input: Changed) {
    let text = error.description
    if ![65, 66].contains(error.exitCode) || !text.contains(folder.path) || text.utf8.count > 1000
      || text.contains("\n")
    {
      Issue.record("\(error) for \(input.bytes)")
    }
  }

  @Test("Whatever becomes of a file of results, it is read, mended or refused, and can be written to or not")
  func results() throws {
    let folder = try TemporaryFolder()
    var trials = MutationTrials("results", words: Self.words)
    guard !trials.isSkipped else { return }
    let runs = try Self.recorded(in: folder)
    try folder.write(Array("runs.csv 400\ncurves.csv 300\n".utf8), to: ".journal")
    // A few rows of each: what there is to change is then in all that is read.
    let files: Files = try Self.files(of: folder).map { name, bytes in
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      return (name, lines.count > 14 ? Array(lines.prefix(13).joined(separator: [10])) + [10] : bytes)
    }
    #expect(files.count >= 9)
    try Self.restore(files, in: folder)
    try Self.readAll(in: folder, runs)
    try Self.restore(files, in: folder)
    let size = files.map(\.bytes.count).reduce(0, +)
    try trials.run { mutator, index in
      try Self.restore(files, in: folder)
      let file = index % files.count
      let bytes = mutator.mutated(files[file].bytes, or: files[(file + 1) % files.count].bytes)
      try folder.write(bytes, to: files[file].name)
      return Changed(file: file, bytes: bytes)
    } bytes: {
      $0.bytes
    } trying: { input in
      do {
        try Self.readAll(in: folder, runs)
        return .read(size + input.bytes.count)
      } catch let error as HarnessError {
        Self.check(error, folder, input)
        return .refused
      }
    }
    #expect(trials.refused > trials.count / 10 && trials.read > 0)
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
    if analysis.rows.count > records.count { Issue.record("\(analysis.rows.count) rows of \(records.count) records") }
    try directory.record(datasetsOf: runs)
    try directory.record(chosenIn: [])
    _ = try directory.missing(of: runs) { _ in ["layers"] }
  }

  @Test("Whatever becomes of a file of one of two folders, they are merged or refused, and the other is as it was")
  func merging() throws {
    let folder = try TemporaryFolder()
    var trials = MutationTrials("merge", words: Self.words, share: 0.1)
    for (name, seeds) in [("a", [0, 1]), ("b", [1, 2])] {
      let directory = try ResultsDirectory(path: "\(folder.path)/\(name)")
      for seed in seeds { try directory.commit(.made(seed: seed)) }
    }
    let changing = try Self.files(of: folder, in: "a")
    let others = try Self.files(of: folder, in: "b")
    let size = (changing + others).map(\.bytes.count).reduce(0, +)
    try trials.run { mutator, index in
      for (name, bytes) in others where folder.bytes(of: name) != bytes { Issue.record("\(name) was written to") }
      try Self.restore(changing, in: folder)
      let file = index % changing.count
      let bytes = mutator.mutated(changing[file].bytes, or: others[file].bytes)
      try folder.write(bytes, to: changing[file].name)
      try? FileManager.default.removeItem(atPath: folder.path + "/all")
      return Changed(file: file, bytes: bytes)
    } bytes: {
      $0.bytes
    } trying: { input in
      do {
        let report = try Merge(["a", "b"].map { "\(folder.path)/\($0)" }, into: folder.path + "/all").run()
        let runs = try ResultsDirectory(reading: folder.path + "/all").records().count
        if report.runs != runs { Issue.record("\(report.runs) runs are \(runs) for \(input.bytes)") }
        return .read(size + input.bytes.count)
      } catch let error as HarnessError {
        Self.check(error, folder, input)
        return .refused
      }
    }
    #expect(trials.isSkipped || (trials.refused > trials.count / 10 && trials.read > 0))
  }

  @Test("Whatever becomes of a checkpoint, it is gone on from or refused")
  func checkpoints() throws {
    let folder = try TemporaryFolder()
    var trials = MutationTrials("checkpoints")
    guard !trials.isSkipped else { return }
    let directory = try ResultsDirectory(path: folder.path)
    var run = RunConfiguration(model: .mlp, norm: choice("batch"))
    (run[.width], run[.depth], run[.epochs], run[.trainLimit], run[.batchSize]) = (4, 1, 2, 40, 20)
    let group = try TrainingGroup([Training(run, on: digits.get())])
    #expect(throws: HarnessError.outOfTime) {
      try Comparison(group.runs, in: directory).run(within: TimeLimit(seconds: 1)) { _ in true }
    }
    let name = "checkpoints/\(group.identifier).checkpoint"
    let bytes = try #require(folder.bytes(of: name))
    let tested = try digits.get().test.count
    let header = try #require(CheckpointHeader(Data(bytes.prefix(CheckpointHeader.size))))
    let inner = Array(bytes.dropFirst(CheckpointHeader.size))
    let (list, numbers) = (Array(inner.prefix(header.listLength)), Array(inner.dropFirst(header.listLength)))
    #expect(list.count > 100 && numbers.count > 100)
    try trials.run { mutator, index in
      var changed = mutator.mutated(bytes)
      if index % 2 == 0 {
        // What is behind the hash: the list, the numbers, or both.
        let start = index % 8 == 6 ? list : mutator.mutated(list)
        let own = start + (index % 8 == 2 ? numbers : mutator.mutated(numbers))
        changed =
          CheckpointHeader(length: own.count, listLength: start.count, hash: StableHash(of: own).value).bytes + own
      }
      try folder.write(changed, to: name)
      return Changed(file: 0, bytes: changed)
    } bytes: {
      $0.bytes
    } trying: { input in
      do {
        guard
          let found = try CheckpointFolder(path: folder.path + "/checkpoints").checkpoint(
            of: group, on: .serial, atMost: .max)
        else {
          #expect(CheckpointHeader.isOfAnotherForm(Data(input.bytes)), "No checkpoint for \(input.bytes)")
          return .refused
        }
        guard try group.flaw(of: found) == nil else { return .refused }
        let observations = found.courses.flatMap { $0.observations.map(\.observation) }
        if observations.contains(where: { $0.test?.correct.count ?? tested != tested }) {
          Issue.record("Another number of images for \(input.bytes)")
        }
        return .read(bytes.count)
      } catch let error as HarnessError {
        Self.check(error, folder, input)
        return .refused
      }
    }
    #expect(trials.refused > trials.count / 2)
  }
}
