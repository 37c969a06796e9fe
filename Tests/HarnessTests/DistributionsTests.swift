import Foundation
import Tensors
import Testing

@testable import Harness

@Suite struct DistributionsTests {
  /// By the incomplete beta function of mpmath 1.3 with 40 digits; SciPy 1.17.1 agrees in 12 but for the share next
  /// to ½.
  @Test(
    "Quantiles of Student's t are those of a library with 40 digits",
    arguments: [
      (0.975, 0.5, 164.55767348048823), (0.975, 1, 12.706204736174694), (0.975, 2, 4.302652729749462),
      (0.975, 2.5, 3.5746548420036817), (0.975, 4, 2.7764451051977934), (0.975, 399.4, 1.9659213058324332),
      (0.975, 99_999, 1.9599877077718444), (0.975, 1e6, 1.9599663568141066), (0.995, 3.7, 4.8692522532278275),
      (0.9995, 2, 31.599054576445365), (0.999999, 30, 5.871117120408623), (0.6, 5, 0.26718086570414507),
      (0.50001, 7, 2.5974602759676304e-05), (0.9, 0.05, 10_876_044_676_001.984), (0.3, 2, -0.6172133998483676),
      (0.025, 40, -2.0210753903062733), (1e-10, 3, -2225.7692846830932),
      (1e-300, 50_000, -37.30297819487886), (1e-300, 1e5, -37.174670665466216),
    ] as [(Double, Double, Double)])
  func student(share: Double, degreesOfFreedom: Double, expected: Double) {
    let found = StudentT.quantile(share, degreesOfFreedom: degreesOfFreedom)
    #expect(abs(found / expected - 1) < 1e-11, "\(found)")
  }

  @Test(
    "Quantiles of the normal distribution, as of Student's t with degrees of freedom without end",
    arguments: [
      (0.975, 1.9599639845400538), (0.995, 2.5758293035489004), (0.50001, 2.506628274882086e-05),
      (0.9999999, 5.199337582290661), (1e-300, -37.0470962993612), (0.3, -0.5244005127080408),
      (0.75, 0.6744897501960817),
    ] as [(Double, Double)])
  func normal(share: Double, expected: Double) {
    #expect(abs(Normal.quantile(share) / expected - 1) < 1e-11, "\(Normal.quantile(share))")
    #expect(StudentT.quantile(share, degreesOfFreedom: .infinity) == Normal.quantile(share))
    #expect(Normal.quantile(0.5) == 0 && StudentT.quantile(0.5, degreesOfFreedom: 3) == 0)
  }

  @Test("With one and two degrees of freedom the quantiles are elementary", arguments: [1e-200, 1e-9, 0.1, 0.26, 0.49])
  func elementary(tail: Double) {
    let one = StudentT.quantile(tail, degreesOfFreedom: 1)
    #expect(abs(one / (-1 / tan(Double.pi * tail)) - 1) < 1e-13, "\(one)")
    let two = StudentT.quantile(tail, degreesOfFreedom: 2)
    #expect(abs(two / ((2 * tail - 1) / (2 * tail * (1 - tail)).squareRoot()) - 1) < 1e-13, "\(two)")
  }

  @Test(
    "Where the expansion about the normal quantile begins, it goes on as before",
    arguments: [1e-300, 0.6, 0.975, 1 - 1e-12])
  func seam(share: Double) {
    let below = StudentT.quantile(share, degreesOfFreedom: 1e5.nextDown)
    #expect(abs(below / StudentT.quantile(share, degreesOfFreedom: 1e5) - 1) < 1e-11)
  }

  @Test(
    "The least count above chance is that of a table of the binomial distribution",
    arguments: [
      (0.1, 360, 0.99, 51), (0.1, 360, 0.999, 56), (0.1, 10_000, 0.99, 1071), (0.1, 10_000, 0.999, 1095),
      (0.01, 10_000, 0.99, 125), (0.5, 8, 0.99, 8), (0.5, 5, 0.99, 6), (0.1, 1, 0.99, 2), (0.9, 50, 0.9, 49),
    ] as [(Double, Int, Double, Int)])
  func binomial(chance: Double, trials: Int, level: Double, expected: Int) {
    #expect(Binomial.leastCountAbove(chance: chance, trials: trials, level: level) == expected)
  }

  @Test("A probability of exactly 1 − level is small enough")
  func binomialEdge() {
    #expect(Binomial.leastCountAbove(chance: 0.5, trials: 1, level: 0.5) == 1)
    #expect(Binomial.leastCountAbove(chance: 0.5, trials: 3, level: 0.875) == 3)
    #expect(Binomial.leastCountAbove(chance: 0.1, trials: 360) == 51)
  }
}
