/// Exponential, hyperbolic tangent and natural logarithm of a vector, the same bits on every machine.
///
/// Training must not depend on the version of the C library, so these are sums, products and fused
/// multiply-adds in a fixed order, with no table. In `Float` the errors over the whole range are below 1.1
/// units in the last place for `exponential`, 2.5 for `hyperbolicTangent` and 1 for `naturalLogarithm`; in
/// `Double`, below 3 (ElementaryTests).
extension TensorScalar {
  /// eˣ, with gradual underflow; +∞ above the largest finite result.
  @inline(__always)
  package static func exponential(_ x: Vector) -> Vector {
    // Outside these bounds the result is 0 or +∞ all the same. A NaN passes through `larger`, the second
    // operand.
    let range = Self(Self.greatestFiniteMagnitude.exponent + 1) * naturalLogarithmOfTwo.high
    let clamped = -larger(Vector(repeating: -range - 1), -larger(Vector(repeating: -range * 1.25), x))
    let (series, n) = reducedExponentialMinusOne(clamped)
    // Two factors reach the subnormal numbers, where one power of two would be out of range.
    let half = rounded(n * Vector(repeating: 0.5))
    return (series + Vector(repeating: 1)) * powerOfTwo(half) * powerOfTwo(n - half)
  }

  /// tanh x = sign(x) · e / (e + 2) with e = exp(2|x|) − 1, without cancellation near zero.
  @inline(__always)
  package static func hyperbolicTangent(_ x: Vector) -> Vector {
    let magnitude = larger(x, -x)
    let bound = Self(Self.significandBitCount + 2) * naturalLogarithmOfTwo.high
    let (series, n) = reducedExponentialMinusOne(-larger(Vector(repeating: -bound), -(magnitude + magnitude)))
    let power = powerOfTwo(n)
    let e = (power - Vector(repeating: 1)).addingProduct(power, series)
    let result = e / (e + Vector(repeating: 2))
    return select(-result, where: x, isLessThan: Vector(), otherwise: result)
  }

  /// 1 / (1 + e⁻ˣ).
  @inline(__always)
  package static func logistic(_ x: Vector) -> Vector {
    Vector(repeating: 1) / (exponential(-x) + Vector(repeating: 1))
  }

  /// ln x; −∞ at zero, NaN below it.
  @inline(__always)
  package static func naturalLogarithm(_ x: Vector) -> Vector {
    // Subnormal numbers are scaled into the normal range first.
    let smallest = Vector(repeating: leastNormalMagnitude)
    let digits = Self(significandBitCount + 1)
    let up = Vector(repeating: Self(sign: .plus, exponent: Self.Exponent(significandBitCount + 1), significand: 1))
    let normal = select(x * up, where: x, isLessThan: smallest, otherwise: x)
    let shift = select(Vector(repeating: digits), where: x, isLessThan: smallest, otherwise: Vector())
    let (m, exponent) = split(normal)
    let n = exponent - shift
    // ln m = 2 atanh s, s = (m − 1) / (m + 1), |s| ≤ 0.172; written as f − s·(f − 2·(tail)), which keeps f
    // exact.
    let f = m - Vector(repeating: 1)
    let s = f / (m + Vector(repeating: 1))
    let square = s * s
    var tail = Vector()
    var term = logarithmTerms
    while term >= 1 {
      tail = Vector(repeating: 2 / Self(2 * term + 1)).addingProduct(tail, square)
      term &-= 1
    }
    let halfSquare = f * f * Vector(repeating: 0.5)
    let low = (n * Vector(repeating: naturalLogarithmOfTwo.low)).addingProduct(
      s, halfSquare.addingProduct(tail, square))
    let result = (f - (halfSquare - low)).addingProduct(n, Vector(repeating: naturalLogarithmOfTwo.high))
    let infinite = Vector(repeating: infinity)
    let finite = select(result, where: x, isLessThan: infinite, otherwise: x)
    let nonNegative = select(Vector(repeating: nan), where: x, isLessThan: Vector(), otherwise: finite)
    return select(-infinite, where: x, equals: Vector(), otherwise: nonNegative)
  }

  /// The nearest integers, for magnitudes far below the rounding constant.
  @inline(__always)
  private static func rounded(_ x: Vector) -> Vector {
    (x + Vector(repeating: roundingConstant)) - Vector(repeating: roundingConstant)
  }

  /// Writes x = n ln 2 + r with |r| ≤ ½ ln 2 and returns eʳ − 1, by its Taylor series, and n.
  @inline(__always)
  private static func reducedExponentialMinusOne(_ x: Vector) -> (series: Vector, n: Vector) {
    let n = rounded(x * Vector(repeating: 1 / (naturalLogarithmOfTwo.high + naturalLogarithmOfTwo.low)))
    let r = x.addingProduct(n, Vector(repeating: -naturalLogarithmOfTwo.high))
      .addingProduct(n, Vector(repeating: -naturalLogarithmOfTwo.low))
    // Horner's rule for r + r²(1/2! + r/3! + …): each coefficient is the one before divided by its index.
    var factorial: Self = 1
    var k = 2
    while k <= exponentialTerms {
      factorial *= Self(k)
      k &+= 1
    }
    var q = Vector(repeating: 1 / factorial)
    k = exponentialTerms
    while k > 2 {
      factorial /= Self(k)
      q = Vector(repeating: 1 / factorial).addingProduct(q, r)
      k &-= 1
    }
    return (r.addingProduct(r * r, q), n)
  }
}
