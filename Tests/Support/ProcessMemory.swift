import Foundation

/// The memory of this process, as Linux counts it; nothing elsewhere.
public struct ProcessMemory {
  private let status, reset: Int32
  private var buffer = [UInt8](repeating: 0, count: 4096)

  /// `nil` where the system does not say.
  ///
  /// From now on, what is freed goes back to the system: a large block at once, whatever is left by ``settle()``. What is asked
  /// for next is then seen, and not hidden by what was there before.
  public init?() {
    #if os(Linux)
      status = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
      reset = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
      typealias Option = @convention(c) (Int32, Int32) -> Int32
      guard status >= 0, reset >= 0, let address = dlsym(nil, "mallopt") else { return nil }
      let option = unsafeBitCast(address, to: Option.self)
      // Blocks of a megabyte are mapped each by itself, and a megabyte that is free at the end goes back.
      for kind: Int32 in [-3, -1] { guard option(kind, 1 << 20) == 1 else { return nil } }
    #else
      return nil
    #endif
  }

  /// Gives what is free back to the system.
  public func settle() {
    typealias Trim = @convention(c) (Int) -> Int32
    guard let address = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(address, to: Trim.self)(0)
  }

  /// How many bytes more than before there are at most while something is done.
  public mutating func growth(of body: () throws -> Void) rethrows -> Int {
    settle()
    clear()
    let before = read().resident
    try body()
    return read().peak - before
  }

  /// Bytes.
  public struct Reading {
    /// In the machine's memory: now, and the most since ``clear()``.
    public let resident, peak: Int
    /// Addresses: the most ever.
    public let addresses: Int
  }

  /// Has the peak begin anew.
  public func clear() { _ = pwrite(reset, "5", 1, 0) }

  public mutating func read() -> Reading {
    let count = max(pread(status, &buffer, buffer.count, 0), 0)
    func number(after name: StaticString) -> Int {
      let name = Array(name.utf8)
      guard let start = buffer[..<count].firstRange(of: name)?.upperBound else { return 0 }
      return buffer[start..<count].drop { $0 == 32 || $0 == 9 }.prefix { (48...57).contains($0) }
        .reduce(0) { 10 * $0 + Int($1 - 48) } * 1024
    }
    return Reading(
      resident: number(after: "VmRSS:"), peak: number(after: "VmHWM:"), addresses: number(after: "VmPeak:"))
  }
}

extension StaticString {
  fileprivate var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
