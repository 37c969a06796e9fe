/// A block of memory that returns to its processor when the last tensor that uses it is gone.
final class Storage<Scalar: TensorScalar>: @unchecked Sendable {
  let count: Int
  let processor: Processor
  let pointer: UnsafeMutablePointer<Scalar>

  /// Whole cache lines, which vectors are as long as, and one more: a kernel may compute with lanes past the end and
  /// read a vector that begins with the last scalar.
  private let bytes: Int

  init(count: Int, processor: Processor) {
    self.count = count
    self.processor = processor
    let used = count * MemoryLayout<Scalar>.stride
    bytes = (used + 63) / 64 * 64 + 64
    let block = processor.takeBlock(bytes: bytes)
    pointer = block.bindMemory(to: Scalar.self, capacity: bytes / MemoryLayout<Scalar>.stride)
    // Nothing depends on the lanes past the end: they only need to be numbers.
    (block + used).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - used)
  }

  func copy() -> Storage {
    let copy = Storage(count: count, processor: processor)
    copy.pointer.initialize(from: pointer, count: count)
    return copy
  }

  deinit {
    processor.giveBack(UnsafeMutableRawPointer(pointer), bytes: bytes)
  }
}
