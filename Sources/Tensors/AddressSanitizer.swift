import Foundation

/// Tells the address sanitizer, where it is part of the program, which bytes of the blocks of a ``Processor`` are in use.
///
/// To it, a block that waits to be used again and the unused end of a longer one are memory like any other.
enum AddressSanitizer {
  private typealias Mark = @convention(c) (UnsafeRawPointer, Int) -> Void

  private static let marks: (forbid: Mark, allow: Mark)? = {
    // It is known by its functions, which are `nil` in every other program.
    guard let program = dlopen(nil, RTLD_NOW), let forbid = dlsym(program, "__asan_poison_memory_region"),
      let allow = dlsym(program, "__asan_unpoison_memory_region")
    else { return nil }
    return (unsafeBitCast(forbid, to: Mark.self), unsafeBitCast(allow, to: Mark.self))
  }()

  /// Makes the first `used` bytes of a block the only ones that may be read or written.
  static func allow(_ used: Int, of block: UnsafeMutableRawPointer, bytes: Int) {
    guard let marks else { return }
    marks.allow(block, used)
    marks.forbid(block + used, bytes - used)
  }
}
