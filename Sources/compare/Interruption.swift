import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: the first ends the run in flight, so that the table of what is finished can be printed; the second
/// ends the program.
final class Interruption: Sendable {
  private static let signals = [SIGINT, SIGTERM]
  private let count = Mutex(0)

  /// Whether a signal has come since this object was made.
  var isRequested: Bool { count.withLock { $0 > 0 } }

  init() {
    for number in Self.signals {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        let isSecond = count.withLock { count in
          count += 1
          return count > 1
        }
        if isSecond { exit(128 + number) }
        // The source must live as long as signals can come: it keeps itself alive.
        withExtendedLifetime(source) {}
      }
      source.resume()
    }
  }
}
