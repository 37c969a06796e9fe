import Tensors

/// The time that a comparison has: what does not fit is left for the next one.
///
/// It counts from when it is made. No epoch is begun that would not be over in time if it took half as long again as the longest one
/// of the run so far, and a second; a run that is in the middle of its training then leaves a ``Checkpoint``. What is in an epoch
/// when the time is over, as in one that is longer than all of it, is lost.
public struct TimeLimit: Sendable {
  public let seconds: Double
  private let start: ContinuousClock.Instant
  private let now: @Sendable () -> ContinuousClock.Instant

  /// - Precondition: `seconds` is not negative.
  public init(seconds: Double) {
    self.init(seconds: seconds) { .now }
  }

  init(seconds: Double, now: @escaping @Sendable () -> ContinuousClock.Instant) {
    require(seconds >= 0, "A time limit is not negative, as \(seconds) s is.")
    (self.seconds, start, self.now) = (seconds, now(), now)
  }

  private var elapsed: Double { start.duration(to: now()) / .seconds(1) }

  var isOver: Bool { elapsed >= seconds }

  /// Whether there is time for another epoch where the longest took so many seconds, and a second to record what there is.
  func allows(epochOf longest: Double) -> Bool { elapsed + 1.5 * longest + 1 < seconds }
}
