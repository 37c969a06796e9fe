#if arch(x86_64)
  import _Builtin_intrinsics.intel
#endif

/// A run of the elements of a ``SharedBuffer``.
///
/// What belongs together lives in one buffer: small inputs would notice a block of memory for each.
package struct SharedSlice<Scalar: TensorScalar>: @unchecked Sendable {
  private let owner: SharedBuffer<Scalar>
  let pointer: UnsafeMutablePointer<Scalar>
  package let count: Int

  /// The `index`-th run of `count` elements of `buffer`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ index: Int, of buffer: SharedBuffer<Scalar>, count: Int) {
    require(
      index >= 0 && count >= 0 && (index + 1) * count <= buffer.count,
      "Slice \(index) of \(count) elements is outside of a buffer of \(buffer.count).")
    owner = buffer
    pointer = buffer.pointer + index * count
    self.count = count
  }

  @inline(__always)
  package subscript(index: Int) -> Scalar {
    get {
      assert(index >= 0 && index < count, "Index \(index) is outside of a slice of \(count).")
      return pointer[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count, "Index \(index) is outside of a slice of \(count).")
      pointer[index] = newValue
    }
  }

  /// The elements.
  package var scalars: [Scalar] {
    withExtendedLifetime(owner) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  }
}

extension SharedSlice<Double> {
  /// Sets the elements in `range` to 1 / √(v + `epsilon`) of those of another slice, four at a time where the machine can.
  ///
  /// The standard library's root asks of each number whether it is negative. The results are the same bits.
  package func setInverseRoots(of other: SharedSlice<Double>, plus epsilon: Double, in range: Range<Int>) {
    let (target, source) = (pointer, UnsafePointer(other.pointer))
    var index = range.lowerBound
    #if arch(x86_64)
      while index &+ 4 <= range.upperBound {
        let values = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD4<Double>.self)
        let roots = _mm256_sqrt_pd(values + SIMD4(repeating: epsilon))
        UnsafeMutableRawPointer(target + index).storeBytes(of: SIMD4(repeating: 1) / roots, as: SIMD4<Double>.self)
        index &+= 4
      }
    #endif
    while index < range.upperBound {
      target[index] = 1 / (source[index] + epsilon).squareRoot()
      index &+= 1
    }
  }
}

extension Tensor {
  /// Adds sums, rounded to the scalar type first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func add(rounding sums: SharedSlice<Double>) {
    require(sums.count == count, "\(sums.count) sums cannot be added to \(count) elements.")
    withMutablePointer { target in
      for index in 0..<sums.count { target[index] += Scalar(sums[index]) }
    }
  }
}
