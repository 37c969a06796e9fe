/// A dense n-dimensional array of `Float` or `Double`, in row-major order: the last axis is contiguous.
///
/// It is a value: copies share memory until one of them is changed.
///
/// ```swift
/// let x = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
/// x.shape      // [2, 3]
/// x[1, 0]      // 4
/// ```
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extent of each axis, outermost first.
  public private(set) var shape: [Int]

  private var storage: Storage<Scalar>

  /// The number of scalars.
  public var count: Int { storage.count }

  /// The processor that the tensor lives on, and on which results made from it will.
  public var processor: Processor { storage.processor }

  /// A tensor in which every element is `value`.
  public init(repeating value: Scalar, shape: [Int], on processor: Processor = .serial) {
    self.init(shape: shape, on: processor) { $0.initialize(repeating: value, count: shape.reduce(1, *)) }
  }

  /// A tensor of `scalars` in row-major order.
  ///
  /// - Precondition: `scalars.count` is the product of `shape`.
  public init(_ scalars: [Scalar], shape: [Int], on processor: Processor = .serial) {
    require(
      scalars.count == shape.reduce(1, *), "\(scalars.count) scalars do not fill a tensor of shape \(shape).")
    self.init(shape: shape, on: processor) { pointer in
      scalars.withUnsafeBufferPointer { buffer in
        if let source = buffer.baseAddress { pointer.initialize(from: source, count: buffer.count) }
      }
    }
  }

  /// A tensor whose memory `initialize` fills.
  package init(shape: [Int], on processor: Processor, initialize: (UnsafeMutablePointer<Scalar>) -> Void) {
    require(shape.allSatisfy { $0 >= 0 }, "Extents must not be negative; the shape is \(shape).")
    self.shape = shape
    storage = Storage(count: shape.reduce(1, *), processor: processor)
    initialize(storage.pointer)
  }

  /// A tensor in the memory that `buffer` was written to.
  package init(_ buffer: SharedBuffer<Scalar>, shape: [Int]) {
    require(shape.reduce(1, *) == buffer.count, "\(buffer.count) elements do not fill a tensor of shape \(shape).")
    self.shape = shape
    storage = buffer.storage
  }

  /// The elements in row-major order.
  public var scalars: [Scalar] {
    withPointer { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The element at `indices`, one for each axis.
  public subscript(indices: Int...) -> Scalar {
    get {
      let offset = offset(of: indices)
      return withPointer { $0[offset] }
    }
    set {
      let offset = offset(of: indices)
      withMutablePointer { $0[offset] = newValue }
    }
  }

  /// The same elements, in the same order, under another shape.
  ///
  /// - Precondition: both shapes have the same number of elements.
  public func reshaped(to shape: [Int]) -> Tensor {
    require(shape.reduce(1, *) == count, "\(self.shape) cannot be reshaped to \(shape).")
    var result = self
    result.shape = shape
    return result
  }

  /// The elements converted to another scalar type, rounded to nearest.
  public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> Tensor<Other> {
    Tensor<Other>(scalars.map { Other($0) }, shape: shape, on: processor)
  }

  private func offset(of indices: [Int]) -> Int {
    require(
      indices.count == shape.count && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "Index \(indices) is outside of a tensor of shape \(shape).")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}

// MARK: - Memory, for kernels

extension Tensor {
  /// Calls `body` with the address of the first element.
  @inline(__always)
  package func withPointer<Result>(_ body: (UnsafePointer<Scalar>) -> Result) -> Result {
    withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer)) }
  }

  /// The address of the first element, for as long as the tensor is kept alive.
  var pointer: UnsafePointer<Scalar> { UnsafePointer(storage.pointer) }

  /// Calls `body` with the address of the first element, of memory that no other tensor shares.
  @inline(__always)
  package mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<Scalar>) -> Result
  ) -> Result {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    return withExtendedLifetime(storage) { body(storage.pointer) }
  }

  /// The memory of a tensor that is not needed any more, to be changed in place; a copy of it if it is shared.
  package consuming func intoBuffer() -> SharedBuffer<Scalar> {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    return SharedBuffer(storage)
  }
}

extension Optional {
  /// Calls `body` with the address of the first element, or with `nil` where there is no tensor.
  @inline(__always)
  package func withPointer<Scalar, Result>(
    _ body: (UnsafePointer<Scalar>?) -> Result
  ) -> Result where Wrapped == Tensor<Scalar> {
    guard let self else { return body(nil) }
    return self.withPointer { body($0) }
  }
}
