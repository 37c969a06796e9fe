import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct ShowTests {
  /// A folder with the runs of a grid, recorded as the program records them, but never trained.
  private func recorded() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path + "/Results")
    for (norm, correct) in [("none", 60), ("layer", 90), ("batch", 80)] {
      for seed in 0..<3 as Range<UInt64> {
        for rate in [0.1, 0.01] {
          var run = MadeUpRun(norm, seed: seed, correct: rate == 0.1 ? correct : correct - 30 - Int(seed))
          run.configuration[.learningRate] = rate
          try directory.commit(RunResult(record: run.record, curve: [], outcomes: Outcomes(run.images)))
        }
      }
    }
    return folder
  }

  /// The first column of a printed table, without its head.
  private func norms(_ output: String) -> [String] {
    output.split(separator: "\n").drop { !$0.hasPrefix("─") }.dropFirst().prefix {
      !$0.contains(":") && $0.contains("rnn")
    }
    .map { String($0.prefix { $0 != " " }) }
  }

  @Test("show prints what is recorded, filtered, sorted and cut, and writes nothing")
  func filters() throws {
    let folder = try recorded()
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/Results").sorted()
    let all = try compare("show", in: folder)
    #expect(all.code == 0 && all.errors.isEmpty)
    #expect(norms(all.output).count == 6 && all.output.contains("learning-rate"))
    let some = try compare("show --norm layer,batch --learning-rate 0.1", in: folder)
    #expect(norms(some.output) == ["layer", "batch"])
    #expect(!some.output.contains("learning-rate  "))
    #expect(
      norms(try compare("show --learning-rate 1e-1 --sort norm", in: folder).output) == ["batch", "layer", "none"])
    #expect(norms(try compare("show --sort test-accuracy --top 2", in: folder).output) == ["layer", "batch"])
    let seeds = try compare("show --learning-rate 0.1 --seeds 2", in: folder)
    #expect(norms(seeds.output).count == 3 && seeds.output.contains("three seeds or more"))
    let baseline = try compare("show --learning-rate 0.1 --baseline batch", in: folder).output
    #expect(baseline.split(separator: "\n").contains { $0.hasPrefix("batch") && $0.contains("baseline") })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/Results").sorted() == before)
  }

  @Test("show prints a pivot, or says what to choose first")
  func pivot() throws {
    let folder = try recorded()
    let pivot = try compare("show --pivot norm,learning-rate --sort norm --top 2", in: folder)
    let lines = pivot.output.split(separator: "\n").map { $0.split(separator: " ").first ?? "" }
    #expect(
      lines.prefix(4) == ["norm", "────", "batch", "layer"] || lines.prefix(4).last == "layer", "\(pivot.output)")
    #expect(pivot.output.contains("learning-rate 0.01") && pivot.output.contains("over seeds alone"))
    let refused = try compare("show --pivot norm,width", in: folder)
    #expect(refused.code == 64 && refused.errors.contains("choose one value, as in --learning-rate 0.1."))
    #expect(try compare("show --pivot norm,width --learning-rate 0.1", in: folder).code == 0)
  }

  @Test("show prints Markdown, LaTeX and JSON, and nothing else")
  func formats() throws {
    let folder = try recorded()
    let markdown = try compare("show --learning-rate 0.1 --markdown", in: folder).output
    #expect(markdown.hasPrefix("| norm | model | test accuracy |"))
    #expect(markdown.split(separator: "\n").allSatisfy { $0.hasPrefix("| ") || $0.hasPrefix("- ") })
    let latex = try compare("show --learning-rate 0.1 --latex", in: folder).output
    #expect(latex.hasPrefix("\\begin{tabular}{ll") && latex.contains("epochs to 90 \\%"))
    // What stands behind the table is no part of the paper.
    let rest = latex.split(separator: "\n").drop { $0 != "\\end{tabular}" }.dropFirst()
    #expect(!rest.isEmpty && rest.allSatisfy { $0.hasPrefix("% ") })
    let json = try compare("show --learning-rate 0.1 --json", in: folder).output
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect((object?["rows"] as? [Any])?.count == 3)
  }

  @Test("A folder without results is no input, and neither is a filter that leaves nothing")
  func nothing() throws {
    let folder = try TemporaryFolder()
    let empty = try compare("show", in: folder)
    #expect(empty.code == 66 && empty.output.isEmpty)
    #expect(
      empty.errors == "compare: Results has no runs.csv: nothing is recorded there. Name a folder with --results.\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    let recorded = try recorded()
    let tuned = try compare("show --norm layer --model rnn --tune learning-rate", in: recorded)
    #expect(tuned.code == 66 && tuned.output.isEmpty)
    #expect(tuned.errors.hasPrefix("compare: No seed of this tuning is recorded wholly in Results;"))
    let none = try compare("show --norm rms", in: recorded)
    #expect(none.code == 66)
    #expect(
      none.errors
        == "compare: None of the 18 runs in Results is asked for; recorded are the normalizers batch, layer, none, "
        + "of the data digits.\n")
    let begun = try TemporaryFolder()
    _ = try ResultsDirectory(path: begun.path + "/Results")
    let nothing = try compare("show", in: begun)
    #expect(nothing.code == 66 && nothing.errors.hasPrefix("compare: No run in Results is over;"))
    let column = try compare("show --sort lose", in: recorded)
    #expect(column.code == 64 && column.errors.contains("Unknown column 'lose' of --sort."))
  }
}
