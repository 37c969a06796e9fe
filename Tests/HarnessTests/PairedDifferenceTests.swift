import Testing

@testable import Harness

@Suite struct PairedDifferenceTests {
  private static let good = ["1111111011", "1111110111", "1111101111", "1110101011"].map(outcomes)
  private static let bad = ["1100101001", "1000100001", "1110101101", "1000000001"].map(outcomes)

  /// Two configurations and what NumPy 2 and SciPy 1.17.1 make of the plain formulas.
  struct Case: Sendable {
    let note: String
    let first: [Outcomes]
    let second: [Outcomes]
    var comparisons = 1
    var level = 0.95
    let mean: Double
    let halfWidth: Double
    let degreesOfFreedom: Double
    let seedFloor: Double
  }

  @Test(
    "The interval is that of a plain computation elsewhere",
    arguments: [
      Case(
        note: "seeds and images vary", first: good, second: bad, mean: 0.425, halfWidth: 0.2888635160278605,
        degreesOfFreedom: 6.019584687632784, seedFloor: 0.16003038921184365),
      Case(
        note: "of six comparisons", first: good, second: bad, comparisons: 6, mean: 0.425,
        halfWidth: 0.5321193263960283, degreesOfFreedom: 3, seedFloor: 0.21541280434014715),
      Case(
        note: "of six comparisons at 90 %", first: good, second: bad, comparisons: 6, level: 0.9, mean: 0.425,
        halfWidth: 0.41471606634336144, degreesOfFreedom: 3, seedFloor: 0.19546763213618557),
      Case(
        note: "seeds closer together than they should be", first: ["110101", "011011", "101101"].map(outcomes),
        second: ["100100", "001001", "000101"].map(outcomes), mean: 1.0 / 3, halfWidth: 0.22124045865517195,
        degreesOfFreedom: 5, seedFloor: 0),
      Case(
        note: "seeds far apart", first: ["11111111", "11111110", "11101111", "11111111"].map(outcomes),
        second: ["11101111", "01000000", "00010000", "11110111"].map(outcomes), mean: 0.4375,
        halfWidth: 0.5741831971990872, degreesOfFreedom: 3, seedFloor: 0),
      Case(
        note: "a run that guesses", first: good,
        second: bad.indices.map { $0 == 1 ? Outcomes(guessing: 0.1, count: 10) : bad[$0] }, mean: 0.475,
        halfWidth: 0.39780578816046347, degreesOfFreedom: 3, seedFloor: 0.09616629565596026),
    ])
  func reference(expected: Case) throws {
    let found = try #require(
      PairedDifference(
        expected.first, expected.second, comparisons: expected.comparisons, level: expected.level))
    #expect(abs(found.mean - expected.mean) < 1e-14, "\(expected.note)")
    #expect(abs(found.halfWidth - expected.halfWidth) < 1e-13, "\(expected.note)")
    #expect(abs(found.degreesOfFreedom - expected.degreesOfFreedom) < 1e-11, "\(expected.note)")
    #expect(abs(found.seedFloor - expected.seedFloor) < 1e-13, "\(expected.note)")
    #expect(found.low == found.mean - found.halfWidth && found.high == found.mean + found.halfWidth)
    #expect(found.isZeroExcluded == (abs(expected.mean) > expected.halfWidth))
    #expect(found.seeds == expected.first.count && found.images == expected.first[0].count)
    let turned = try #require(
      PairedDifference(
        expected.second, expected.first, comparisons: expected.comparisons, level: expected.level))
    #expect(abs(turned.mean + found.mean) < 1e-14 && abs(turned.halfWidth - found.halfWidth) < 1e-13)
    #expect(turned.isZeroExcluded == found.isZeroExcluded)
  }

  @Test("Where nothing varies the interval is a point", arguments: [0.1, 0.3, 0.9])
  func nothingVaries(guess: Double) throws {
    let all = [Outcomes](repeating: Outcomes([Bool](repeating: true, count: 37)), count: 5)
    let guesses = [Outcomes](repeating: Outcomes(guessing: guess, count: 37), count: 5)
    for (first, second, mean) in [(all, all, 0), (all, guesses, 1 - guess), (guesses, guesses, 0)] {
      let difference = try #require(PairedDifference(first, second))
      #expect(difference.mean == mean && difference.halfWidth == 0 && difference.seedFloor == 0)
      #expect(difference.degreesOfFreedom == .infinity && difference.isZeroExcluded == (mean != 0))
    }
  }

  @Test("Of fewer than three seeds or two images, or of what does not match, there is no interval")
  func tooFew() {
    let runs = Self.good
    #expect(PairedDifference([], []) == nil)
    #expect(PairedDifference(Array(runs[..<2]), Array(runs[..<2])) == nil)
    #expect(PairedDifference(Array(runs[..<3]), Array(runs[..<3])) != nil)
    #expect(PairedDifference(runs, Array(runs[..<3])) == nil)
    let other = Outcomes([true, false])
    #expect(PairedDifference(runs, Array(runs[..<3]) + [other]) == nil)
    #expect(PairedDifference(Array(runs[..<3]) + [other], runs) == nil)
    let one = [Outcomes](repeating: Outcomes([true]), count: 3)
    #expect(PairedDifference(one, one) == nil)
    #expect(PairedDifference([other, other, other], [other, other, other]) != nil)
  }

  @Test("Forty seeds on ten thousand images are compared like a few")
  func large() throws {
    let good = (0..<40).map { seed in Outcomes((0..<10_000).map { ($0 + seed) % 10 != 0 }) }
    let bad = (0..<40).map { seed in Outcomes((0..<10_000).map { ($0 + seed) % 5 != 0 }) }
    let difference = try #require(PairedDifference(good, bad))
    #expect(abs(difference.mean - 0.1) < 1e-12 && difference.seeds == 40 && difference.images == 10_000)
  }
}
