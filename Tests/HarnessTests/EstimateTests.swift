import Testing

@testable import Harness

@Suite struct EstimateTests {
  @Test("Student's t gives the interval")
  func interval() {
    let estimate = Estimate([0.9, 0.92, 0.94])
    #expect(abs(estimate.mean - 0.92) < 1e-15)
    #expect(abs(estimate.halfWidth - 4.302652729749462 * 0.02 / 3.0.squareRoot()) < 1e-14)
    #expect(Estimate([1]).mean == 1 && Estimate([1]).halfWidth.isNaN && Estimate([]).mean.isNaN)
    #expect(Estimate([2, 2]).halfWidth == 0)
  }
}
