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
    let count = Self.count(of: shape)
    self.init(shape: shape, on: processor) { $0.initialize(repeating: value, count: count) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int], on processor: Processor = .serial) -> Tensor {
    Tensor(repeating: 0, shape: shape, on: processor)
  }

  /// A tensor of `scalars` in row-major order.
  ///
  /// - Precondition: `scalars.count` is the product of `shape`.
  public init(_ scalars: [Scalar], shape: [Int], on processor: Processor = .serial) {
    require(
      scalars.count == Self.count(of: shape), "\(scalars.count) scalars do not fill a tensor of shape \(shape).")
    self.init(shape: shape, on: processor) { pointer in
      scalars.withUnsafeBufferPointer { buffer in
        if let source = buffer.baseAddress { pointer.initialize(from: source, count: buffer.count) }
      }
    }
  }

  /// A tensor whose memory `initialize` fills.
  package init(shape: [Int], on processor: Processor, initialize: (UnsafeMutablePointer<Scalar>) -> Void) {
    self.shape = shape
    storage = Storage(count: Self.count(of: shape), processor: processor)
    initialize(storage.pointer)
  }

  /// A tensor in the memory that `buffer` was written to.
  package init(_ buffer: SharedBuffer<Scalar>, shape: [Int]) {
    require(Self.count(of: shape) == buffer.count, "\(buffer.count) elements do not fill a tensor of shape \(shape).")
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
    require(
      Self.count(of: shape) == count, "A tensor of shape \(self.shape) cannot be reshaped to \(shape).")
    var result = self
    result.shape = shape
    return result
  }

  /// The elements converted to another scalar type, rounded to nearest.
  public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> Tensor<Other> {
    Tensor<Other>(scalars.map { Other($0) }, shape: shape, on: processor)
  }

  /// The same elements on another processor; the tensor itself if it lives there.
  public func copied(to processor: Processor) -> Tensor {
    processor === self.processor
      ? self
      : Tensor(shape: shape, on: processor) { target in withPointer { target.initialize(from: $0, count: count) } }
  }

  /// Calls `body` with the elements in row-major order, in memory that is valid during the call.
  public func withUnsafeBufferPointer<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: storage.pointer, count: count))
  }

  /// Calls `body` with the elements in row-major order, to be changed in place during the call.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    return try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
  }

  /// The elements that a shape has room for.
  ///
  /// - Precondition: no extent is negative, and the elements are few enough to have addresses.
  static func count(of shape: [Int]) -> Int {
    var (count, isTooLarge) = (1, false)
    for extent in shape where extent != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      (count, isTooLarge) = (product, isTooLarge || overflow)
    }
    require(shape.allSatisfy { $0 >= 0 }, "Extents are 0 or more; the shape is \(shape).")
    require(
      !isTooLarge && count <= largestCount,
      "A tensor of shape \(shape) is too large for the memory of any machine: \(largestCount) elements are the most.")
    return shape.contains(0) ? 0 : count
  }

  /// 2⁴⁰: a terabyte and more.
  static var largestCount: Int { 1 << 40 }

  private func offset(of indices: [Int]) -> Int {
    require(
      indices.count == shape.count && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "Index \(indices) is outside of a tensor of shape \(shape).")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}

extension Tensor: Equatable {
  /// Whether shapes and elements are equal, those as numbers: 0 equals −0, and NaN nothing.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.withPointer { x in b.withPointer { y in (0..<a.count).allSatisfy { x[$0] == y[$0] } } }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements: `Tensor<Float>[2, 3](1.0, 2.0, 3.0, …)`.
  public var description: String {
    let most = 8
    let first = withPointer { pointer in (0..<min(count, most)).map { pointer[$0].description } }
    return "Tensor<\(Scalar.self)>\(shape)(\((first + (count > most ? ["…"] : [])).joined(separator: ", ")))"
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
