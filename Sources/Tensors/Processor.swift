import Synchronization

/// The threads that tensors are computed on, and the memory they live in.
///
/// A tensor knows the processor that it was made on, and results are made on the processor of their operands.
/// Work is cut into pieces that depend on its size alone, and sums are made piece by piece in a fixed order:
/// the number of threads changes the time that a computation takes and nothing else.
public final class Processor: Sendable {
  /// The number of threads that can share the pieces of a computation.
  public let threads: Int

  /// The number of threads that do.
  private let share: Atomic<Int>

  /// One thread; where tensors live that are made without naming a processor.
  public static let serial = Processor(threads: 1)

  /// The threads, if there are more than the caller's own.
  private let pool: ThreadPool?
  private let memory = Lock(Memory())

  /// Blocks that are free, by the class of their size, and what was asked of the system so far.
  private struct Memory {
    var free: [[Block]] = Array(repeating: [], count: SizeClass.count)
    var blocks = 0
    var bytes = 0
  }

  /// - Precondition: `threads` is from 1 to 4096, more than any machine has.
  public init(threads: Int) {
    require((1...4096).contains(threads), "A processor has 1 to 4096 threads; \(threads) were asked for.")
    self.threads = threads
    share = Atomic(threads)
    pool = threads > 1 ? ThreadPool(threads: threads) : nil
  }

  /// Lets no more than this many threads share a computation from now on, one at least; any thread may say so.
  ///
  /// It leaves the cores to other processors and changes no results.
  public func limit(toThreads count: Int) {
    share.store(min(max(count, 1), threads), ordering: .relaxed)
  }

  /// The number of threads that share a computation at present.
  package var threadsInUse: Int { share.load(ordering: .relaxed) }

  /// The memory that was asked of the system so far, none of it given back before the end.
  package var allocated: (blocks: Int, bytes: Int) { memory.withLock { ($0.blocks, $0.bytes) } }

  /// Runs `body` once for each piece in `0..<pieces`, on all threads, and returns when every piece is done.
  ///
  /// Pieces must write to disjoint memory.
  package func run(pieces: Int, _ body: (Int) -> Void) {
    if pieces > 1, let pool {
      let share = share.load(ordering: .relaxed)
      if share > 1, pool.run(pieces: pieces, on: share, body) { return }
    }
    for piece in 0..<max(pieces, 0) { body(piece) }
  }

  /// Runs `body` on consecutive ranges that cover `0..<count`, each of `size` indices but for the last.
  ///
  /// `operations` says how much arithmetic there is in all. Work too small to be worth a second thread stays
  /// on this one.
  package func run(over count: Int, inPiecesOf size: Int, operations: Int, _ body: (Range<Int>) -> Void) {
    let pieces = (count + size - 1) / size
    guard operations >= Self.smallestSharedWork, pool != nil, pieces > 1 else {
      if count > 0 { body(0..<count) }
      return
    }
    run(pieces: pieces) { body($0 * size..<min(($0 + 1) * size, count)) }
  }

  /// The results of `body` for each piece in `0..<pieces`, in order.
  package func map<Result>(pieces: Int, operations: Int, _ body: (Int) -> Result) -> [Result] {
    Array(unsafeUninitializedCapacity: pieces) { results, count in
      run(over: pieces, inPiecesOf: 1, operations: operations) { some in
        for piece in some { results.initializeElement(at: piece, to: body(piece)) }
      }
      count = pieces
    }
  }

  /// Handing a piece to another thread costs a few microseconds: as much as this many multiply-adds.
  private static let smallestSharedWork = 1 << 17

  /// A block that starts on a cache line.
  ///
  /// Blocks are reused: the system would take large ones back and
  /// hand them out as page faults, one for every 4 KiB, in every training step.
  func takeBlock(bytes: Int) -> UnsafeMutableRawPointer {
    let size = SizeClass(for: bytes)
    let reused: Block? = memory.withLock { memory in
      if let block = memory.free[size.index].popLast() { return block }
      memory.blocks += 1
      memory.bytes += size.bytes
      return nil
    }
    let address = reused?.address ?? UnsafeMutableRawPointer.allocate(byteCount: size.bytes, alignment: 64)
    AddressSanitizer.allow(bytes, of: address, bytes: size.bytes)
    return address
  }

  func giveBack(_ address: UnsafeMutableRawPointer, bytes: Int) {
    let (block, size) = (Block(address: address), SizeClass(for: bytes))
    AddressSanitizer.allow(0, of: address, bytes: size.bytes)
    memory.withLock { $0.free[size.index].append(block) }
  }

  deinit {
    pool?.shutDown()
    memory.withLock { memory in
      for block in memory.free.joined() { block.address.deallocate() }
    }
  }

  /// The size of a block, rounded up to an eighth of a power of two, so that nearly equal blocks replace each other.
  private struct SizeClass {
    let bytes: Int
    let index: Int

    /// As many as an `Int` can tell apart.
    static let count = 8 * (Int.bitWidth - 8)

    init(for bytes: Int) {
      // Below 1 KiB an eighth is a cache line.
      let exponent = max(Int.bitWidth - 1 - bytes.leadingZeroBitCount, 9)
      let eighth = 1 << (exponent - 3)
      let eighths = (bytes + eighth - 1) / eighth
      self.bytes = eighths * eighth
      index = 8 * (exponent - 9) + eighths
    }
  }

  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
  }
}
