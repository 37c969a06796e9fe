import Foundation
import Harness
import Norms
import Testing

@testable import Claims

@Suite struct MeasureTests {
  @Test("The noise of a batch's mean and of its deviation falls with the root of its size, about")
  func noise() throws {
    let exponents = BatchNoise.exponents(of: try DataSource.digits.load(), seed: 3)
    #expect(abs(exponents.mean + 0.5) < 0.03 && abs(exponents.deviation + 0.5) < 0.1)
    #expect(exponents.mean != exponents.deviation)
  }

  @Test("A bias that the gradient does not see grows for ever, and one that it sees stays")
  func bias() {
    #expect(abs(UnseenBias.growth(seed: 1, isSeen: false) - 2) < 1e-6)
    #expect(abs(UnseenBias.growth(seed: 1, isSeen: true)) < 1e-12)
  }

  @Test("Scale and shift undo a normalizer up to what ε leaves", arguments: ["batch", "layer"])
  func identity(_ name: String) throws {
    let norm = try #require(Catalogue().normalizer(name))
    let exact = try AffineIdentity.error(of: norm, seed: 1, withEpsilon: true)
    let residue = try AffineIdentity.error(of: norm, seed: 1, withEpsilon: false)
    #expect(exact < 1e-5)
    // ε / 2σ² of the deviation, and the variance is 0.05² / 12.
    #expect(residue > 1e-3 && residue < 0.1)
  }

  @Test("Whitening gives uncorrelated features of variance 1, whatever is added to all of them")
  func whitening() throws {
    #expect(ZCAWhitening.change(byBias: 1000, seed: 1) < 1e-6)
    #expect(try ZCAWhitening.changeOfNormalized(byBias: 1000, seed: 1) < 1e-6)
    let exponent = ZCAWhitening.exponent(over: [16, 32, 64, 128], seed: 0)
    #expect(exponent > 2.5 && exponent < 3)
    #expect(abs(ZCAWhitening.exponentOfNormalizing(over: [16, 32, 64, 128], seed: 0) - 1) < 0.01)
    let output = ZCAWhitening.whitened(ZCAWhitening.values(4, seed: 2), features: 4).output
    for (a, b) in (0..<16).map({ ($0 / 4, $0 % 4) }) {
      let products = (0..<ZCAWhitening.samples).map { output[$0 * 4 + a] * output[$0 * 4 + b] }
      #expect(abs(products.reduce(0, +) / Double(products.count) - (a == b ? 1 : 0)) < 0.05)
    }
  }

  @Test("A slope is that of least squares")
  func slopes() {
    #expect(slope([(0, 1), (1, 3), (2, 5)]) == 2)
    #expect(abs(slope([(0, 0), (1, 1), (2, 0), (3, 1)]) - 0.2) < 1e-12)
    #expect(slope([(0, 1)]).isNaN)
  }
}
