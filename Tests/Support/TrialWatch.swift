import Foundation
import Synchronization

/// Knows what is being tried: an input at which the program stands still or falls is printed, and not lost with it.
final class TrialWatch: Sendable {
  private static let watches = Mutex<[TrialWatch]>([])
  private static let isWatching = Atomic(false)

  /// The number of the input that is being tried; -1 between them.
  private let index = Atomic(-1)
  private let size = Atomic(0)
  private let name: String
  /// For whoever may allocate nothing.
  nonisolated(unsafe) private let title: UnsafeMutableBufferPointer<UInt8>
  nonisolated(unsafe) private let input: UnsafeMutableBufferPointer<UInt8>

  private static let mostBytes = 1 << 16

  /// The `seconds` are those that it wakes; while the process is stopped, none go by.
  init(_ name: String, seconds: Int, reportsFalls: Bool) {
    self.name = name
    title = .allocate(capacity: name.utf8.count)
    _ = title.initialize(from: name.utf8)
    input = .allocate(capacity: Self.mostBytes)
    input.initialize(repeating: 0)
    Self.watches.withLock { $0.append(self) }
    if !Self.isWatching.exchange(true, ordering: .relaxed) {
      Thread.detachNewThread { Self.watch(seconds) }
      if reportsFalls { Self.reportFalls() }
    }
  }

  func begin(_ index: Int, _ bytes: [UInt8]) {
    let count = min(bytes.count, Self.mostBytes)
    for place in 0..<count { input[place] = bytes[place] }
    size.store(count, ordering: .relaxed)
    self.index.store(index, ordering: .releasing)
  }

  func end() { index.store(-1, ordering: .releasing) }

  private static func watch(_ seconds: Int) {
    var seen: [(index: Int, times: Int)] = []
    while true {
      sleep(1)
      watches.withLock { watches in
        while seen.count < watches.count { seen.append((-1, 0)) }
        for (place, watch) in watches.enumerated() {
          let index = watch.index.load(ordering: .acquiring)
          seen[place] = index >= 0 && index == seen[place].index ? (index, seen[place].times + 1) : (index, 0)
          guard seen[place].times >= seconds else { continue }
          write("takes more than \(seconds) s:\n")
          watch.report()
          abort()
        }
      }
    }
  }

  /// What is written when the program falls.
  private static func reportFalls() {
    for fault in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      signal(fault) { fault in
        // What fell holds no lock of ours: it is another one that is tried.
        TrialWatch.watches.withLockIfAvailable { for watch in $0 { watch.report() } }
        signal(fault, SIG_DFL)
        raise(fault)
      }
    }
  }

  /// The input that is being tried, in hexadecimal digits; allocates nothing.
  private func report() {
    var index = index.load(ordering: .acquiring)
    guard index >= 0 else { return }
    Self.write("\n")
    _ = Foundation.write(2, title.baseAddress, title.count)
    Self.write(", input ")
    var divisor = 1
    while index / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      var digit = UInt8(48 + index / divisor)
      _ = Foundation.write(2, &digit, 1)
      index %= divisor
      divisor /= 10
    }
    Self.write(": ")
    for place in 0..<size.load(ordering: .relaxed) {
      for half in [input[place] >> 4, input[place] & 15] {
        var digit = half < 10 ? 48 + half : 87 + half
        _ = Foundation.write(2, &digit, 1)
      }
    }
    Self.write("\n")
  }

  private static func write(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { Foundation.write(2, $0.baseAddress, $0.count) }
  }
}
