import Foundation
import Harness
import TestSupport
import Testing

@Suite struct TuneTests {
  private static let line =
    "--norm none,layer --model rnn --width 16 --epochs 1 --batch-size 100 --tune learning-rate --budget 3 --seeds 3"

  @Test(
    "Tuning gives a table, records every trial, trains nothing the second time, and is the same after it was killed")
  func tune() throws {
    let folder = try TemporaryFolder()
    let first = try compare(Self.line, in: folder)
    #expect(first.code == 0)
    for words in [
      "learning-rate", "range that trains", "difference", "best of 1", "best of 2", "best of 3", "baseline",
    ] {
      #expect(first.output.contains(words), "\(words)")
    }
    let runs = try ResultRows("runs.csv", in: folder)
    let trials = try ResultRows("trials.csv", in: folder)
    #expect(runs.fields.count == 18 && trials.fields.count == 18)
    #expect(trials["run"].sorted() == runs["run"].sorted())
    #expect(Set(runs["validation"]) == ["0.2"] && !runs["validation_accuracy"].contains(""))
    // Seeds vary slowest, and each has points of its own, the same for both normalizers.
    #expect(runs["seed"] == [0, 1, 2].flatMap { Array(repeating: String($0), count: 6) })
    let rates = runs["learning_rate"]
    #expect(rates[0..<3] == rates[3..<6] && Set(rates).count == 9)
    #expect(Set(trials["study"]).count == 2 && Set(trials["replicate"]) == ["0", "1", "2"])

    let second = try compare(Self.line, in: folder)
    #expect(second.output == first.output)
    #expect(second.errors == "18 runs are recorded already and not trained again (--force does).\n")
    #expect(try ResultRows("trials.csv", in: folder).fields == trials.fields)
    #expect(
      try compare("show \(Self.line)", in: folder).output + "\nRuns: Results/runs.csv   Curves: Results/curves.csv\n"
        == first.output)

    let top = try compare("show \(Self.line) --sort norm --top 1", in: folder).output
    #expect(top.split(separator: "\n").count { $0.hasPrefix("layer") } == 2 && !top.contains("\nnone "))

    let other = try TemporaryFolder()
    for rows in [2, 7, 11] {
      let process = try RunningProgram(Self.line, in: other)
      process.wait { ((try? ResultRows("runs.csv", in: other))?.fields.count ?? 0) >= rows }
      process.kill()
      _ = try process.outcome()
    }
    let last = try compare(Self.line, in: other)
    #expect(timeless(last.output) == timeless(first.output))
    for file in ["runs.csv", "curves.csv", "outcomes.csv", "trials.csv", "differences.csv"] {
      #expect(try ResultRows(file, in: other).timeless == ResultRows(file, in: folder).timeless, "\(file)")
    }
  }

  @Test("Trials are no rows of a plain table: what was chosen has one of its own")
  func plainShow() throws {
    let folder = try TemporaryFolder()
    let line = "--norm layer --model rnn --width 4 --epochs 1 --batch-size 500 --quiet"
    #expect(try compare("\(line) --tune learning-rate=1e-3..1e-1 --budget 2", in: folder).code == 0)
    let only = try compare("show", in: folder)
    #expect(only.code == 0 && only.output.contains("best of 2"), "\(only.errors)")
    // A row, and one of what smaller budgets would have given.
    #expect(only.output.split(separator: "\n").count { $0.hasPrefix("layer") } == 2)
    #expect(try compare("show --norm batch", in: folder).code == 66)
    #expect(try compare(line, in: folder).code == 0)
    let both = try compare("show", in: folder).output
    #expect(both.split(separator: "\n").count { $0.hasPrefix("layer") } == 3 && both.contains("best of 2"))
    #expect(try compare("show --tune learning-rate=1e-3..1e-1 --budget 2 \(line)", in: folder).code != 0)
    let asked = line.replacing(" --quiet", with: "")
    let exact = try compare("show \(asked) --tune learning-rate=1e-3..1e-1 --budget 2", in: folder).output
    #expect(only.output == exact)
    let range = try ResultRows("runs.csv", in: folder)["learning_rate"].compactMap(Double.init)
    #expect(range.prefix(2).allSatisfy { (0.001...0.1).contains($0) } && range.last == 0.001)
  }
}
