import Dispatch
import Foundation
import Tensors

/// A list of runs, and the folder that they are recorded in.
public struct Comparison: Sendable {
  public let trainings: [Training]
  let directory: ResultsDirectory
  /// What is recorded of the inside of a run.
  let recordings: @Sendable (Training) -> Set<String>
  /// What the times of epochs are read off.
  var clock: @Sendable () -> ContinuousClock.Instant = { .now }
  /// The bytes of memory that there are; `nil` if nobody knows.
  var memory: @Sendable () -> Int? = { Processor.availableMemory }

  /// What happens in the course of a comparison.
  public enum Event: Sendable {
    /// So many runs are recorded already and will not be trained again.
    case skipped(Int)
    /// These trainings are left, so many of them side by side; with `fit` where memory has room for no more of them.
    case planned([TrainingGroup], jobs: Int, fit: MemoryFit?)
    /// Runs that are trained at once have these events together.
    case started(TrainingGroup, number: Int, of: Int)
    case progress(TrainingGroup, Training.Progress)
    /// Without records, another program has recorded them since these were planned.
    case finished(TrainingGroup, [RunRecord])
  }

  /// - Parameters:
  ///   - trainings: the runs, in the order of their rows.
  ///   - directory: where they are recorded.
  ///   - recordings: the names of what is recorded of the inside of a run, from ``Recording/all``.
  public init(
    _ trainings: [Training], in directory: ResultsDirectory,
    recording recordings: @escaping @Sendable (Training) -> Set<String> = { _ in [] }
  ) {
    self.trainings = trainings
    self.directory = directory
    self.recordings = recordings
  }

  /// Trains every run that is not recorded with all that is asked for, or every run if `force` says so, and records them in
  /// their order, in which none waits for more than half a minute.
  ///
  /// Runs that differ in nothing but their evaluation are trained once, and recorded one after the other.
  /// A run that fails keeps its error; what was in flight beside it is finished and recorded first.
  ///
  /// A run of more than half a minute leaves a checkpoint now and then, at the end of an epoch, until it is recorded. One that was
  /// stopped or killed goes on from there, with the same bits; one of whose inside something is recorded begins anew, and so
  /// does one that is forced.
  ///
  /// - Parameters:
  ///   - jobs: how many runs are trained side by side, if so many fit into the memory that there is.
  ///   - threads: the threads that the runs in flight share.
  ///   - force: trains recorded runs anew and replaces their rows.
  ///   - limit: the time there is. A run that does not fit leaves a checkpoint at the end of an epoch.
  ///   - report: called as things happen, by one thread at a time; returns `false` to stop.
  /// - Throws: `HarnessError`, `.interrupted` if `report` says so, `.outOfTime` if the limit left something to train, and `.usage`
  ///   if a single epoch takes longer than the limit.
  public func run(
    jobs: Int = 1, threads: Int = 1, force: Bool = false, within limit: TimeLimit? = nil, report: (Event) -> Bool
  ) throws {
    let missing = force ? trainings : try directory.missing(of: trainings, recording: recordings)
    let checkpoints = CheckpointFolder(path: directory.path + "/checkpoints")
    checkpoints.remove(of: trainings, except: missing)
    if missing.count < trainings.count { _ = report(.skipped(trainings.count - missing.count)) }
    let groups = TrainingGroup.groups(of: missing)
    let fit = MemoryFit(missing, jobs: jobs, available: memory())
    let jobs = fit?.jobs ?? jobs
    // The rate is measured with as many threads, however few runs there are.
    let share = max(threads / jobs, 1)
    let sideBySide = min(jobs, groups.count)
    if !groups.isEmpty { _ = report(.planned(groups, jobs: sideBySide, fit: fit)) }
    // The closure is called under a lock and does not outlive this call.
    let error = withoutActuallyEscaping(report) { report in
      nonisolated(unsafe) let report = report
      let work = ComparisonWork(
        self, groups, checkpoints, threads: threads, share: share, force: force, limit: limit
      ) { report($0) }
      DispatchQueue.concurrentPerform(iterations: sideBySide) { _ in work.run() }
      return work.error
    }
    let synced = Result { try directory.sync() }
    if let error { throw error }
    try synced.get()
  }
}
