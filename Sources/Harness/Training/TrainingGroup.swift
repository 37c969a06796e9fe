import Layers
import Tensors

/// Runs that differ in nothing but how the model is tested: it is trained once for all of them.
///
/// Each comes to what it would by itself, bit for bit. A run whose test comes to no finite number is over there, and the
/// others go on.
public struct TrainingGroup: Sendable {
  /// At least one.
  public let runs: [Training]

  /// - Precondition: there is one run at least, and apart from settings of the evaluation they have one configuration and one
  ///   data set.
  public init(_ runs: [Training]) {
    require(
      !runs.isEmpty && runs.allSatisfy { Key($0) == Key(runs[0]) },
      "\(runs.count) runs are not one training: \(runs.map(\.configuration.oneLine).joined(separator: "; ")).")
    self.runs = runs
  }

  /// What runs of one group have in common.
  private struct Key: Hashable {
    let configuration: RunConfiguration
    let fingerprint: UInt64

    init(_ run: Training) {
      (configuration, fingerprint) = (run.configuration.ofTraining, run.dataset.fingerprint)
    }
  }

  /// The groups of some runs, in the order of the first of each.
  public static func groups(of runs: [Training]) -> [TrainingGroup] {
    var order: [Key] = []
    var groups: [Key: [Training]] = [:]
    for run in runs {
      let key = Key(run)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(run)
    }
    return order.compactMap { groups[$0].map(TrainingGroup.init) }
  }

  /// That of the first run.
  public var identifier: String { runs[0].identifier }

  /// Trains the model and tests it as each run says.
  ///
  /// - Parameters:
  ///   - processor: what the model is trained on.
  ///   - share: the threads with which samples per second are measured; they may come and go.
  ///   - recordings: what is recorded of the inside of the model for a run.
  ///   - report: called after each step; training stops when it returns `false`.
  /// - Returns: what each run came to, in their order; also for runs that diverged.
  /// - Throws: `HarnessError.interrupted` if `report` says so.
  public func run(
    on processor: Processor, share: Int? = nil, recording recordings: (Training) -> [Recording] = { _ in [] },
    report: (Training.Progress) -> Bool = { _ in true }
  ) throws -> [RunResult] {
    func train(_ model: some Classifier<Float>) throws -> [RunResult] {
      try self.train(model, on: processor, share: share, recordings, report)
    }
    return try train(runs[0].makeModel(on: processor))
  }

  /// What a run has come to so far.
  private struct Progress {
    var observations: [Observation] = []
    var isDiverged = false
    var recorder: Recorder?

    mutating func look(at trainer: Trainer<some Classifier<Float>>, step: Int) throws {
      guard !isDiverged else { return }
      try recorder?.look(at: trainer.model, step: step, rate: trainer.rate(ofStep: max(step - 1, 0)))
    }
  }

  private func train(
    _ model: some Classifier<Float>, on processor: Processor, share: Int?,
    _ recordings: (Training) -> [Recording], _ report: (Training.Progress) -> Bool
  ) throws -> [RunResult] {
    let (training, configuration) = (runs[0], runs[0].configuration)
    let examiner = training.examiner(on: processor)
    let samples = examiner.samples
    let sizes = training.batchSizes(of: samples.count)
    let (epochs, every) = (configuration[.epochs], configuration[.evaluateEvery])
    let steps = epochs * sizes.count
    var trainer = training.trainer(of: model, steps: steps, on: processor)
    var stopwatch = Stopwatch(share: share)
    var progress = runs.map { Progress(recorder: $0.recorder(of: recordings($0), on: processor)) }
    var (step, recent, firstLoss) = (0, TrainingStep(), Double.nan)
    try stopwatch.pause { for run in runs.indices { try progress[run].look(at: trainer, step: 0) } }

    training: for epoch in 1...epochs {
      var stream = RandomStream(seed: configuration[.seed], purpose: "batches", epoch: epoch)
      var rest = stream.permutation(of: samples.count).map { samples[$0] }[...]
      for size in sizes {
        let batch = rest.prefix(size)
        rest = rest.dropFirst(size)
        let taken = try stopwatch.time(batch.count, on: processor) { try trainer.step(batch, number: step) }
        if step == 0 { firstLoss = taken.loss / Double(taken.samples) }
        step += 1
        recent += taken
        let isDue = every > 0 ? step % every == 0 || step == steps : step % sizes.count == 0
        if isDue || !taken.isFinite {
          let open = runs.indices.filter { !progress[$0].isDiverged }
          let results =
            taken.isFinite ? try examiner.examine(trainer.model, by: open.map { runs[$0].examination }) : []
          for (place, run) in open.enumerated() {
            let result = taken.isFinite ? results[place] : nil
            progress[run].isDiverged =
              !taken.isFinite || [result?.validation, result?.test].contains { $0.map { !$0.loss.isFinite } ?? false }
            progress[run].observations.append(
              Observation(
                step: step, epoch: epoch, trainLoss: recent.loss / Double(recent.samples),
                trainAccuracy: Double(recent.correct) / Double(recent.samples),
                gradientNorm: recent.gradientNorm / Double(recent.steps), validation: result?.validation,
                test: result?.test, elapsedSeconds: stopwatch.elapsed))
          }
        }
        if isDue {
          try stopwatch.pause { for run in runs.indices { try progress[run].look(at: trainer, step: step) } }
        }
        let now = Training.Progress(
          epoch: epoch, fraction: Double(step) / Double(steps), trainLoss: recent.loss / Double(recent.samples),
          testAccuracy: progress[0].observations.last?.test?.accuracy ?? .nan,
          samplesPerSecond: stopwatch.samplesPerSecond,
          secondsLeft: stopwatch.elapsed * (Double(steps) / Double(step) - 1))
        guard report(now) else { throw HarnessError.interrupted }
        if progress.allSatisfy(\.isDiverged) { break training }
        if isDue { recent = TrainingStep() }
      }
    }
    let (parameters, rate) = (trainer.model.parameterCount, stopwatch.samplesPerSecond.rounded())
    return zip(runs, progress).map { run, progress in
      RunResult(
        run,
        Course(
          observations: progress.observations, isDiverged: progress.isDiverged, stepsPerEpoch: sizes.count,
          epochs: epochs, firstLoss: firstLoss, guessAccuracy: examiner.guessAccuracy(in: run.examination),
          parameters: parameters, seconds: progress.observations.last?.elapsedSeconds ?? 0, samplesPerSecond: rate),
        progress.recorder?.recorded ?? [:])
    }
  }
}
