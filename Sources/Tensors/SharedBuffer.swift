/// Numbers that the pieces of one computation write side by side, each to elements of its own.
///
/// Unlike a tensor it is a reference: statistics and coefficients are filled in by several threads and then
/// read by all. A tensor can take over its memory when the computation is done.
package final class SharedBuffer<Scalar: TensorScalar>: @unchecked Sendable {
  let storage: Storage<Scalar>
  var pointer: UnsafeMutablePointer<Scalar> { storage.pointer }

  package var count: Int { storage.count }

  init(_ storage: Storage<Scalar>) {
    self.storage = storage
  }

  /// A buffer of `count` elements whose values are not determined until they are written.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package convenience init(uninitialized count: Int, on processor: Processor) {
    self.init(Storage(count: count, processor: processor))
  }

  /// A buffer of `count` zeros.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package convenience init(count: Int, on processor: Processor) {
    self.init(uninitialized: count, on: processor)
    // Zero is zero bits, and bytes are set at the speed of memory in code that is not specialized, too.
    UnsafeMutableRawPointer(pointer).initializeMemory(
      as: UInt8.self, repeating: 0, count: count * MemoryLayout<Scalar>.stride)
  }

  /// A buffer with a copy of the elements of `tensor`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package convenience init(_ tensor: Tensor<Scalar>) {
    self.init(uninitialized: tensor.count, on: tensor.processor)
    tensor.withPointer { pointer.initialize(from: $0, count: count) }
  }

  /// A buffer of `count` elements that ends with those of `tensor`; the others are not determined.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package convenience init(endingWith tensor: Tensor<Scalar>, count: Int) {
    require(count >= tensor.count, "\(tensor.count) elements do not fit in \(count).")
    self.init(uninitialized: count, on: tensor.processor)
    tensor.withPointer { (pointer + count - tensor.count).initialize(from: $0, count: tensor.count) }
  }

  @inline(__always)
  package subscript(index: Int) -> Scalar {
    get {
      assert(index >= 0 && index < count, "Index \(index) is outside of a buffer of \(count).")
      return pointer[index]
    }
    set {
      assert(index >= 0 && index < count, "Index \(index) is outside of a buffer of \(count).")
      pointer[index] = newValue
    }
  }
}
