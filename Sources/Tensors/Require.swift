/// Stops the program with `message` unless `condition` holds: for mistakes in the use of the library.
///
/// `precondition` says nothing in optimized code, and this code is always optimized.
@inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
  if !condition { stop(message(), file, line) }
}

/// Stops the program with `message`.
@inline(never)
package func stop(_ message: String, _ file: StaticString = #file, _ line: UInt = #line) -> Never {
  fatalError(message, file: file, line: line)
}
