import Foundation
import Harness
import Tensors

/// Progress in the words of a comparison.
final class Terminal: Sendable {
  private let display: ProgressDisplay
  private let titles: Titles
  /// Of a grid of several trainings.
  private let grid = Lock<GridProgress?>(nil)

  init(on display: ProgressDisplay, titles: Titles) {
    (self.display, self.titles) = (display, titles)
  }

  func show(_ event: Comparison.Event) {
    showGrid(event)
    switch event {
    case .skipped(let count):
      display.say(
        "\(count) \(count == 1 ? "run is" : "runs are") recorded already and not trained again (--force does).")
    case .planned: break
    case .started(let group, let number, let total):
      display.begin(
        group.identifier, title: ["[\(number)/\(total)]"] + titles.parts(of: group.runs.map(\.configuration)))
    case .progress(let group, let progress):
      let epochs = group.runs[0].configuration[.epochs]
      display.advance(group.identifier) { (progress.fraction, Self.fields(of: progress, epochs: epochs)) }
    case .finished(let group, []):
      let title = titles.parts(of: group.runs.map(\.configuration)).joined(separator: " ")
      display.say("\(title): recorded meanwhile by another program")
    case .finished(let group, let records):
      display.end(group.identifier, result: Self.result(of: records))
    }
  }

  private func showGrid(_ event: Comparison.Event) {
    if case .planned(let groups, let jobs, _) = event, groups.count > 1 {
      grid.withLock { $0 = GridProgress(groups, jobs: jobs) }
      display.beginGrid(title: ["all \(groups.count)"])
    }
    guard
      let now = grid.withLock({ grid in
        grid?.follow(event, at: .now)
        return grid
      })
    else { return }
    display.advanceGrid { now.line }
  }

  /// What runs came to that were trained at once: the accuracy of each.
  private static func result(of records: [RunRecord]) -> String {
    guard let last = records.max(by: { $0[.steps] < $1[.steps] }) else { return "" }
    let accuracies = records.map { record in
      record.status == .diverged ? "diverged after \(Int(record[.steps])) steps" : fixed(record[.testAccuracy], 4)
    }
    let text = accuracies.joined(separator: ", ")
    let result =
      records.allSatisfy { $0.status == .diverged }
      ? text : "test accuracy \(text), train loss \(loss(last[.trainLoss]))"
    return "\(result), \(Int(last[.samplesPerSecond])) samples/s, \(timeText(last[.seconds]))"
  }

  /// Says which runs of the grid cannot be.
  ///
  /// They are said whatever else is not: a table without them would be taken for all.
  func skip(_ impossible: [Grid.Impossible]) {
    for run in impossible {
      display.insist("left out: \(titles.parts(of: run.configuration).joined(separator: " ")): \(run.reason)")
    }
  }

  private static func fields(of progress: Training.Progress, epochs: Int) -> [ProgressLine.Field] {
    let (accuracy, left) = (fixed(progress.testAccuracy, 4), timeText(progress.secondsLeft))
    return [
      .init(.epoch, "epoch \(progress.epoch)/\(epochs)"),
      .init(.loss, "loss \(fixed(progress.trainLoss, 4))"),
      .init(.accuracy, "accuracy \(accuracy)", brief: accuracy),
      .init(.speed, "\(Int(progress.samplesPerSecond)) samples/s"),
      .init(.timeLeft, "\(left) left", brief: left),
    ]
  }
}

/// A number with `digits` decimals, `–` where there is none.
func fixed(_ value: Double, _ digits: Int) -> String {
  value.isNaN ? "–" : String(format: "%.\(digits)f", value)
}
