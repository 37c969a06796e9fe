import Foundation
import Harness
import Tensors

/// One line for all runs of some claims, which are many and short.
final class InquiryProgress: Sendable {
  private let display: ProgressDisplay
  private let state = Lock<(grid: GridProgress?, claim: String)>((nil, ""))

  private static let line = "claims"

  init(on display: ProgressDisplay) {
    self.display = display
  }

  /// Shows what has happened; `claim` is what the run that began belongs to.
  func show(_ event: Comparison.Event, of claim: String) {
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
}
