import Foundation
import Harness
import Testing

@testable import Claims

@Suite struct FindingTests {
  private func question(_ form: Question.Form, _ rule: Rule, resolution: Double = 0) -> Question {
    let quantity = Quantity("number", resolution: resolution) { _, _ in .unknown }
    let arm = Arm.runs([])
    return Question("made up", form, of: quantity, arm, arm, rule)
  }

  private func readings(_ values: [Double]) -> [Reading] { values.map { Reading($0) } }

  @Test("The interval is that of paired differences by Student's t, for all comparisons of the claim at once")
  func interval() {
    let (first, second) = (readings([3, 4, 5, 6, 8]), readings([1, 3, 2, 5, 5]))
    // Differences 2, 1, 3, 1, 3: mean 2, deviation 1; t(0.975, 4) = 2.7764, t(0.995, 4) = 4.6041.
    let one = Finding(question(.difference, .more(than: 0.5)), first, second, comparisons: 1)
    #expect(one.effect == 2 && abs(one.high - 2 - 2.776445 / 5.0.squareRoot()) < 1e-5)
    #expect(abs(one.low + one.high - 4) < 1e-12 && one.verdict == .supported)
    let five = Finding(question(.difference, .more(than: 0.5)), first, second, comparisons: 5)
    #expect(abs(five.high - 2 - 4.604095 / 5.0.squareRoot()) < 1e-5 && five.verdict == .inconclusive)
  }

  @Test("A ratio is taken by logarithms, so that twice and half are as far from 1")
  func ratio() {
    let finding = Finding(
      question(.ratio, .more(than: 1.5)), readings([2, 4, 8, 16]), readings([1, 2, 4, 8]), comparisons: 1)
    #expect(finding.effect == 1 && finding.low == 1 && finding.question.shown(finding.low) == 2)
    #expect(finding.verdict == .supported)
    let none = Finding(question(.ratio, .more(than: 1.5)), readings([0, 4, 8]), readings([1, 2, 4]), comparisons: 1)
    #expect(none.verdict == .inconclusive && none.remarks.contains { $0.contains("1 of 3 seeds") })
  }

  @Test("An interval is never narrower than what the grid can tell")
  func resolution() {
    let coarse = question(.difference, .more(than: 1), resolution: 0.5)
    let finding = Finding(coarse, readings([2, 2, 2]), readings([1, 1, 1]), comparisons: 1)
    #expect((finding.low, finding.high) == (0.5, 1.5) && finding.verdict == .inconclusive)
  }

  @Test("Below three seeds, in a quick trial, and where tuning ended at the end of its range there is no verdict")
  func none() {
    let asked = question(.difference, .more(than: 0.5))
    let (first, second) = (readings([3, 3, 3]), readings([1, 1, 1]))
    let two = Finding(asked, Array(first.prefix(2)), Array(second.prefix(2)), comparisons: 1)
    #expect(two.verdict == .inconclusive && two.low.isNaN && two.effect == 2)
    #expect(two.remarks.contains { $0.contains("three seeds") })
    #expect(Finding(asked, first, second, comparisons: 1, isQuick: true).verdict == .measured)
    #expect(Finding(asked, first, second, comparisons: 1, isUndecided: true).verdict == .inconclusive)
    #expect(Finding(asked, first, second, comparisons: 1).verdict == .supported)
  }

  @Test("A bound minus a bound says as much as the two do, and no more")
  func bounds() {
    func bound(_ first: Reading.Bound, _ second: Reading.Bound) -> Reading.Bound {
      (Reading(3, first) - Reading(1, second)).bound
    }
    #expect(bound(.exact, .exact) == .exact)
    #expect(bound(.atLeast, .exact) == .atLeast && bound(.exact, .atLeast) == .atMost)
    #expect(bound(.exact, .atMost) == .atLeast && bound(.atMost, .exact) == .atMost)
    #expect(bound(.atLeast, .atMost) == .atLeast && bound(.atMost, .atLeast) == .atMost)
    #expect(bound(.atLeast, .atLeast) == .unknown && bound(.unknown, .exact) == .unknown)
    #expect(Reading(.infinity).bound == .unknown)
    let finding = Finding(
      question(.difference, .more(than: 1)), [Reading(9, .atLeast), Reading(9), Reading(9)],
      readings([1, 1, 1]), comparisons: 1)
    #expect(finding.verdict == .supported && finding.remarks.contains { $0.hasPrefix("at least") })
  }
}
