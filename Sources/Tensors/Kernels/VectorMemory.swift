/// Loads and stores of whole vectors, and of the first few lanes of one.
extension UnsafePointer where Pointee: TensorScalar {
  /// The vector that starts at `index`, aligned or not.
  @inline(__always)
  func vector(at index: Int) -> Pointee.Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Pointee.Vector.self)
  }

  /// The first `lanes` scalars at `index`, at most a vector, and `padding` for the rest.
  @inline(__always)
  func vector(
    at index: Int, lanes: Int, padding: Pointee.Vector = Pointee.Vector()
  ) -> Pointee.Vector {
    if lanes >= Pointee.Vector.scalarCount { return vector(at: index) }
    var vector = padding
    for lane in 0..<lanes { vector[lane] = self[index + lane] }
    return vector
  }
}

extension UnsafeMutablePointer where Pointee: TensorScalar {
  @inline(__always)
  func vector(at index: Int) -> Pointee.Vector {
    UnsafePointer(self).vector(at: index)
  }

  @inline(__always)
  func vector(at index: Int, lanes: Int) -> Pointee.Vector {
    UnsafePointer(self).vector(at: index, lanes: lanes)
  }

  @inline(__always)
  func store(_ vector: Pointee.Vector, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: vector, as: Pointee.Vector.self)
  }

  /// Stores the first `lanes` lanes; at most a vector.
  @inline(__always)
  func store(_ vector: Pointee.Vector, at index: Int, lanes: Int) {
    if lanes >= Pointee.Vector.scalarCount { return store(vector, at: index) }
    for lane in 0..<lanes { self[index + lane] = vector[lane] }
  }
}

extension TensorScalar {
  /// How many vectors hold `count` scalars.
  @inline(__always)
  static func vectors(for count: Int) -> Int {
    (count + Vector.scalarCount - 1) / Vector.scalarCount
  }
}
