import Foundation

/// Tells the thread sanitizer, where it is part of the program, what makes one thread's work come before another's.
///
/// It sees atomic values, threads, semaphores and queues by itself, but not what the standard library does inside.
enum ThreadSanitizer {
  private typealias Note = @convention(c) (UnsafeMutableRawPointer) -> Void

  private static let notes: (acquire: Note, release: Note)? = {
    // It is known by its functions, which are `nil` in every other program.
    guard let program = dlopen(nil, RTLD_NOW), let acquire = dlsym(program, "__tsan_acquire"),
      let release = dlsym(program, "__tsan_release")
    else { return nil }
    return (unsafeBitCast(acquire, to: Note.self), unsafeBitCast(release, to: Note.self))
  }()

  /// A place that threads take over from each other; nothing in a program without the sanitizer.
  struct Mark: ~Copyable, @unchecked Sendable {
    /// What the sanitizer knows it by.
    private let address: UnsafeMutableRawPointer?

    init() {
      address = notes.map { _ in .allocate(byteCount: 1, alignment: 1) }
    }

    deinit {
      address?.deallocate()
    }

    /// What others did before they released the mark came before this.
    @inline(__always)
    func acquire() {
      if let address { notes?.acquire(address) }
    }

    /// What this thread did comes before whatever others do once they have acquired the mark.
    @inline(__always)
    func release() {
      if let address { notes?.release(address) }
    }
  }
}
