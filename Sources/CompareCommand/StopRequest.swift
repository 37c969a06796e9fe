/// The signals that have asked the program to stop, and what to do about the next.
struct StopRequest: Sendable {
  enum Answer: Sendable { case stop, endAtOnce, nothing }

  /// The first signal.
  private(set) var signal: Int32?
  private var since: ContinuousClock.Instant?

  /// `timeout` and a closing terminal send a signal twice at once and mean it once.
  private static let oneRequest = Duration.milliseconds(100)

  mutating func receive(_ signal: Int32, at instant: ContinuousClock.Instant) -> Answer {
    guard let since else {
      (self.signal, self.since) = (signal, instant)
      return .stop
    }
    return since.duration(to: instant) < Self.oneRequest ? .nothing : .endAtOnce
  }
}
