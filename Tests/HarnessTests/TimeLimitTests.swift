import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct TimeLimitTests {
  /// A run with everything that has a state: moments of Adam, running statistics, passes of dropout, a schedule, evaluations
  /// that fall into epochs, and another run of the same training.
  private func runs(_ model: ModelRecipe, _ norm: String) throws -> [Training] {
    var run = RunConfiguration(model: model, norm: choice(norm))
    (run[.width], run[.epochs], run[.trainLimit], run[.validation], run[.batchSize]) = (4, 4, 60, 0.2, 16)
    (run[.optimizer], run[.dropout], run[.schedule], run[.warmUp], run[.evaluateEvery]) = (.adam, 0.2, .cosine, 2, 5)
    if model.name == "rnn" { (run[.timeSteps], run[.initialNoise]) = (2, 0.1) }
    if model.name == "mlp" { run[.normNoise] = 0.1 }
    return try [run, run.with(.testImages, .inverted)].map { try Training($0, on: digits.get()) }
  }

  /// A limit that leaves no room for another epoch once an event asks for that.
  private final class Limit: Sendable {
    private let clock = Lock((now: ContinuousClock.now, start: ContinuousClock.now))
    var limit: TimeLimit { TimeLimit(seconds: 100) { self.clock.withLock(\.now) } }

    func pass(_ seconds: Double) { clock.withLock { $0.now = $0.start + .seconds(seconds) } }
  }

  @Test(
    "A run that is stopped after each epoch, and gone on with, comes to the same bits as one that never stops",
    arguments: [("cnn", "batch"), ("cnn", "renorm"), ("rnn", "layer"), ("mlp", "batch"), ("mlp", "none")])
  func sameBits(model: String, norm: String) throws {
    let recipe = try #require(ModelRecipe.all.first { $0.name == model })
    let runs = try runs(recipe, norm)
    let (whole, stopped) = (try TemporaryFolder(), try TemporaryFolder())
    let undisturbed = try ResultsDirectory(path: whole.path)
    try Comparison(runs, in: undisturbed).run { _ in true }
    let directory = try ResultsDirectory(path: stopped.path)
    let checkpoints = stopped.path + "/checkpoints"
    var epochs: [Int] = []
    for pass in 1...4 {
      let clock = Limit()
      let comparison = Comparison(runs, in: directory)
      func train() throws {
        try comparison.run(within: clock.limit) { event in
          if case .progress(_, let now) = event, epochs.last != now.epoch {
            epochs.append(now.epoch)
            clock.pass(99.5)
          }
          return true
        }
      }
      if pass == 4 {
        try train()
      } else {
        #expect(throws: HarnessError.outOfTime) { try train() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).count == 1)
        #expect(try directory.records().isEmpty)
      }
    }
    #expect(epochs == [1, 2, 3, 4])
    #expect(try numbers(directory) == numbers(undisturbed))
    let identifiers = Set(runs.map(\.identifier))
    #expect(try directory.outcomes(of: identifiers) == undisturbed.outcomes(of: identifiers))
    #expect(!FileManager.default.fileExists(atPath: checkpoints))
  }

  @Test(
    "An epoch that is not over in time is left, without a checkpoint, and no other run is begun", arguments: [1, 2])
  func late(jobs: Int) throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let all = try ["batch", "layer", "none"].flatMap { try runs(.cnn, $0) }
    let clock = Limit()
    var finished = 0
    #expect(throws: HarnessError.outOfTime) {
      try Comparison(all, in: directory).run(jobs: jobs, within: clock.limit) { event in
        if case .finished(_, let records) = event { finished += records.count }
        // The last training begins when another has ended.
        if case .progress(let group, let now) = event, group.runs[0].configuration[.norm] == "none", now.fraction > 0.1
        {
          clock.pass(101)
        }
        return true
      }
    }
    #expect(try directory.records().count == finished && finished >= 2 && finished < 6)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/checkpoints"))
    #expect(throws: HarnessError.outOfTime) {
      try Comparison(all, in: directory).run(within: TimeLimit(seconds: 0)) { event in
        if case .started = event { Issue.record("A run was begun") }
        return true
      }
    }
  }

  @Test("A run whose inside is recorded begins anew")
  func recorded() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let runs = Array(try runs(.cnn, "batch").prefix(1))
    let clock = Limit()
    #expect(throws: HarnessError.outOfTime) {
      try Comparison(runs, in: directory, recording: { _ in ["layers"] }).run(within: clock.limit) { _ in
        clock.pass(99.5)
        return true
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/checkpoints"))
  }

  @Test("A checkpoint that is cut or spoiled is refused with its file, and one of other runs left aside")
  func flawed() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let (runs, others) = (try runs(.cnn, "batch"), try runs(.cnn, "layer"))
    func stop(_ runs: [Training]) {
      let clock = Limit()
      #expect(throws: HarnessError.outOfTime) {
        try Comparison(runs, in: directory).run(within: clock.limit) { _ in
          clock.pass(99.5)
          return true
        }
      }
    }
    func file(_ runs: [Training]) -> URL {
      URL(fileURLWithPath: "\(folder.path)/checkpoints/\(runs[0].identifier).checkpoint")
    }
    stop(runs)
    stop(others)
    let whole = try Data(contentsOf: file(runs))
    var spoiled = whole
    spoiled[whole.count / 2] ^= 1
    for (data, words) in [
      (Data(), "0 bytes that are no checkpoint"), (whole.prefix(whole.count / 2), "no checkpoint"),
      (spoiled, "no checkpoint"),
    ] {
      try data.write(to: file(runs))
      let error = #expect(throws: HarnessError.self) { try Comparison(runs, in: directory).run { _ in true } }
      #expect(error?.exitCode == 65 && error?.description.contains(words) ?? false, "\(String(describing: error))")
      #expect(error?.description.contains(runs[0].identifier) ?? false)
      #expect(try directory.records().isEmpty)
    }
    // One of other runs is no use: everything is trained.
    try Data(contentsOf: file(others)).write(to: file(runs))
    var epochs: [Int] = []
    try Comparison(runs, in: directory).run { event in
      if case .progress(_, let now) = event, epochs.last != now.epoch { epochs.append(now.epoch) }
      return true
    }
    #expect(try directory.records().count == 2 && epochs == [1, 2, 3, 4])
    // So is one of a training that had one run more.
    stop(others)
    try Comparison(Array(others.dropFirst()), in: directory).run { _ in true }
    #expect(try directory.records().count == 3)
  }

  @Test("What is no number is kept, too")
  func notANumber() throws {
    let observation = Observation(
      step: 1, epoch: 1, trainLoss: .nan, trainAccuracy: 0, gradientNorm: .infinity, validation: nil,
      test: Evaluation(loss: -.infinity, correct: [true, false, true, true, false, false, false, true, true]),
      elapsedSeconds: 0.1)
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let data = try encoder.encode(Checkpoint.StoredObservation(observation))
    let found = try PropertyListDecoder().decode(Checkpoint.StoredObservation.self, from: data).observation
    #expect(found.trainLoss.isNaN && found.gradientNorm == .infinity && found.test?.loss == -.infinity)
    #expect(found.test?.correct == observation.test?.correct && found.elapsedSeconds == 0.1)
  }
}

/// All that is recorded of runs and their evaluations but the times.
func numbers(_ directory: ResultsDirectory) throws -> [[String]] {
  func timeless(_ columns: [String]) -> [String] {
    columns.filter { !["seconds", "samples_per_second", "elapsed_seconds"].contains($0) }
  }
  return try directory.records().map { timeless(RunRecord.columns).map($0.field) }
    + directory.evaluations().map { timeless(CurveRecord.columns).map($0.field) }
}
