import Foundation
import Harness
import Tensors

/// One line for all runs of some claims, which are many and short.
final class InquiryProgress: Sendable {
  private let display: ProgressDisplay?
  private let state: Lock<State>

  private struct State {
    let start: ContinuousClock.Instant
    var finished = 0
    var total = 0
    var claim = ""
  }

  private static let line = "claims"

  /// - Parameters:
  ///   - quiet: whether nothing is to be shown.
  ///   - screen: where it is shown.
  ///   - now: the time.
  init(
    quiet: Bool, screen: Screen = .standardError,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    display = quiet ? nil : ProgressDisplay(on: screen, now: now)
    state = Lock(State(start: now()))
    self.now = now
  }

  private let now: @Sendable () -> ContinuousClock.Instant

  /// Shows what has happened; `claim` is what the run that began belongs to.
  func show(_ event: Comparison.Event, of claim: String) {
    guard let display else { return }
    switch event {
    case .skipped(let count):
      display.say("\(count) \(count == 1 ? "run is" : "runs are") recorded already and not trained again.")
    case .started(_, let number, let total):
      state.withLock { ($0.total, $0.claim) = (total, claim) }
      if number == 1 { display.begin(Self.line, title: ["claims"]) }
    case .progress: break
    case .finished:
      state.withLock { $0.finished += 1 }
    }
    let (now, state) = (now(), state.withLock { $0 })
    display.advance(Self.line) { Self.progress(state, at: now) }
  }

  private static func progress(
    _ state: State, at now: ContinuousClock.Instant
  ) -> (fraction: Double, fields: [ProgressLine.Field]) {
    let fraction = Double(state.finished) / Double(max(state.total, 1))
    let seconds = state.start.duration(to: now) / .seconds(1)
    let left = state.finished > 0 ? time(seconds * (1 / fraction - 1)) : "–"
    return (
      fraction,
      [
        .init(.note, state.claim), .init(.epoch, "\(state.finished)/\(state.total) runs"),
        .init(.timeLeft, "\(left) left", brief: left),
      ]
    )
  }

  /// Says that a stop was asked for, in the place of the bar.
  func announceStop() { display?.replaceBars(with: "Stopping; Ctrl-C again stops at once.") }

  /// Takes the bar away for good, so that something else can be written.
  func clear() { display?.clear() }
}
