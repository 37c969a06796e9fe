/// A block of memory that returns to its processor when the last tensor that uses it is gone.
final class Storage<Scalar: TensorScalar>: @unchecked Sendable {
  let count: Int
  let processor: Processor
  let pointer: UnsafeMutablePointer<Scalar>

  /// Whole vectors, so that a kernel over all elements needs no special case at the end.
  private var capacity: Int { Scalar.vectors(for: count) * Scalar.Vector.scalarCount }

  init(count: Int, processor: Processor) {
    self.count = count
    self.processor = processor
    let capacity = Scalar.vectors(for: count) * Scalar.Vector.scalarCount
    pointer = processor.takeBlock(bytes: capacity * MemoryLayout<Scalar>.stride)
      .bindMemory(to: Scalar.self, capacity: capacity)
    // The lanes past the end are computed with but never read: they only need to be numbers.
    for index in count..<capacity { (pointer + index).initialize(to: 0) }
  }

  func copy() -> Storage {
    let copy = Storage(count: count, processor: processor)
    copy.pointer.initialize(from: pointer, count: count)
    return copy
  }

  deinit {
    processor.giveBack(UnsafeMutableRawPointer(pointer), bytes: capacity * MemoryLayout<Scalar>.stride)
  }
}
