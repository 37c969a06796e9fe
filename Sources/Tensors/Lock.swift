import Synchronization

/// A value that one thread at a time has: the standard library's `Mutex`, which the thread sanitizer is told of.
///
/// It does not see that one on Linux, and would report whatever is guarded by it.
package struct Lock<Value: ~Copyable>: ~Copyable, Sendable {
  private let mutex: Mutex<Value>
  private let mark = ThreadSanitizer.Mark()

  package init(_ value: consuming sending Value) {
    mutex = Mutex(value)
  }

  /// Runs `body` with the value, which no other thread has meanwhile.
  @inline(__always)
  package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try mutex.withLock { value throws(Failure) in
      mark.acquire()
      defer { mark.release() }
      return try body(&value)
    }
  }
}
