import Foundation
import Tensors

/// The normal distribution with mean 0 and variance 1.
package enum Normal {
  /// The number below which lies the share `p`.
  ///
  /// - Precondition: `p` is between 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    Quantile.ofSymmetric(p, tail: tail, centre: centre)
  }

  /// From above, as `P(X > t) ≤ ½ exp(−t²/2)`.
  private static func tail(_ share: Double) -> Double {
    let start = (-2 * log(2 * share)).squareRoot()
    return Quantile.root(of: log(share), from: log(start)) { logarithm in
      let t = exp(logarithm)
      let value = erfc(t / 2.squareRoot()) / 2
      return (log(value), -t * density(t) / value)
    }
  }

  /// From below, as `P(0 < X < t) ≤ t f(0)`.
  private static func centre(_ share: Double) -> Double {
    Quantile.root(of: log(share), from: log(share / density(0))) { logarithm in
      let t = exp(logarithm)
      let value = erf(t / 2.squareRoot()) / 2
      return (log(value), t * density(t) / value)
    }
  }

  private static func density(_ t: Double) -> Double {
    exp(-t * t / 2) / (2 * Double.pi).squareRoot()
  }
}

/// Student's t distribution.
///
/// `P(T > t) = ½ Iₓ(ν/2, ½)` with `x = ν / (ν + t²)`, and `P(0 < T < t) = ½ I₁₋ₓ(½, ν/2)`. Both are `t f(t)`, with
/// the density `f`, times a continued fraction. Abramowitz & Stegun, 26.7.
package enum StudentT {
  /// The number below which lies the share `p`, for any positive number of degrees of freedom, infinity included.
  ///
  /// - Precondition: `p` is between 0 and 1, and the degrees of freedom are positive.
  package static func quantile(_ p: Double, degreesOfFreedom n: Double) -> Double {
    require(n > 0, "Student's t has more than 0 degrees of freedom, and not \(n).")
    if n >= 1e5 { return nearNormal(Normal.quantile(p), degreesOfFreedom: n) }
    let distribution = Distribution(degreesOfFreedom: n)
    return Quantile.ofSymmetric(p, tail: distribution.tail, centre: distribution.centre)
  }

  /// The Cornish–Fisher expansion about the normal quantile `z` (Abramowitz & Stegun, 26.7.5).
  private static func nearNormal(_ z: Double, degreesOfFreedom n: Double) -> Double {
    let square = z * z
    func polynomial(_ coefficients: Double...) -> Double {
      coefficients.reduce(0) { $0 * square + $1 }
    }
    let terms = [
      polynomial(1, 1) / 4,
      polynomial(5, 16, 3) / 96,
      polynomial(3, 19, 17, -15) / 384,
      polynomial(79, 776, 1482, -1920, -945) / 92_160,
    ]
    return z + z * terms.reversed().reduce(0) { ($0 + $1) / n }
  }

  /// In the logarithm `u` of t, as few degrees of freedom have quantiles beyond the square root of any number.
  private struct Distribution {
    let n: Double
    let logarithmOfInverseBeta: Double

    init(degreesOfFreedom: Double) {
      n = degreesOfFreedom
      logarithmOfInverseBeta = IncompleteBeta.logarithmOfInverseBeta(half: n / 2)
    }

    func tail(_ share: Double) -> Double {
      // Close to the normal quantile, or left of it.
      let start = log(-2 * log(2 * share)) / 2
      return Quantile.root(of: log(share), from: start) { u in
        let place = Place(u, degreesOfFreedom: n)
        let mass = logarithmOfMass(place)
        guard place.x > (n / 2 + 1) / (n / 2 + 2.5) else {
          let fraction = IncompleteBeta.fraction(place.x, n / 2, 0.5) / n
          return (mass + log(fraction), -1 / fraction)
        }
        let value = 0.5 - exp(mass) * IncompleteBeta.fraction(place.y, 0.5, n / 2)
        return (log(value), -exp(mass) / value)
      }
    }

    func centre(_ share: Double) -> Double {
      // P(0 < T < t) ≤ t f(0), and f(0) = 1 / (√ν B(½, ν/2)).
      let start = log(share) + log(n) / 2 - logarithmOfInverseBeta
      return Quantile.root(of: log(share), from: start) { u in
        let place = Place(u, degreesOfFreedom: n)
        let mass = logarithmOfMass(place)
        guard place.y > 1.5 / (n / 2 + 2.5) else {
          let fraction = IncompleteBeta.fraction(place.y, 0.5, n / 2)
          return (mass + log(fraction), 1 / fraction)
        }
        let value = 0.5 - exp(mass) * IncompleteBeta.fraction(place.x, n / 2, 0.5) / n
        return (log(value), exp(mass) / value)
      }
    }

    /// The logarithm of `t f(t) = x^(ν/2) (1 − x)^½ / B(½, ν/2)`.
    private func logarithmOfMass(_ place: Place) -> Double {
      logarithmOfInverseBeta - n / 2 * place.minusLogarithmOfX - place.minusLogarithmOfY / 2
    }
  }

  /// `x = ν / (ν + t²)` and `y = 1 − x`, with their logarithms.
  private struct Place {
    let x: Double
    let y: Double
    let minusLogarithmOfX: Double
    let minusLogarithmOfY: Double

    init(_ logarithm: Double, degreesOfFreedom: Double) {
      let odds = 2 * logarithm - log(degreesOfFreedom)
      x = 1 / (1 + exp(odds))
      y = 1 / (1 + exp(-odds))
      let rest = log1p(exp(-abs(odds)))
      minusLogarithmOfX = max(odds, 0) + rest
      minusLogarithmOfY = max(-odds, 0) + rest
    }
  }
}

/// The binomial distribution: how often something with a chance happens in a number of trials.
package enum Binomial {
  /// The least count that chance alone reaches or exceeds with probability `1 − level` at most.
  ///
  /// The least `c` with `P(Bin(n, p) ≥ c) ≤ 1 − level`: who guesses among ten classes has 51 of 360 images right, or
  /// more, in less than 1 % of cases. It is `trials + 1` where even that all succeed shows nothing.
  ///
  /// - Precondition: `p` is above 0 and at most 1, `level` is between 0 and 1, and there is a trial at least.
  package static func leastCountAbove(chance p: Double, trials n: Int, level: Double = 0.99) -> Int {
    require(p > 0 && p <= 1, "A chance is above 0 and at most 1, and not \(p).")
    require(n > 0, "There must be a trial, and not \(n).")
    require(level > 0 && level < 1, "A level is between 0 and 1, and not \(level).")
    // Probabilities relative to that of the mode, so that none that matters is too small for a number.
    let mode = min(Int(Double(n + 1) * p), n)
    let odds = p / (1 - p)
    var weights = [Double](repeating: 1, count: n + 1)
    for count in stride(from: mode + 1, through: n, by: 1) {
      weights[count] = weights[count - 1] * Double(n - count + 1) / Double(count) * odds
    }
    for count in stride(from: mode - 1, through: 0, by: -1) {
      weights[count] = weights[count + 1] * Double(count + 1) / Double(n - count) / odds
    }
    let limit = (1 - level) * weights.reduce(0, +)
    var above = 0.0
    var least = n + 1
    while least > 0, above + weights[least - 1] <= limit {
      least -= 1
      above += weights[least]
    }
    return least
  }
}

/// What the quantiles of distributions that are symmetric about 0 have in common.
private enum Quantile {
  /// The quantile from that of a tail, `P(X > t) = share`, and of the centre, `P(0 < X < t) = share`.
  ///
  /// Each is used where its share is the smaller, so that no digits are lost.
  static func ofSymmetric(_ p: Double, tail: (Double) -> Double, centre: (Double) -> Double) -> Double {
    require(p > 0 && p < 1, "A quantile is of a share between 0 and 1, and not of \(p).")
    let distance = abs(p - 0.5)
    guard distance > 0 else { return 0 }
    let magnitude = distance > 0.25 ? tail(max(min(p, 1 - p), .leastNormalMagnitude)) : centre(distance)
    return p < 0.5 ? -magnitude : magnitude
  }

  /// The number whose logarithm `u` has `function(u) = value`, by Newton's method.
  ///
  /// The functions are logarithms of probabilities in the logarithm of a quantile. They are concave, so that Newton's
  /// method comes to the root from one side, and nearly straight, so that it comes there soon.
  static func root(
    of value: Double, from start: Double, _ function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var u = start
    for _ in 0..<100 {
      let (found, slope) = function(u)
      let step = (value - found) / slope
      u += step
      if abs(step) <= 2 * u.ulp || abs(step) < 1e-15 { break }
    }
    return exp(u)
  }
}
