import Tensors

/// The time of a run, and of its steps.
struct Stopwatch {
  private let now: @Sendable () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private let share: Int?
  /// With the threads that the rate is measured with, and with any.
  private var (shared, any) = ((samples: 0, seconds: 0.0), (samples: 0, seconds: 0.0))

  init(share: Int?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.share = share
    self.now = now
    start = now()
  }

  /// The seconds of what does not count.
  private var paused = 0.0

  /// Seconds since the start, to the microsecond.
  var elapsed: Double { seconds(since: start) - paused }

  /// Does something whose time is none of the run's.
  mutating func pause<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begin = now()
    defer { paused += seconds(since: begin) }
    return try body()
  }

  /// While a run has more threads than its share, because others have ended, its rate is not that of its neighbours.
  var samplesPerSecond: Double {
    let (samples, seconds) = shared.samples > 0 ? shared : any
    return Double(samples) / max(seconds, 1e-9)
  }

  mutating func time<Result>(_ samples: Int, on processor: Processor, _ body: () throws -> Result) rethrows -> Result {
    let threads = processor.threadsInUse
    let begin = now()
    let result = try body()
    let seconds = seconds(since: begin)
    any = (any.samples + samples, any.seconds + seconds)
    if threads == share { shared = (shared.samples + samples, shared.seconds + seconds) }
    return result
  }

  private func seconds(since instant: ContinuousClock.Instant) -> Double {
    ((instant.duration(to: now()) / .microseconds(1)).rounded()) / 1e6
  }
}
