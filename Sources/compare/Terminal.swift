import Foundation
import Harness

/// Progress on standard error: a bar for each run in flight on a terminal, plain lines elsewhere.
final class Terminal {
  private let isQuiet: Bool
  private let hasBars: Bool
  private let hasColour: Bool
  private var runs: [Run] = []
  private var drawnLines = 0
  private var lastDraw: ContinuousClock.Instant?
  private let clock = ContinuousClock()

  /// A run in flight.
  private struct Run {
    let identifier: String
    let title: String
    var text = "starting"
    var fraction = 0.0
    var lastLine: ContinuousClock.Instant
  }

  init(quiet: Bool) {
    let environment = ProcessInfo.processInfo.environment
    isQuiet = quiet
    hasBars = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    hasColour = hasBars && (environment["NO_COLOR"] ?? "").isEmpty
  }

  func show(_ event: Comparison.Event) {
    guard !isQuiet else { return }
    switch event {
    case .skipped(let count):
      line("\(count) \(count == 1 ? "run is" : "runs are") recorded already and not trained again (--force does).")
    case .started(let training, let number, let total):
      let c = training.configuration
      let title = "[\(number)/\(total)] \(c.model) \(c.norm) \(c.data) seed \(c.seed)"
      runs.append(Run(identifier: training.identifier, title: title, lastLine: clock.now))
    case .progress(let training, let progress):
      guard let index = runs.firstIndex(where: { $0.identifier == training.identifier }) else { return }
      runs[index].fraction = progress.fraction
      // Bars are redrawn ten times a second; lines for a file come every five.
      if hasBars {
        guard isOver(.milliseconds(100), since: lastDraw) else { return }
        runs[index].text = text(of: progress, training)
        draw()
      } else if isOver(.seconds(5), since: runs[index].lastLine) {
        runs[index].lastLine = clock.now
        line("\(runs[index].title): \(text(of: progress, training))")
      }
    case .finished(let training, let record):
      guard let index = runs.firstIndex(where: { $0.identifier == training.identifier }) else { return }
      let title = runs.remove(at: index).title
      let result =
        record.status == .diverged
        ? "diverged after \(record.steps) steps"
        : "test accuracy \(fixed(record.testAccuracy, 4)), train loss \(fixed(record.trainLoss, 4))"
      line("\(title): \(result), \(Int(record.samplesPerSecond)) samples/s, \(time(record.seconds))")
    }
  }

  /// Takes the bars away, so that something else can be written.
  func clear() {
    guard drawnLines > 0 else { return }
    write("\u{1B}[\(drawnLines)A\u{1B}[J")
    drawnLines = 0
  }

  private func text(of progress: Training.Progress, _ training: Training) -> String {
    "epoch \(progress.epoch)/\(training.configuration.epochs)  loss \(fixed(progress.trainLoss, 4))  "
      + "accuracy \(fixed(progress.testAccuracy, 4))  \(Int(progress.samplesPerSecond)) samples/s  "
      + "\(time(progress.secondsLeft)) left"
  }

  private func isOver(_ interval: Duration, since instant: ContinuousClock.Instant?) -> Bool {
    instant.map { $0.duration(to: clock.now) >= interval } ?? true
  }

  /// One line for each run in flight.
  private func draw() {
    lastDraw = clock.now
    clear()
    for run in runs { write("\(run.title)  \(bar(run.fraction))  \(run.text)".prefix(columns - 1) + "\n") }
    drawnLines = runs.count
  }

  private func line(_ text: String) {
    clear()
    write(text + "\n")
  }

  private func bar(_ fraction: Double) -> String {
    let width = 20
    let done = min(max(Int(fraction * Double(width)), 0), width)
    let (full, rest) = (String(repeating: "█", count: done), String(repeating: "░", count: width - done))
    return hasColour ? "\u{1B}[36m\(full)\u{1B}[0m\(rest)" : full + rest
  }

  private var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 200 }
    // Colour codes take no room on the screen.
    return Int(size.ws_col) + (hasColour ? 9 : 0)
  }

  private func write(_ text: some StringProtocol) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// A number with `digits` decimals, `–` where there is none.
func fixed(_ value: Double, _ digits: Int) -> String {
  value.isNaN ? "–" : String(format: "%.\(digits)f", value)
}

/// Seconds as a person says them.
func time(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "–" }
  if seconds < 10 { return String(format: "%.1f s", seconds) }
  if seconds < 100 { return "\(Int(seconds.rounded())) s" }
  let minutes = Int((seconds / 60).rounded())
  return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
