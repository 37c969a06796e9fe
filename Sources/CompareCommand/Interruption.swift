import Dispatch
import Foundation
import Tensors

/// Ctrl-C, or another signal that asks the program to stop.
///
/// The first ends the runs in flight, so that the table of what is finished can be printed; the second ends the program
/// at once. A signal that the program was started to ignore, as `nohup` does, stays ignored.
final class Interruption: Sendable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]
  private let request = Lock(StopRequest())

  /// Whether a signal has come since this object was made.
  var isRequested: Bool { request.withLock { $0.signal != nil } }
  /// As a shell reports a program that the first signal ended.
  var exitCode: Int32 { 128 + (request.withLock(\.signal) ?? SIGINT) }

  /// - Parameters:
  ///   - first: called after the first signal.
  ///   - second: called after the second, before the program ends; it has a fifth of a second.
  init(first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void) {
    // Queues of their own have a thread even while all cores train. What is called can wait for a terminal that is
    // stopped (Ctrl-S), the signals must not.
    let signals = DispatchQueue(label: "compare.signals")
    let calls = DispatchQueue(label: "compare.signals.calls")
    for number in Self.signals {
      // A handler is an address; that of "ignore" is compared as one.
      let before = unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
      guard before != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: signals)
      source.setEventHandler { [self] in
        switch request.withLock({ $0.receive(number, at: .now) }) {
        case .stop: calls.async(execute: first)
        case .nothing: break
        case .endAtOnce:
          let done = DispatchSemaphore(value: 0)
          calls.async {
            second()
            done.signal()
          }
          _ = done.wait(timeout: .now() + .milliseconds(200))
          _exit(128 + number)
        }
        // The source must live as long as signals can come: it keeps itself alive.
        withExtendedLifetime(source) {}
      }
      source.resume()
    }
  }
}
