import Harness

extension GridProgress {
  /// What a line about the whole shows.
  var line: (fraction: Double, fields: [ProgressLine.Field]) {
    let left = secondsLeft.map(timeText) ?? "–"
    return (
      fraction,
      [
        .init(.note, "\(ended)/\(count) done", brief: "\(ended)/\(count)"),
        .init(.timeLeft, "\(left) left", brief: left),
      ]
    )
  }

  /// Takes in what has happened.
  mutating func follow(_ event: Comparison.Event, at now: Instant) {
    switch event {
    case .skipped, .planned: break
    case .started(let group, _, _): begin(group, at: now)
    case .progress(let group, let progress): advance(group, to: progress, at: now)
    case .finished(let group, _): end(group)
    }
  }
}
