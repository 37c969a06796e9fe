import Foundation
import Harness
import Tensors

/// One line for all runs of some claims, which are many and short.
final class InquiryProgress: Sendable {
  private let display: ProgressDisplay?
  private let state = Lock<(grid: GridProgress?, claim: String)>((nil, ""))

  private static let line = "claims"

  /// - Parameters:
  ///   - quiet: whether nothing is to be shown.
  ///   - screen: where it is shown.
  init(quiet: Bool, screen: Screen = .standardError) {
    display = quiet ? nil : ProgressDisplay(on: screen)
  }

  /// Shows what has happened; `claim` is what the run that began belongs to.
  func show(_ event: Comparison.Event, of claim: String) {
    guard let display else { return }
    switch event {
    case .skipped(let count):
      display.say("\(count) \(count == 1 ? "run is" : "runs are") recorded already and not trained again.")
    case .planned(let groups, let jobs, _):
      state.withLock { $0.grid = GridProgress(groups, jobs: jobs) }
      display.begin(Self.line, title: ["claims"])
    case .started: state.withLock { $0.claim = claim }
    case .progress, .finished: break
    }
    let now = state.withLock { state in
      state.grid?.follow(event, at: .now)
      return state
    }
    guard let grid = now.grid else { return }
    display.advance(Self.line) {
      let (fraction, fields) = grid.line
      return (fraction, [.init(.note, now.claim)] + fields)
    }
  }

  /// Says that a stop was asked for, in the place of the bar.
  func announceStop() { display?.replaceBars(with: "Stopping; Ctrl-C again stops at once.") }

  /// Takes the bar away for good, so that something else can be written.
  func clear() { display?.clear() }
}
