import Foundation
import Harness
import Tensors

/// Standard output or standard error, written to without a buffer.
///
/// A write that fails ends nothing: the first failure is kept, and the stream is silent from then on.
final class StandardStream: Sendable {
  /// What the program was asked for, read by someone who may take their time.
  static let output = StandardStream(STDOUT_FILENO)
  /// Progress and mistakes, for which training never waits longer than a second.
  static let errors = StandardStream(STDERR_FILENO, patience: 1000)

  /// What kept a text from being written.
  struct Failure: Equatable {
    /// The number that the system gave it, `errno`.
    let number: Int32

    /// As with `cat`, a reader who has gone, as `head` does, is no mistake: nothing is said, and the exit code is
    /// that of a program which SIGPIPE ended.
    var exitCode: Int32 { number == EPIPE ? 128 + SIGPIPE : HarnessError.writeFailed("").exitCode }
    var message: String? {
      number == EPIPE ? nil : "Standard output cannot be written: \(String(cString: strerror(number)))."
    }
  }

  private let descriptor: Int32
  /// How many milliseconds to wait for a reader that keeps the writer waiting; negative for any.
  private let patience: Int32
  private let firstFailure = Lock<Failure?>(nil)

  init(_ descriptor: Int32, patience: Int32 = -1) {
    self.descriptor = descriptor
    self.patience = patience
  }

  /// Makes failed writes errors of the program instead of its end, before a file is opened.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow is a failed write like any other.
    signal(SIGXFSZ, SIG_IGN)
    // The number of a closed stream would be given to the next file, and progress be written into the results.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  var failure: Failure? { firstFailure.withLock { $0 } }

  /// Writes all of `text`, or keeps the reason why it cannot.
  func write(_ text: String) {
    firstFailure.withLock { failure in
      guard failure == nil else { return }
      var rest = Array(text.utf8)
      while !rest.isEmpty {
        let written = Foundation.write(descriptor, rest, rest.count)
        if written > 0 {
          rest.removeFirst(written)
        } else if !(written < 0 && (errno == EINTR || (errno == EAGAIN && waitForReader()))) {
          failure = Failure(number: errno)
          return
        }
      }
    }
  }

  /// Whether the stream takes more within the time that there is; leaves the reason in `errno`.
  private func waitForReader() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let ready = poll(&request, 1, patience)
    if ready == 0 { errno = EAGAIN }
    return ready > 0 || (ready < 0 && errno == EINTR)
  }
}
