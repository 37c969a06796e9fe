import Foundation

/// The regularized incomplete beta function `Iₓ(a, b)`, the share of a beta distribution below `x`.
enum IncompleteBeta {
  /// The continued fraction `h` in `Iₓ(a, b) = xᵃ (1 − x)ᵇ / (a B(a, b)) · h`.
  ///
  /// It converges fast below the distribution's mean; above it, take `1 − I₁₋ₓ(b, a)`. Abramowitz & Stegun, 26.5.8,
  /// evaluated by Lentz's method as modified by Thompson & Barnett (1986).
  ///
  /// - Precondition: `a` and `b` are positive, and `x` is in 0 ..< 1.
  static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func awayFromZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var numerator = 1.0
    var denominator = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
    var result = denominator
    // About √max(a, b) pairs of terms are needed.
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      var change = 1.0
      for term in [even, odd] {
        denominator = 1 / awayFromZero(1 + term * denominator)
        numerator = awayFromZero(1 + term / numerator)
        change = numerator * denominator
        result *= change
      }
      if abs(change - 1) < 1e-15 { break }
    }
    return result
  }

  /// The logarithm of `1 / B(½, a)`, without the cancellation of two large logarithms of Γ.
  ///
  /// `Γ(a + ½) / Γ(a)` by its asymptotic series (Tricomi & Erdélyi, 1951), after steps of `Γ(a + 1) = a Γ(a)` to
  /// where the series is exact.
  static func logarithmOfInverseBeta(half a: Double) -> Double {
    var a = a
    var steps = 1.0
    while a < 32 {
      steps *= a / (a + 0.5)
      a += 1
    }
    let series: [(Double, Double)] = [
      (-1, 8), (1, 128), (5, 1024), (-21, 32_768), (-399, 262_144), (869, 4_194_304),
    ]
    var sum = 0.0
    for (numerator, denominator) in series.reversed() { sum = (sum + numerator / denominator) / a }
    return log(steps * a.squareRoot() * (1 + sum) / Double.pi.squareRoot())
  }
}
