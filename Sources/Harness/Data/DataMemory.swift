import Tensors

/// The memory that there is for data: those that are larger are refused before they are read, and not until the system ends the program.
struct DataMemory: Sendable {
  /// The bytes that the program may still take; `nil` if nobody knows.
  var available: @Sendable () -> Int? = { Processor.memoryWithSwap }

  /// The system is not asked for less.
  static let smallest = 1 << 20

  /// Makes sure that what is about to be read fits.
  ///
  /// - Parameters:
  ///   - needed: the bytes of memory that it takes at least; what takes more is not known.
  ///   - file: what it is read from.
  /// - Throws: `HarnessError.outOfMemory` if there is less.
  func check(_ needed: Int, for file: String) throws {
    guard needed >= Self.smallest, let available = available(), needed > available else { return }
    throw HarnessError.outOfMemory(
      "\(file) takes at least \(needed >> 20) MiB of memory, and \(available >> 20) MiB are free. All of it is read, also with "
        + "--train-limit: free memory, raise the limit of the job or container, or store fewer samples or smaller numbers."
    )
  }
}
