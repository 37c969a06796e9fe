import Tensors
import Testing

@testable import Harness

extension TrainingGroup {
  /// What is said of a checkpoint that it is to be gone on from.
  func flaw(of checkpoint: Checkpoint) throws -> String? {
    var flaw: String?
    #expect(throws: HarnessError.interrupted) {
      _ = try run(
        on: Processor(threads: 1), share: nil, recording: { _ in [] },
        resuming: { _, take in
          flaw = take(checkpoint)
          throw HarnessError.interrupted
        }, atEpochEnd: { _ in }, report: { _ in true })
    }
    return flaw
  }

  /// That of the end of an epoch.
  fileprivate func checkpoint(after epoch: Int) throws -> Checkpoint {
    var found: [Checkpoint] = []
    _ = try run(
      on: Processor(threads: 1), share: nil, recording: { _ in [] }, resuming: { _, _ in },
      atEpochEnd: { found.append($0()) }, report: { _ in true })
    return found[epoch - 1]
  }
}

/// Checkpoints that are whole, and of another course of the same runs.
@Suite struct CheckpointFlawTests {
  typealias Course = Checkpoint.StoredCourse

  /// Four epochs of five steps, of two runs that are tested in two ways.
  private func group(evaluateEvery interval: Int) throws -> TrainingGroup {
    var run = RunConfiguration(model: .mlp, norm: choice("batch"))
    (run[.width], run[.depth], run[.epochs], run[.trainLimit], run[.batchSize]) = (4, 1, 4, 100, 20)
    run[.evaluateEvery] = interval
    let runs = [run, run.with(.testLimit, 10)]
    return try TrainingGroup(runs.map { try Training($0, on: digits.get()) })
  }

  private func changed(_ checkpoint: Checkpoint, _ change: (inout [Checkpoint.StoredObservation]) -> Void) -> Checkpoint
  {
    var observations = checkpoint.courses[1].observations
    change(&observations)
    return with([checkpoint.courses[0], Course(observations: observations, isDiverged: false)], in: checkpoint)
  }

  private func with(_ courses: [Course], in checkpoint: Checkpoint, recent: TrainingStep? = nil) -> Checkpoint {
    Checkpoint(
      runs: checkpoint.runs, numerics: checkpoint.numerics, epoch: checkpoint.epoch, step: checkpoint.step,
      model: checkpoint.model, optimizer: checkpoint.optimizer, recent: recent ?? checkpoint.recent,
      firstLoss: checkpoint.firstLoss, time: checkpoint.time, courses: courses)
  }

  /// An evaluation that a run diverges at, or the same at another step.
  private func other(
    _ known: Checkpoint.StoredObservation, step: Int? = nil, epoch: Int? = nil, loss: Double = 1
  ) -> Checkpoint.StoredObservation {
    let known = known.observation
    return Checkpoint.StoredObservation(
      Observation(
        step: step ?? known.step, epoch: epoch ?? known.epoch, trainLoss: 1, trainAccuracy: 1, gradientNorm: 1,
        validation: nil, test: Evaluation(loss: loss, correct: known.test?.correct ?? []), elapsedSeconds: 1))
  }

  @Test("The evaluations of a checkpoint are those that are due by then", arguments: [0, 1, 3, 7, 100])
  func evaluations(interval: Int) throws {
    let group = try group(evaluateEvery: interval)
    let whole = try group.checkpoint(after: 2)
    #expect(whole.step == 10)
    let steps = whole.courses[1].observations.map(\.step)
    #expect(steps == [0: [5, 10], 1: Array(1...10), 3: [3, 6, 9], 7: [7], 100: []][interval])
    for epoch in 1...3 { #expect(try group.flaw(of: group.checkpoint(after: epoch)) == nil) }
    var recent = whole.recent
    recent.steps += 1
    let counted = try group.flaw(of: with(whole.courses, in: whole, recent: recent))
    #expect(counted == "\(recent.steps) steps since the last evaluation")
    guard let last = whole.courses[1].observations.last else { return }
    let changes = [
      changed(whole) { $0.removeLast() },
      changed(whole) { $0.removeFirst() },
      changed(whole) { $0.append(other(last)) },
      changed(whole) { $0[$0.count - 1] = other(last, step: last.step - 1) },
      changed(whole) { $0[$0.count - 1] = other(last, epoch: last.epoch + 1) },
    ]
    for change in changes { #expect(try group.flaw(of: change)?.contains("evaluations, where") ?? false) }
    if steps.count > 1 { #expect(try group.flaw(of: changed(whole) { $0.swapAt(0, 1) }) != nil) }
  }

  @Test("A run is said to have diverged just where its last evaluation is no number")
  func diverged() throws {
    let group = try group(evaluateEvery: 0)
    let whole = try group.checkpoint(after: 2)
    let (one, two) = (whole.courses[0], whole.courses[1].observations)
    func flaw(_ observations: [Checkpoint.StoredObservation], isDiverged: Bool) throws -> String? {
      try group.flaw(of: with([one, Course(observations: observations, isDiverged: isDiverged)], in: whole))
    }
    let (first, last) = (other(two[0], loss: .nan), other(two[1], loss: .infinity))
    #expect(try flaw([first], isDiverged: true) == nil)
    #expect(try flaw([two[0], last], isDiverged: true) == nil)
    for (observations, isDiverged) in [
      (two, true), ([two[0]], true), ([], true), ([first, two[1]], false), ([first, two[1]], true),
      ([two[0], last], false), ([first, last], true),
    ] {
      let words = try flaw(observations, isDiverged: isDiverged) ?? ""
      #expect(words.contains("a run that diverged where it did not"), "\(words)")
    }
    let both = with([first, first].map { Course(observations: [$0], isDiverged: true) }, in: whole)
    #expect(try group.flaw(of: both) == "no run that goes on")
  }
}
