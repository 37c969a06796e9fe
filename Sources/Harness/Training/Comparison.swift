import Dispatch
import Foundation
import Tensors

/// A list of runs, and the folder that they are recorded in.
public struct Comparison: Sendable {
  public let trainings: [Training]
  private let directory: ResultsDirectory
  /// What is recorded of the inside of a run.
  private let recordings: @Sendable (Training) -> Set<String>
  /// What the times of epochs are read off.
  var clock: @Sendable () -> ContinuousClock.Instant = { .now }

  /// What happens in the course of a comparison.
  public enum Event: Sendable {
    /// So many runs are recorded already and will not be trained again.
    case skipped(Int)
    /// These trainings are left, so many of them side by side.
    case planned([TrainingGroup], jobs: Int)
    /// Runs that are trained at once have these events together.
    case started(TrainingGroup, number: Int, of: Int)
    case progress(TrainingGroup, Training.Progress)
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
  ///   - jobs: how many runs are trained side by side.
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
    // The rate is measured with as many threads, however few runs there are.
    let share = max(threads / jobs, 1)
    let jobs = min(jobs, groups.count)
    let progress = Lock(InFlight())
    let recording = Lock(())
    if !groups.isEmpty { _ = report(.planned(groups, jobs: jobs)) }
    // The closure is called under the lock and does not outlive this call.
    withoutActuallyEscaping(report) { report in
      nonisolated(unsafe) let report = report
      let tell: @Sendable (Event) -> Bool = { event in
        progress.withLock { state in
          if !state.isInterrupted && !report(event) { state.isInterrupted = true }
          return !state.isInterrupted
        }
      }
      // Records what has ended; whatever fails, the others need not wait for it.
      let record: @Sendable () -> Void = {
        recording.withLock { _ in
          for finished in progress.withLock({ $0.takeReady(at: clock()) }) {
            do {
              for result in finished.results { try directory.commit(result, replacing: force) }
              // What took long enough for a checkpoint is on the disk before that is gone.
              if checkpoints.isThere(of: finished.group) { try directory.sync() }
              checkpoints.remove(of: finished.group.runs)
              _ = tell(.finished(finished.group, finished.results.map(\.record)))
            } catch {
              progress.withLock { $0.fail(error) }
            }
          }
        }
      }
      let end: @Sendable (Int, Finished?) -> Void = { index, finished in
        progress.withLock { $0.end(index, finished, at: clock()) }
        record()
      }
      DispatchQueue.concurrentPerform(iterations: jobs) { _ in
        while let index = progress.withLock({ $0.takeNext(of: groups.count) }) {
          let group = groups[index]
          do {
            if limit?.isOver ?? false { throw HarnessError.outOfTime }
            guard tell(.started(group, number: index + 1, of: groups.count)) else { return end(index, nil) }
            let processor = Processor(threads: threads)
            progress.withLock { $0.share(threads, with: processor, of: index, atFirst: share) }
            defer { progress.withLock { $0.share(threads, with: nil, of: index) } }
            let isWatched = group.runs.contains { !recordings($0).isEmpty }
            let isKept = !force && !isWatched
            var epochs = EpochClock(now: clock)
            let results = try group.run(
              on: processor, share: share,
              recording: { run in
                let wanted = recordings(run)
                return Recording.all.filter { wanted.contains($0.name) }
              },
              resuming: { largest, take in
                guard isKept, let checkpoint = try checkpoints.checkpoint(of: group, on: processor, atMost: largest)
                else { return }
                // One of a training that other runs belonged to, or of other numerics, is of no use: this one begins anew.
                guard checkpoint.isOf(group) else { return }
                if let flaw = take(checkpoint) { throw checkpoints.flaw(group, flaw) }
              },
              atEpochEnd: { checkpoint in
                epochs.endEpoch()
                if let limit, !limit.allows(epochOf: epochs.longest) {
                  if isKept { try checkpoints.save(checkpoint(), of: group) }
                  throw HarnessError.outOfTime
                }
                guard isKept, epochs.isDue else { return }
                // A disk that has no room for it now need not keep anyone from training.
                try? checkpoints.save(checkpoint(), of: group)
                epochs.save()
              }
            ) { now in
              if now.fraction >= Self.measuredPart { progress.withLock { $0.endMeasuring(index, threads) } }
              let isLate = now.fraction < 1 && limit?.isOver ?? false
              if isLate, let limit {
                let part = now.fraction * Double(group.epochs) - Double(now.epoch - 1)
                let error = limit.error(after: epochs.firstEpoch, ofWhichDone: part, of: group)
                progress.withLock { $0.fail(error) }
              }
              if progress.withLock({ $0.isOverdue(at: clock()) }) { record() }
              return tell(.progress(group, now)) && !isLate
            }
            end(index, Finished(group: group, results: results))
          } catch {
            progress.withLock { $0.fail(error) }
            end(index, nil)
          }
        }
      }
    }
    let synced = Result { try directory.sync() }
    if let error = progress.withLock(\.error) { throw error }
    try synced.get()
  }
}

extension Comparison {
  /// The part of a run in which it has no more threads than its share, so that its rate is that of its neighbours.
  fileprivate static let measuredPart = 0.05
}

/// Runs that are trained but not recorded yet.
private struct Finished: Sendable {
  let group: TrainingGroup
  let results: [RunResult]
}

/// The state that the jobs of a comparison share.
private struct InFlight: Sendable {
  /// The first thing that went wrong.
  private(set) var failure: (any Error)?
  var isInterrupted = false
  private var started = 0
  private var recorded = 0
  /// Groups that ended after one that has not; `nil` for what failed, or is recorded.
  private var waiting: [Int: Finished?] = [:]
  /// When the first of those that are still to be recorded ended.
  private var waitingSince: ContinuousClock.Instant?
  private var processors: [Int: Processor] = [:]
  /// The threads of runs whose rate is measured.
  private var shares: [Int: Int] = [:]

  var error: (any Error)? { failure ?? (isInterrupted ? HarnessError.interrupted : nil) }

  mutating func fail(_ error: any Error) {
    if case HarnessError.interrupted = error { return }
    // That time is over says least.
    if let failure, failure as? HarnessError != .outOfTime { return }
    failure = error
  }

  mutating func takeNext(of count: Int) -> Int? {
    guard error == nil, started < count else { return nil }
    started += 1
    return started - 1
  }

  /// Shares the threads among the runs in flight, when one begins with a processor or ends.
  ///
  /// The last run of a grid need not be alone on one core while the others idle.
  mutating func share(_ threads: Int, with processor: Processor?, of index: Int, atFirst share: Int? = nil) {
    processors[index] = processor
    shares[index] = share
    for (index, processor) in processors {
      processor.limit(toThreads: min(threads / processors.count, shares[index] ?? threads))
    }
  }

  /// Lets a run have the threads that are free.
  mutating func endMeasuring(_ index: Int, _ threads: Int) {
    guard shares[index] != nil, let processor = processors[index] else { return }
    share(threads, with: processor, of: index)
  }

  /// Takes a group that ended.
  mutating func end(_ index: Int, _ finished: Finished?, at now: ContinuousClock.Instant) {
    waiting[index] = .some(finished)
    if finished != nil && waitingSince == nil { waitingSince = now }
  }

  /// Whether a group that ended has waited for as long as may be lost with a program that is killed.
  func isOverdue(at now: ContinuousClock.Instant) -> Bool {
    waitingSince.map { $0.duration(to: now) >= .seconds(EpochClock.interval) } ?? false
  }

  /// Those that are to be recorded: a row stands behind those of earlier groups, so that the files do not depend on the number
  /// of jobs, unless it would have to wait too long for them.
  mutating func takeReady(at now: ContinuousClock.Instant) -> [Finished] {
    var ready: [Finished] = []
    while let next = waiting.removeValue(forKey: recorded) {
      if let next { ready.append(next) }
      recorded += 1
    }
    if isOverdue(at: now) {
      for index in waiting.keys.sorted() {
        if let next = waiting.updateValue(nil, forKey: index) ?? nil { ready.append(next) }
      }
    }
    if !waiting.values.contains(where: { $0 != nil }) { waitingSince = nil }
    return ready
  }
}
