import Testing

@testable import Claims

@Suite struct RuleTests {
  @Test("A verdict follows from the interval and δ")
  func verdicts() {
    func verdict(_ rule: Rule, _ low: Double, _ high: Double, _ bounds: Set<Reading.Bound> = [.exact]) -> Verdict {
      rule.verdict(low: low, high: high, bounds: bounds, form: .difference)
    }
    #expect(verdict(.more(than: 0.1), 0.1, 0.3) == .supported)
    #expect(verdict(.more(than: 0.1), 0.09, 0.3) == .inconclusive)
    #expect(verdict(.more(than: 0.1), 0.01, 0.09) == .contradicted)
    #expect(verdict(.equal(within: 0.1), -0.09, 0.09) == .supported)
    #expect(verdict(.equal(within: 0.1), -0.11, 0.09) == .inconclusive)
    #expect(verdict(.equal(within: 0.1), 0.1, 0.2) == .contradicted)
    #expect(verdict(.equal(within: 0.1), -0.2, -0.1) == .contradicted)
    #expect(verdict(.more(than: 0.1), .nan, .nan) == .inconclusive)
    // A bound supports or contradicts in its own direction alone.
    #expect(verdict(.more(than: 0.1), 0.2, 0.3, [.atLeast, .exact]) == .supported)
    #expect(verdict(.more(than: 0.1), 0.0, 0.05, [.atLeast]) == .inconclusive)
    #expect(verdict(.more(than: 0.1), 0.2, 0.3, [.atMost]) == .inconclusive)
    #expect(verdict(.more(than: 0.1), 0.0, 0.05, [.atMost]) == .contradicted)
    #expect(verdict(.equal(within: 0.1), -0.05, 0.05, [.atLeast]) == .inconclusive)
    #expect(verdict(.equal(within: 0.1), 0.2, 0.3, [.atLeast]) == .contradicted)
    #expect(verdict(.equal(within: 0.1), 0.2, 0.3, [.atMost]) == .inconclusive)
    #expect(verdict(.more(than: 0.1), 0.2, 0.3, [.unknown]) == .inconclusive)
    #expect(verdict(.shown, 0.2, 0.3) == .measured)
  }

  @Test("Of a ratio, δ is a factor")
  func ratio() {
    let rule = Rule.more(than: 2)
    #expect(rule.verdict(low: 1, high: 3, bounds: [.exact], form: .ratio) == .supported)
    #expect(rule.verdict(low: 0.9, high: 3, bounds: [.exact], form: .ratio) == .inconclusive)
    #expect(rule.verdict(low: 0, high: 0.9, bounds: [.exact], form: .ratio) == .contradicted)
  }
}
