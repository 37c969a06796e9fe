import Foundation
import Harness

/// Progress on standard error: a bar on a terminal, plain lines elsewhere.
final class Terminal {
  private let isQuiet: Bool
  private let hasBar: Bool
  private let hasColour: Bool
  private var title = ""
  private var lastDraw: ContinuousClock.Instant?
  private let clock = ContinuousClock()

  init(quiet: Bool) {
    let environment = ProcessInfo.processInfo.environment
    isQuiet = quiet
    hasBar = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    hasColour = hasBar && (environment["NO_COLOR"] ?? "").isEmpty
  }

  func show(_ event: Comparison.Event) {
    guard !isQuiet else { return }
    switch event {
    case .skipped(let count):
      line("\(count) \(count == 1 ? "run is" : "runs are") recorded already and not trained again (--force does).")
    case .started(let training, let number, let total):
      let c = training.configuration
      title = "[\(number)/\(total)] \(c.model) \(c.norm) \(c.data) seed \(c.seed)"
      lastDraw = clock.now
    case .progress(let training, let progress):
      // A bar is redrawn ten times a second; lines for a file come every five.
      let interval: Duration = hasBar ? .milliseconds(100) : .seconds(5)
      guard lastDraw.map({ $0.duration(to: clock.now) >= interval }) ?? true else { return }
      lastDraw = clock.now
      let text =
        "epoch \(progress.epoch)/\(training.configuration.epochs)  loss \(fixed(progress.trainLoss, 4))  "
        + "accuracy \(fixed(progress.testAccuracy, 4))  \(Int(progress.samplesPerSecond)) samples/s  "
        + "\(time(progress.secondsLeft)) left"
      hasBar ? draw("\(title)  \(bar(progress.fraction))  \(text)") : line("\(title): \(text)")
    case .finished(_, let record):
      let result =
        record.status == .diverged
        ? "diverged after \(record.steps) steps"
        : "test accuracy \(fixed(record.testAccuracy, 4)), train loss \(fixed(record.trainLoss, 4))"
      line("\(title): \(result), \(Int(record.samplesPerSecond)) samples/s, \(time(record.seconds))")
    }
  }

  /// Takes the bar away, so that something else can be written.
  func clear() {
    if hasBar { write("\r\u{1B}[K") }
  }

  private func draw(_ text: String) {
    write("\r\u{1B}[K" + text.prefix(columns - 1))
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

  private func write(_ text: String) {
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
