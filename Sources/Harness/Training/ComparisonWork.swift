import Tensors

/// What the jobs of a comparison do side by side: each trains one group after the other, and records what has ended.
final class ComparisonWork: Sendable {
  private let comparison: Comparison
  private let groups: [TrainingGroup]
  private let checkpoints: CheckpointFolder
  private let threads, share: Int
  private let force: Bool
  private let limit: TimeLimit?
  private let report: @Sendable (Comparison.Event) -> Bool
  private let state = Lock(InFlight())
  private let recording = Lock(())

  /// The part of a run in which it has no more threads than its share, so that its rate is that of its neighbours.
  private static let measuredPart = 0.05

  init(
    _ comparison: Comparison, _ groups: [TrainingGroup], _ checkpoints: CheckpointFolder, threads: Int, share: Int,
    force: Bool, limit: TimeLimit?, report: @escaping @Sendable (Comparison.Event) -> Bool
  ) {
    (self.comparison, self.groups, self.checkpoints) = (comparison, groups, checkpoints)
    (self.threads, self.share, self.force, self.limit, self.report) = (threads, share, force, limit, report)
  }

  /// The first thing that went wrong.
  var error: (any Error)? { state.withLock(\.error) }

  /// Does one job, until there is no group left that nobody has begun.
  func run() {
    while let index = state.withLock({ $0.takeNext(of: groups.count) }) {
      var finished: Finished?
      do { finished = try train(index) } catch { state.withLock { $0.fail(error) } }
      state.withLock { $0.end(index, finished, at: comparison.clock()) }
      record()
    }
  }

  /// Trains a group; `nil` if a stop was asked for before.
  private func train(_ index: Int) throws -> Finished? {
    let group = groups[index]
    if limit?.isOver ?? false { throw HarnessError.outOfTime }
    if try !force && isRecorded(group) {
      _ = tell(.finished(group, []))
      return nil
    }
    guard tell(.started(group, number: index + 1, of: groups.count)) else { return nil }
    let processor = Processor(threads: threads)
    state.withLock { $0.share(threads, with: processor, of: index, atFirst: share) }
    defer { state.withLock { $0.share(threads, with: nil, of: index) } }
    let isWatched = group.runs.contains { !comparison.recordings($0).isEmpty }
    let isKept = !force && !isWatched
    var epochs = EpochClock(now: comparison.clock)
    let results = try group.run(
      on: processor, share: share,
      recording: { run in
        let wanted = comparison.recordings(run)
        return Recording.all.filter { wanted.contains($0.name) }
      },
      resuming: { largest, take in
        if isKept { try resume(group, on: processor, atMost: largest, take) }
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
    ) { goesOn(index, at: $0, firstEpoch: epochs.firstEpoch) }
    return Finished(group: group, results: results)
  }

  /// Whether another program has recorded a group meanwhile; under the lock, what it has not recorded wholly does not count.
  private func isRecorded(_ group: TrainingGroup) throws -> Bool {
    let directory = comparison.directory
    return try directory.withLock(orUntil: directory.wait.goOn) {
      try directory.missing(of: group.runs, recording: comparison.recordings).isEmpty
    }
  }

  /// Goes on from the checkpoint of a group, if it has one.
  private func resume(
    _ group: TrainingGroup, on processor: Processor, atMost largest: Int, _ take: (Checkpoint) -> String?
  ) throws {
    guard let checkpoint = try checkpoints.checkpoint(of: group, on: processor, atMost: largest) else { return }
    // One of a training that other runs belonged to, or of other numerics, is of no use: this one begins anew.
    guard checkpoint.isOf(group) else { return }
    if let flaw = take(checkpoint) { throw checkpoints.flaw(group, flaw) }
  }

  /// Tells of a step of a group; whether there is to be another one.
  private func goesOn(_ index: Int, at now: Training.Progress, firstEpoch: Double?) -> Bool {
    let group = groups[index]
    if now.fraction >= Self.measuredPart { state.withLock { $0.endMeasuring(index, threads) } }
    let isLate = now.fraction < 1 && limit?.isOver ?? false
    if isLate, let limit {
      let part = now.fraction * Double(group.epochs) - Double(now.epoch - 1)
      let error = limit.error(after: firstEpoch, ofWhichDone: part, of: group)
      state.withLock { $0.fail(error) }
    }
    if state.withLock({ $0.isOverdue(at: comparison.clock()) }) { record() }
    return tell(.progress(group, now)) && !isLate
  }

  /// Whether the comparison is to go on.
  private func tell(_ event: Comparison.Event) -> Bool {
    state.withLock { state in
      if !state.isInterrupted && !report(event) { state.isInterrupted = true }
      return !state.isInterrupted
    }
  }

  /// Records what has ended; whatever fails, the others need not wait for it.
  private func record() {
    recording.withLock { _ in
      for finished in state.withLock({ $0.takeReady(at: comparison.clock()) }) {
        do { try record(finished) } catch { state.withLock { $0.fail(error) } }
      }
    }
  }

  private func record(_ finished: Finished) throws {
    for result in finished.results { try comparison.directory.commit(result, replacing: force) }
    // What took long enough for a checkpoint is on the disk before that is gone.
    if checkpoints.isThere(of: finished.group) { try comparison.directory.sync() }
    checkpoints.remove(of: finished.group.runs)
    _ = tell(.finished(finished.group, finished.results.map(\.record)))
  }
}
