#if arch(x86_64)
  import _Builtin_intrinsics.intel
#endif

/// Loads and stores of whole vectors, and of the first few lanes of one.
extension UnsafePointer where Pointee: TensorScalar {
  /// The vector that starts at `index`, aligned or not.
  @inline(__always)
  func vector(at index: Int) -> Pointee.Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Pointee.Vector.self)
  }

  /// The first `lanes` scalars at `index`, at most a vector, and `padding` for the rest.
  ///
  /// A whole vector is read in any case: there is one after the end of every tensor.
  @inline(__always)
  func vector(
    at index: Int, lanes: Int, padding: Pointee.Vector = Pointee.Vector()
  ) -> Pointee.Vector {
    let whole = vector(at: index)
    return lanes >= Pointee.Vector.scalarCount ? whole : Pointee.prefix(lanes, of: whole, padding: padding)
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
    Pointee.store(lanes, of: vector, to: self + index)
  }

  /// Stores the first `lanes` lanes, a whole vector of them past the caches if `streaming`.
  ///
  /// Memory that is written past the caches need not be read first and pushes nothing out of them. The vector must
  /// then be aligned to 32 bytes. Another thread sees it after any atomic read-modify-write of this one: the last
  /// thing that a ``ThreadPool`` does with a piece of work, as every lock does.
  @inline(__always)
  func store(_ vector: Pointee.Vector, at index: Int, lanes: Int, streaming: Bool) {
    #if arch(x86_64)
      if streaming && lanes >= Pointee.Vector.scalarCount {
        let halves = unsafeBitCast(vector, to: SIMD16<Float>.self)
        let target = UnsafeMutableRawPointer(self + index).assumingMemoryBound(to: Float.self)
        _mm256_stream_ps(target, halves.lowHalf)
        _mm256_stream_ps(target + 8, halves.highHalf)
        return
      }
    #endif
    store(vector, at: index, lanes: lanes)
  }
}

extension TensorScalar {
  /// Whether so many results, in rows that begin where vectors can be streamed to, go past the caches, which could not hold
  /// them until they are needed.
  static func areStreamed(_ count: Int, rowLength: Int) -> Bool {
    let stride = MemoryLayout<Self>.stride
    return count &* stride > largestCached && rowLength &* stride % 32 == 0
  }

  /// In bytes: a quarter of the third-level cache of a small server, in which the inputs stand, too.
  private static var largestCached: Int { 1 << 23 }

  /// How many vectors hold `count` scalars.
  @inline(__always)
  static func vectors(for count: Int) -> Int {
    (count + Vector.scalarCount - 1) / Vector.scalarCount
  }
}
