/// How long the epochs of a training take, and when it last left a checkpoint.
struct EpochClock {
  /// No more seconds of training than these, and an epoch, are lost with a program that is killed.
  static let interval = 30.0

  private let now: @Sendable () -> ContinuousClock.Instant
  private var start, saved: ContinuousClock.Instant
  /// The seconds of the longest one that is over; 0 before the first.
  private(set) var longest = 0.0

  init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
    self.now = now
    start = now()
    saved = start
  }

  private func seconds(since instant: ContinuousClock.Instant) -> Double { instant.duration(to: now()) / .seconds(1) }

  /// Whether a checkpoint is due.
  var isDue: Bool { seconds(since: saved) >= Self.interval }

  mutating func endEpoch() {
    longest = max(longest, seconds(since: start))
    start = now()
  }

  mutating func save() { saved = now() }

  /// The seconds that the first epoch has taken so far; `nil` once one is over.
  var firstEpoch: Double? { longest > 0 ? nil : seconds(since: start) }
}
