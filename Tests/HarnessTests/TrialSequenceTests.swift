import Foundation
import Testing

@testable import Harness

@Suite struct TrialSequenceTests {
  @Test(
    "Eight points of any seed lie one to each eighth, but for a few that lie just beside",
    arguments: 0..<20 as Range<UInt64>)
  func even(seed: UInt64) {
    let sequence = TrialSequence(axes: ["learning-rate"], seed: seed)
    let points = (0..<8).map { sequence[$0][0] }.sorted()
    let gaps = zip(points, points.dropFirst() + [points[0] + 1]).map { $1 - $0 }
    // The golden ratio leaves gaps of φ⁻⁴ and φ⁻⁵ between eight points.
    let ratio = (1 + 5.0.squareRoot()) / 2
    #expect(gaps.allSatisfy { abs($0 - pow(ratio, -4)) < 1e-9 || abs($0 - pow(ratio, -5)) < 1e-9 })
    for eighth in 0..<8 {
      let range = Double(eighth) / 8 - 0.04...Double(eighth + 1) / 8 + 0.04
      #expect(points.contains { range.contains($0) })
    }
  }

  @Test(
    "Points of two axes fill the square: sixteen of them, three or more to each quarter",
    arguments: 0..<20 as Range<UInt64>)
  func square(seed: UInt64) {
    let sequence = TrialSequence(axes: ["learning-rate", "momentum"], seed: seed)
    let points = (0..<16).map { sequence[$0] }
    for quarter in 0..<4 {
      #expect(points.count { ($0[0] < 0.5 ? 0 : 1) + ($0[1] < 0.5 ? 0 : 2) == quarter } >= 3)
    }
    // No line of points, as equal axes would make.
    #expect(Set(points.map { (($0[0] - $0[1] + 1) * 1e6).rounded() }).count > 8)
  }

  @Test("An axis has the shift of its seed and name, and no other")
  func shifts() {
    func first(_ axes: [String], _ seed: UInt64) -> Double { TrialSequence(axes: axes, seed: seed)[0][0] }
    #expect(
      first(["a"], 1) == first(["a"], 1) && first(["a"], 1) != first(["a"], 2) && first(["a"], 1) != first(["b"], 1))
    for seed in 0..<50 as Range<UInt64> {
      for number in [0, 1, 7, 100_000] {
        #expect(TrialSequence(axes: ["a", "b", "c"], seed: seed)[number].allSatisfy { $0 >= 0 && $0 < 1 })
      }
    }
  }
}
