import Tensors

/// The time of a run, and of its steps.
struct Stopwatch {
  private let now: @Sendable () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private let share: Int?
  private var measured = Reading()
  /// What was read off before this start.
  private var before = 0.0

  /// What it shows.
  struct Reading: Codable {
    var elapsed = 0.0
    /// With the threads that the rate is measured with, and with any.
    var (shared, any) = (Rate(), Rate())

    struct Rate: Codable {
      var samples = 0
      var seconds = 0.0

      mutating func add(_ samples: Int, _ seconds: Double) {
        self.samples += samples
        self.seconds += seconds
      }
    }
  }

  init(share: Int?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.share = share
    self.now = now
    start = now()
  }

  /// The seconds of what does not count.
  private var paused = 0.0

  /// Seconds since the start, to the microsecond.
  var elapsed: Double { before + seconds(since: start) - paused }

  var reading: Reading {
    var reading = measured
    reading.elapsed = elapsed
    return reading
  }

  /// Goes on from what another one showed.
  mutating func resume(from reading: Reading) {
    (measured, before) = (reading, reading.elapsed)
  }

  /// Does something whose time is none of the run's.
  mutating func pause<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begin = now()
    defer { paused += seconds(since: begin) }
    return try body()
  }

  /// While a run has more threads than its share, because others have ended, its rate is not that of its neighbours.
  var samplesPerSecond: Double {
    let rate = measured.shared.samples > 0 ? measured.shared : measured.any
    return Double(rate.samples) / max(rate.seconds, 1e-9)
  }

  mutating func time<Result>(_ samples: Int, on processor: Processor, _ body: () throws -> Result) rethrows -> Result {
    let threads = processor.threadsInUse
    let begin = now()
    let result = try body()
    let seconds = seconds(since: begin)
    measured.any.add(samples, seconds)
    if threads == share { measured.shared.add(samples, seconds) }
    return result
  }

  private func seconds(since instant: ContinuousClock.Instant) -> Double {
    ((instant.duration(to: now()) / .microseconds(1)).rounded()) / 1e6
  }
}
