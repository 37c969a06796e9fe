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

  var epochs: Int { runs[0].configuration[.epochs] }

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
    try run(
      on: processor, share: share, recording: recordings, resuming: { _, _ in }, atEpochEnd: { _ in }, report: report)
  }

  /// The bytes of memory that it takes beside the data, by one step and one batch of each test.
  func measuredMemory() throws -> Int {
    func measure(_ model: some Classifier<Float>, _ processor: Processor) throws -> Int {
      var training = GroupTraining(runs, of: model, on: processor, share: nil, recording: { _ in [] })
      return try training.measureMemory()
    }
    let processor = Processor(threads: 1)
    return try measure(runs[0].makeModel(on: processor), processor)
  }

  /// The same, from a checkpoint if there is one.
  ///
  /// `resume` gets how many bytes a checkpoint has at most, and what takes one and returns its flaw, if it has one, before
  /// anything is trained; `atEpochEnd` gets what makes a checkpoint, after each epoch but the last. Training stops if one of them
  /// throws.
  func run(
    on processor: Processor, share: Int?, recording recordings: (Training) -> [Recording],
    resuming resume: (_ largest: Int, _ take: (Checkpoint) -> String?) throws -> Void,
    atEpochEnd: (_ checkpoint: () -> Checkpoint) throws -> Void, report: (Training.Progress) -> Bool
  ) throws -> [RunResult] {
    func train(_ model: some Classifier<Float>) throws -> [RunResult] {
      var training = GroupTraining(runs, of: model, on: processor, share: share, recording: recordings)
      try resume(training.largestCheckpoint) { training.resume(from: $0) }
      try training.train(report: report, atEpochEnd: atEpochEnd)
      return training.results
    }
    return try train(runs[0].makeModel(on: processor))
  }
}
