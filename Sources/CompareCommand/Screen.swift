import Foundation

/// What progress is shown on: a terminal, or something that keeps what is written to it.
struct Screen: Sendable {
  /// Whether what is written can be written over.
  var isTerminal: Bool
  var hasColour: Bool
  /// The size now; a window can change it at any time.
  var size: @Sendable () -> (columns: Int, rows: Int)
  var write: @Sendable (String) -> Void

  /// One that shows nothing.
  static let none = Screen(isTerminal: false, hasColour: false, size: { (80, 24) }, write: { _ in })

  /// Standard error, with colour unless `NO_COLOR` is set.
  static var standardError: Screen {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    return Screen(
      isTerminal: isTerminal, hasColour: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
      size: {
        var size = winsize()
        // A terminal that does not know its size says 0.
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
          return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
      },
      write: { StandardStream.errors.write($0) })
  }
}
