import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// What a program that is stopped or killed leaves behind, without any limit.
@Suite struct CheckpointTests {
  private let folder: TemporaryFolder
  private let directory: ResultsDirectory
  private let runs: [Training]
  private var checkpoints: String { folder.path + "/checkpoints" }

  init() throws {
    folder = try TemporaryFolder()
    directory = try ResultsDirectory(path: folder.path)
    var run = RunConfiguration(model: .mlp, norm: choice("batch"))
    (run[.width], run[.epochs], run[.trainLimit], run[.batchSize], run[.optimizer]) = (4, 5, 60, 16, .adam)
    runs = [try Training(run, on: digits.get())]
  }

  /// Trains with a clock that goes on by some seconds with each epoch, until an epoch begins; returns those that were trained.
  @discardableResult
  private func train(
    _ seconds: Double, until last: Int = .max, force: Bool = false, within limit: Double? = nil,
    recording names: Set<String> = []
  ) throws -> [Int] {
    let time = Lock((start: ContinuousClock.now, passed: 0.0))
    let now: @Sendable () -> ContinuousClock.Instant = { time.withLock { $0.start + .seconds($0.passed) } }
    var comparison = Comparison(runs, in: directory) { _ in names }
    comparison.clock = now
    var epochs: [Int] = []
    try comparison.run(force: force, within: limit.map { TimeLimit(seconds: $0, now: now) }) { event in
      guard case .progress(_, let now) = event else { return true }
      if now.epoch == last { return false }
      if epochs.last != now.epoch { epochs.append(now.epoch) }
      time.withLock { $0.passed += seconds / 4 }
      return true
    }
    return epochs
  }

  @Test("A run that was stopped or killed goes on from its last checkpoint, to the same bits")
  func stopped() throws {
    let other = try TemporaryFolder()
    let undisturbed = try ResultsDirectory(path: other.path)
    try Comparison(runs, in: undisturbed).run { _ in true }
    // Half a minute has passed at the end of the second epoch, and again at that of the fourth.
    #expect(throws: HarnessError.interrupted) { try train(16, until: 4) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints) == ["\(runs[0].identifier).checkpoint"])
    #expect(throws: HarnessError.interrupted) { try train(29, until: 5) }
    // What a kill in the middle of writing left behind.
    try folder.write([1], to: OutputFile.beside("checkpoints/\(runs[0].identifier).checkpoint", by: "1"))
    try folder.write([1], to: OutputFile.beside("checkpoints/r0.checkpoint", by: "2"))
    try #require(
      utimensat(AT_FDCWD, OutputFile.beside("\(checkpoints)/r0.checkpoint", by: "2"), [timespec(), timespec()], 0) == 0)
    #expect(try train(0) == [5])
    #expect(try numbers(directory) == numbers(undisturbed))
    #expect(!FileManager.default.fileExists(atPath: checkpoints))
  }

  @Test("A short run leaves nothing, nor does one that is forced or whose inside is recorded")
  func none() throws {
    #expect(throws: HarnessError.interrupted) { try train(5, until: 5) }
    #expect(throws: HarnessError.interrupted) { try train(60, until: 5, force: true) }
    #expect(throws: HarnessError.interrupted) { try train(60, until: 5, recording: ["layers"]) }
    #expect(!FileManager.default.fileExists(atPath: checkpoints))
    #expect(try train(60) == [1, 2, 3, 4, 5])
    #expect(!FileManager.default.fileExists(atPath: checkpoints))
  }

  @Test("A checkpoint that cannot be written keeps nobody from training")
  func unwritable() throws {
    try folder.write([], to: "checkpoints")
    #expect(try train(60) == [1, 2, 3, 4, 5])
    #expect(try directory.records().count == 1)
  }

  @Test("Where a limit has no other way, the checkpoint that cannot be written is an error with its reason")
  func unwritableInTime() throws {
    try folder.write([], to: "checkpoints")
    let error = #expect(throws: HarnessError.self) { try train(60, within: 100) }
    #expect(error?.exitCode == 73)
    #expect(
      error?.description.hasSuffix("/checkpoints cannot be made: File exists.") ?? false, "\(String(describing: error))"
    )
  }

  @Test("A file that says it is longer than it is, or than any checkpoint of the run, is refused unread")
  func tooLong() throws {
    #expect(throws: HarnessError.interrupted) { try train(60, until: 3) }
    let path = "\(checkpoints)/\(runs[0].identifier).checkpoint"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let size = 3 << 30
    for (claim, words) in [
      (size, "that are no checkpoint"), (size - CheckpointHeader.size, "where a checkpoint of this run has "),
    ] {
      var changed = whole
      for place in 0..<8 { changed[19 + place] = UInt8(truncatingIfNeeded: claim >> (8 * place)) }
      try changed.write(to: URL(fileURLWithPath: path))
      try onEmptyDisk { try #require(truncate(path, off_t(size)) == 0) }
      let error = #expect(throws: HarnessError.self) { try train(0) }
      #expect(error?.exitCode == 65 && error?.description.contains(words) ?? false, "\(String(describing: error))")
    }
    // Of another version: the run begins anew.
    var other = whole
    other[17] = UInt8(ascii: "2")
    try other.write(to: URL(fileURLWithPath: path))
    #expect(throws: HarnessError.interrupted) { try train(60, until: 3) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(19) == whole.prefix(19))
    unlink(path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(
      throws: HarnessError.noInput("\(path) cannot be read: it is no file; without this file, the run begins anew.")
    ) {
      try train(0)
    }
  }

  @Test("Shapes of tensors that no memory has room for have no size, and stop nothing")
  func shapes() throws {
    struct Claim: Encodable {
      let shapes: [String: [Int]]
      var counters: [String: Int] = [:]
    }
    func size(_ shapes: [String: [Int]]) throws -> Int? {
      try PropertyListDecoder().decode(StoredSnapshot.self, from: PropertyListEncoder().encode(Claim(shapes: shapes)))
        .size
    }
    #expect(try size([:]) == 0)
    #expect(try size(["a": [2, 3], "b": [0, 5], "c": []]) == 28)
    for shape in [[-1], [.max, .max], [0, .max, 3], [0, 1 << 50], [1 << 40]] { #expect(try size(["a": shape]) == nil) }
    #expect(try size(["a": [1 << 39], "b": [1 << 39]]) == nil)
  }

  @Test("A limit in which no epoch can end says so, and one that is over in a later epoch does not")
  func longEpoch() throws {
    // An epoch has four batches, and the limit is over in the first one.
    let error = #expect(throws: HarnessError.self) { try train(600, within: 400) }
    #expect(error?.exitCode == 64)
    #expect(
      error?.description
        == "One epoch of \(runs[0].identifier) (\(runs[0].configuration.oneLine)) takes some 7.5 min, and the time limit is "
        + "6.7 min: it would never end one. Give a longer limit, or train on less with --train-limit.")
    #expect(throws: HarnessError.outOfTime) { try train(600, within: 700) }
    #expect(try train(0).first == 2)
  }
}
