import Foundation

#if arch(x86_64)
  import _Builtin_intrinsics.intel
#endif

/// A number that tensors hold: `Float` or `Double`.
///
/// Kernels are written once, for any `TensorScalar`, in terms of its 64-byte ``Vector``. The vector
/// operations that the standard library does not turn into single instructions in generic code are
/// requirements here.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable, LosslessStringConvertible {
  /// 64 bytes of scalars: one AVX-512 register, two AVX2 or four NEON registers. Its length is part of
  /// the order in which sums are made, so it is the same on every machine.
  associatedtype Vector: SIMD where Vector.Scalar == Self

  /// `value` where `condition > 0`, zero elsewhere.
  static func gate(_ value: Vector, wherePositive condition: Vector) -> Vector

  /// The larger of each pair; the second where either is not a number.
  static func larger(_ a: Vector, _ b: Vector) -> Vector

  /// `value` where `a == b`, `otherwise` elsewhere.
  static func select(_ value: Vector, where a: Vector, equals b: Vector, otherwise: Vector) -> Vector

  /// `value` where `a < b`, `otherwise` elsewhere.
  static func select(_ value: Vector, where a: Vector, isLessThan b: Vector, otherwise: Vector) -> Vector

  /// The first `count` lanes of `vector`, and those of `padding` after them.
  static func prefix(_ count: Int, of vector: Vector, padding: Vector) -> Vector

  /// Stores the first `count` lanes, fewer than all.
  static func store(_ count: Int, of vector: Vector, to target: UnsafeMutablePointer<Self>)

  /// The sum of the lanes, made in pairs.
  static func sum(_ vector: Vector) -> Self

  /// The vector's lanes in double precision: the lower half, then the upper half.
  static func widened(_ vector: Vector) -> (SIMD8<Double>, SIMD8<Double>)

  /// 2ⁿ for integral `n` in the range of normal exponents.
  static func powerOfTwo(_ n: Vector) -> Vector

  /// Splits positive normal numbers into `m · 2ⁿ` with `m` in [√½, √2).
  static func split(_ x: Vector) -> (significand: Vector, exponent: Vector)

  /// Terms of the series in ``exponential(_:)`` and ``naturalLogarithm(_:)`` that reach this precision.
  static var exponentialTerms: Int { get }
  static var logarithmTerms: Int { get }

  /// ln 2 in two parts; the first has enough trailing zeros that its product with an exponent is exact.
  static var naturalLogarithmOfTwo: (high: Self, low: Self) { get }

  /// 1.5 times the power of two whose unit in the last place is 1: adding it rounds to an integer.
  static var roundingConstant: Self { get }
}

extension Float: TensorScalar {
  public typealias Vector = SIMD16<Float>
  public static var exponentialTerms: Int { 7 }
  public static var logarithmTerms: Int { 6 }
  public static var naturalLogarithmOfTwo: (high: Float, low: Float) { (0x1.62e4p-1, 0x1.7f7d1cp-20) }
  public static var roundingConstant: Float { 0x1.8p23 }

  @inline(__always)
  public static func gate(_ value: Vector, wherePositive condition: Vector) -> Vector {
    Vector().replacing(with: value, where: condition .> Vector())
  }

  @inline(__always)
  public static func larger(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: a .> b)
  }

  @inline(__always)
  public static func select(_ value: Vector, where a: Vector, equals b: Vector, otherwise: Vector) -> Vector {
    otherwise.replacing(with: value, where: a .== b)
  }

  @inline(__always)
  public static func select(
    _ value: Vector, where a: Vector, isLessThan b: Vector, otherwise: Vector
  ) -> Vector {
    otherwise.replacing(with: value, where: a .< b)
  }

  @inline(__always)
  public static func prefix(_ count: Int, of vector: Vector, padding: Vector) -> Vector {
    let lanes = Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return padding.replacing(with: vector, where: lanes .< Vector(repeating: Float(count)))
  }

  @inline(__always)
  public static func store(_ count: Int, of vector: Vector, to target: UnsafeMutablePointer<Float>) {
    let target = UnsafeMutableRawPointer(target)
    if count & 8 != 0 { target.storeBytes(of: vector.lowHalf, as: SIMD8<Float>.self) }
    let eight = count & 8 != 0 ? vector.highHalf : vector.lowHalf
    if count & 4 != 0 { target.storeBytes(of: eight.lowHalf, toByteOffset: 4 * (count & 8), as: SIMD4<Float>.self) }
    let four = count & 4 != 0 ? eight.highHalf : eight.lowHalf
    if count & 2 != 0 { target.storeBytes(of: four.lowHalf, toByteOffset: 4 * (count & 12), as: SIMD2<Float>.self) }
    let two = count & 2 != 0 ? four.highHalf : four.lowHalf
    if count & 1 != 0 { target.storeBytes(of: two.x, toByteOffset: 4 * (count & 14), as: Float.self) }
  }

  @inline(__always)
  public static func sum(_ vector: Vector) -> Float {
    let halves = unsafeBitCast(vector, to: (SIMD8<Float>, SIMD8<Float>).self)
    #if arch(x86_64)
      // The compiler would add halves of halves two lanes at a time.
      let quarters = unsafeBitCast(_mm256_add_ps(halves.0, halves.1), to: (SIMD4<Float>, SIMD4<Float>).self)
      let four = _mm_add_ps(quarters.0, quarters.1)
    #else
      let eight = halves.0 + halves.1
      let four = eight.lowHalf + eight.highHalf
    #endif
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  @inline(__always)
  public static func widened(_ vector: Vector) -> (SIMD8<Double>, SIMD8<Double>) {
    (SIMD8<Double>(vector.lowHalf), SIMD8<Double>(vector.highHalf))
  }

  @inline(__always)
  public static func powerOfTwo(_ n: Vector) -> Vector {
    // Adding the rounding constant leaves the integer in the low bits of the significand; shifted, it is the
    // exponent.
    let bits = unsafeBitCast(n + Vector(repeating: roundingConstant + 127), to: SIMD16<UInt32>.self)
    return unsafeBitCast(bits &<< SIMD16(repeating: 23), to: Vector.self)
  }

  @inline(__always)
  public static func split(_ x: Vector) -> (significand: Vector, exponent: Vector) {
    let rootHalf = SIMD16<UInt32>(repeating: 0x3F35_04F3)
    let one = SIMD16<UInt32>(repeating: 0x3F80_0000)
    let bits = unsafeBitCast(x, to: SIMD16<UInt32>.self) &+ (one &- rootHalf)
    let exponent = SIMD16<Int32>(truncatingIfNeeded: bits &>> SIMD16(repeating: 23)) &- SIMD16(repeating: 127)
    let significand = (bits & SIMD16(repeating: 0x007F_FFFF)) &+ rootHalf
    return (unsafeBitCast(significand, to: Vector.self), Vector(exponent))
  }
}

extension Double: TensorScalar {
  public typealias Vector = SIMD8<Double>
  public static var exponentialTerms: Int { 13 }
  public static var logarithmTerms: Int { 11 }
  public static var naturalLogarithmOfTwo: (high: Double, low: Double) {
    (0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45)
  }
  public static var roundingConstant: Double { 0x1.8p52 }

  @inline(__always)
  public static func gate(_ value: Vector, wherePositive condition: Vector) -> Vector {
    Vector().replacing(with: value, where: condition .> Vector())
  }

  @inline(__always)
  public static func larger(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: a .> b)
  }

  @inline(__always)
  public static func select(_ value: Vector, where a: Vector, equals b: Vector, otherwise: Vector) -> Vector {
    otherwise.replacing(with: value, where: a .== b)
  }

  @inline(__always)
  public static func select(
    _ value: Vector, where a: Vector, isLessThan b: Vector, otherwise: Vector
  ) -> Vector {
    otherwise.replacing(with: value, where: a .< b)
  }

  @inline(__always)
  public static func prefix(_ count: Int, of vector: Vector, padding: Vector) -> Vector {
    let lanes = Vector(0, 1, 2, 3, 4, 5, 6, 7)
    return padding.replacing(with: vector, where: lanes .< Vector(repeating: Double(count)))
  }

  @inline(__always)
  public static func store(_ count: Int, of vector: Vector, to target: UnsafeMutablePointer<Double>) {
    let target = UnsafeMutableRawPointer(target)
    if count & 4 != 0 { target.storeBytes(of: vector.lowHalf, as: SIMD4<Double>.self) }
    let four = count & 4 != 0 ? vector.highHalf : vector.lowHalf
    if count & 2 != 0 { target.storeBytes(of: four.lowHalf, toByteOffset: 8 * (count & 4), as: SIMD2<Double>.self) }
    let two = count & 2 != 0 ? four.highHalf : four.lowHalf
    if count & 1 != 0 { target.storeBytes(of: two.x, toByteOffset: 8 * (count & 6), as: Double.self) }
  }

  @inline(__always)
  public static func sum(_ vector: Vector) -> Double {
    let halves = unsafeBitCast(vector, to: (SIMD4<Double>, SIMD4<Double>).self)
    #if arch(x86_64)
      let four = _mm256_add_pd(halves.0, halves.1)
    #else
      let four = halves.0 + halves.1
    #endif
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  @inline(__always)
  public static func widened(_ vector: Vector) -> (SIMD8<Double>, SIMD8<Double>) {
    (vector, SIMD8<Double>())
  }

  @inline(__always)
  public static func powerOfTwo(_ n: Vector) -> Vector {
    let bits = unsafeBitCast(n + Vector(repeating: roundingConstant + 1023), to: SIMD8<UInt64>.self)
    return unsafeBitCast(bits &<< SIMD8(repeating: 52), to: Vector.self)
  }

  @inline(__always)
  public static func split(_ x: Vector) -> (significand: Vector, exponent: Vector) {
    let rootHalf = SIMD8<UInt64>(repeating: 0x3FE6_A09E_667F_3BCD)
    let one = SIMD8<UInt64>(repeating: 0x3FF0_0000_0000_0000)
    let bits = unsafeBitCast(x, to: SIMD8<UInt64>.self) &+ (one &- rootHalf)
    let exponent = SIMD8<Int64>(truncatingIfNeeded: bits &>> SIMD8(repeating: 52)) &- SIMD8(repeating: 1023)
    let significand = (bits & SIMD8(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ rootHalf
    return (unsafeBitCast(significand, to: Vector.self), Vector(exponent))
  }
}
