import Foundation
import Harness
import Tensors

/// Measures how often the intervals of a comparison hold, on outcomes of real runs.
///
///     swift run coverage FILE_A FILE_B [--draws 1000] [--seeds 5] [--images 360]
///
/// Each file has the outcomes of one configuration: the number of images in the first line, then a line of base 64
/// for each seed, the same seeds in the same order in both. Made from the results of `compare` by `python3 extract.py
/// RESULTS norm=batch batch_size=8 > FILE`:
///
///     import csv, sys
///     folder, *wanted = sys.argv[1:]
///     wanted = dict(word.split("=", 1) for word in wanted)
///     with open(folder + "/outcomes.csv") as file: outcomes = {row["run"]: row for row in csv.DictReader(file)}
///     with open(folder + "/runs.csv") as file: runs = list(csv.DictReader(file))
///     runs = [run for run in runs if all(run[name] == value for name, value in wanted.items())]
///     runs.sort(key=lambda run: int(run["seed"]))
///     print(outcomes[runs[0]["run"]]["images"])
///     for run in runs: print(outcomes[run["run"]]["outcomes"])
@main
enum Coverage {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ preset: Int) -> Int {
      guard let index = arguments.firstIndex(of: name) else { return preset }
      guard index + 1 < arguments.count, let value = Int(arguments[index + 1]), value > 0 else {
        fail("\(name) takes a number above 0.", 64)
      }
      arguments.removeSubrange(index...index + 1)
      return value
    }
    let (draws, seeds, images) = (option("--draws", 1000), option("--seeds", 5), option("--images", 360))
    guard arguments.count == 2 else {
      fail("usage: coverage FILE_A FILE_B [--draws 1000] [--seeds 5] [--images 360]", 64)
    }
    let (a, b) = (read(arguments[0]), read(arguments[1]))
    guard a.count == b.count, a[0].count == b[0].count else {
      fail(
        "\(arguments[0]) has \(a.count) seeds and \(a[0].count) images, \(arguments[1]) \(b.count) and \(b[0].count).",
        65)
    }
    guard (3...a.count).contains(seeds), (2...a[0].count).contains(images) else {
      fail("--seeds is 3 to \(a.count) here, and --images 2 to \(a[0].count).", 64)
    }
    let (share, seedsOnlyShare) = coverage(a: a, b: b, draws: draws, seeds: seeds, images: images, seed: 1)
    print("\(draws) draws of \(seeds) of \(a.count) seeds and \(images) of \(a[0].count) images.")
    print("The 95 % interval holds the difference of all in \(percent(share)) of them,")
    print("an interval over the seeds alone in \(percent(seedsOnlyShare)).")
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private static func read(_ path: String) -> [Outcomes] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { fail("\(path) cannot be read.", 66) }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard lines.count > 1, let count = Int(lines[0]) else {
      fail("\(path): expected a number of images, and lines of outcomes after it.", 65)
    }
    return lines.indices.dropFirst().map { line in
      guard let outcomes = Outcomes(text: lines[line], count: count) else {
        fail("\(path), line \(line + 1): these are not the outcomes of \(count) images in base 64.", 65)
      }
      return outcomes
    }
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(code)
  }
}

/// In what share of draws an interval holds the difference over all seeds and images.
///
/// Each draw takes some seeds and some images without replacement, so what is drawn knows a little more of the whole
/// than it would of a population without end: with 5 of 40 seeds, the variance between seeds is an eighth less, and
/// the shares a little too high.
///
/// - Parameters:
///   - a: The outcomes of the first configuration, a run for each seed.
///   - b: The outcomes of the second, of the same seeds and images.
///   - draws: How often seeds and images are drawn.
///   - seeds: How many seeds are drawn, three or more.
///   - images: How many images are drawn, two or more.
///   - seed: That of the draws.
/// - Returns: The share of draws in which the interval of ``PairedDifference`` holds, and of those in which one over the
///   seeds alone does.
func coverage(
  a: [Outcomes], b: [Outcomes], draws: Int, seeds: Int, images: Int, seed: UInt64
) -> (share: Double, seedsOnlyShare: Double) {
  func accuracy(_ runs: [Outcomes]) -> Double { runs.reduce(0) { $0 + $1.accuracy } / Double(runs.count) }
  let whole = accuracy(a) - accuracy(b)
  var random = RandomStream(seed: seed, name: "coverage")
  var (held, heldBySeeds) = (0, 0)
  for _ in 0..<draws {
    let someSeeds = random.permutation(of: a.count).prefix(seeds)
    let someImages = random.permutation(of: a[0].count).prefix(images)
    func part(_ runs: [Outcomes]) -> [Outcomes] {
      someSeeds.map { seed in Outcomes(someImages.map { runs[seed][$0] == 1 }) }
    }
    let (first, second) = (part(a), part(b))
    guard let difference = PairedDifference(first, second) else { continue }
    if difference.low <= whole && whole <= difference.high { held += 1 }
    let bySeeds = Estimate(zip(first, second).map { $0.accuracy - $1.accuracy })
    if abs(bySeeds.mean - whole) <= bySeeds.halfWidth { heldBySeeds += 1 }
  }
  return (Double(held) / Double(draws), Double(heldBySeeds) / Double(draws))
}
