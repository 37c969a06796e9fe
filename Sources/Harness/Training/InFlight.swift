import Tensors

/// Runs that are trained but not recorded yet.
struct Finished: Sendable {
  let group: TrainingGroup
  let results: [RunResult]
}

/// The state that the jobs of a comparison share.
struct InFlight: Sendable {
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
    if case HarnessError.interrupted = error {
      // A run that is late ends so, too, after it has told why.
      if failure == nil { isInterrupted = true }
      return
    }
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
