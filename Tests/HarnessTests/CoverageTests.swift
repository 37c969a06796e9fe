import Foundation
import Tensors
import Testing

@testable import Harness

@Suite struct CoverageTests {
  /// Tables with a known difference.
  ///
  /// A run has an image right with a chance to which its seed and the image add effects, so the difference of the
  /// chances is the difference of the two configurations. The second configuration has the effects with the opposite
  /// sign.
  struct Setting: Sendable, CustomTestStringConvertible {
    let note: String
    let seeds: Int
    let images: Int
    /// The largest effect of a seed; nearly normal, as a sum of four.
    let ofSeed: Double
    /// The largest effect of an image; uniform.
    let ofImage: Double
    /// Both configurations have easy images in common, and differ where their chances do.
    var sharesLuck = false
    var comparisons = 1
    /// Whether an interval over the seeds alone holds too seldom.
    var deceivesSeeds = false

    var testDescription: String { "\(note), \(seeds) seeds, \(images) images" }

    static let difference = 0.06

    func draw(_ random: inout RandomStream) -> (first: [Outcomes], second: [Outcomes]) {
      func effect(_ size: Double) -> Double { (2 * random.nextUnit() - 1) * size }
      let ofSeeds = (0..<seeds).map { _ in (0..<4).reduce(0) { sum, _ in sum + effect(ofSeed / 4) } }
      let ofImages = (0..<images).map { _ in effect(ofImage) }
      var (first, second): ([Outcomes], [Outcomes]) = ([], [])
      for ofSeed in ofSeeds {
        var (firstRow, secondRow): ([Bool], [Bool]) = ([], [])
        for ofImage in ofImages {
          let chance = Self.difference / 2 + ofSeed + ofImage
          let luck = random.nextUnit()
          firstRow.append(luck < 0.5 + chance)
          secondRow.append((sharesLuck ? luck : random.nextUnit()) < 0.5 - chance)
        }
        first.append(Outcomes(firstRow))
        second.append(Outcomes(secondRow))
      }
      return (first, second)
    }
  }

  @Test(
    "The interval holds the difference as often as it says",
    arguments: [
      Setting(note: "seeds dominate", seeds: 3, images: 100, ofSeed: 0.4, ofImage: 0),
      Setting(note: "seeds dominate", seeds: 5, images: 400, ofSeed: 0.4, ofImage: 0.05),
      Setting(note: "seeds dominate, shared luck", seeds: 10, images: 100, ofSeed: 0.4, ofImage: 0, sharesLuck: true),
      Setting(
        note: "images dominate, shared luck", seeds: 3, images: 400, ofSeed: 0, ofImage: 0.45, sharesLuck: true,
        deceivesSeeds: true),
      Setting(note: "images dominate", seeds: 5, images: 100, ofSeed: 0, ofImage: 0.45, deceivesSeeds: true),
      Setting(note: "images dominate", seeds: 10, images: 360, ofSeed: 0.02, ofImage: 0.45, deceivesSeeds: true),
      Setting(note: "seeds and images", seeds: 3, images: 360, ofSeed: 0.08, ofImage: 0.35),
      Setting(note: "seeds and images", seeds: 5, images: 360, ofSeed: 0.08, ofImage: 0.35),
      Setting(note: "seeds and images", seeds: 10, images: 200, ofSeed: 0.12, ofImage: 0.35, deceivesSeeds: true),
      Setting(note: "neither", seeds: 3, images: 100, ofSeed: 0, ofImage: 0),
      Setting(note: "neither", seeds: 5, images: 400, ofSeed: 0, ofImage: 0),
      Setting(note: "neither, shared luck", seeds: 10, images: 100, ofSeed: 0, ofImage: 0, sharesLuck: true),
      Setting(note: "seeds dominate, ten at once", seeds: 3, images: 200, ofSeed: 0.4, ofImage: 0.05, comparisons: 10),
      Setting(note: "seeds dominate, ten at once", seeds: 5, images: 200, ofSeed: 0.3, ofImage: 0.05, comparisons: 10),
    ])
  func coverage(setting: Setting) throws {
    var random = RandomStream(seed: 2, name: setting.testDescription)
    let draws = 2000
    var (held, heldBySeeds) = (0, 0)
    for _ in 0..<draws {
      let (first, second) = setting.draw(&random)
      let difference = try #require(PairedDifference(first, second, comparisons: setting.comparisons))
      if (difference.low...difference.high).contains(Setting.difference) { held += 1 }
      let bySeeds = Estimate(zip(first, second).map { $0.accuracy - $1.accuracy })
      if abs(bySeeds.mean - Setting.difference) <= bySeeds.halfWidth { heldBySeeds += 1 }
    }
    // Nominally 0.95, and 0.995 for ten at once. The standard error of the share is 0.005 and 0.0016.
    let share = Double(held) / Double(draws)
    #expect(share >= (setting.comparisons == 1 ? 0.93 : 0.99), "\(share)")
    let shareBySeeds = Double(heldBySeeds) / Double(draws)
    if setting.deceivesSeeds { #expect(shareBySeeds < 0.93, "\(shareBySeeds)") }
    if ProcessInfo.processInfo.environment["COVERAGE"] != nil { print(setting.testDescription, share, shareBySeeds) }
  }
}
