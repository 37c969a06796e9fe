import Foundation
import TestSupport
import Testing

@testable import Harness

/// Folders that have other values of what should be one.
@Suite final class ContradictionTests: MergeSuite {
  @Test(
    "Where folders contradict each other no version is taken, and both values are beside", arguments: [false, true])
  func contradiction(isReversed: Bool) throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    try made("b", [changed(1, [(.testAccuracy, 0.25)]), .made(seed: 2)])
    let report = try merge(isReversed ? ["b", "a"] : ["a", "b"])
    #expect(report.runs == 2 && report.added == 2 && report.left == 1 && report.folded == 0)
    let found = try #require(report.contradictions.first)
    let run = RunResult.made(seed: 1).record
    #expect(report.contradictions.count == 1 && found.run == run.run && found.title.contains("seed 1"))
    #expect(found.column == "test_accuracy" && found.file == "runs.csv" && found.row == 1)
    let values = [(path("a"), CSV.field(run[.testAccuracy])), (path("b"), "0.25")]
    let (first, second) = isReversed ? (values[1], values[0]) : (values[0], values[1])
    #expect((found.firstFolder, found.first) == first && (found.secondFolder, found.second) == second)
    #expect(try !reading().identifiers().contains(run.run))
    #expect(try reading().evaluations().allSatisfy { $0.run != run.run })
    #expect(try reading().outcomes(of: [run.run]).isEmpty)
    let rows = try reading().rows(of: Contradiction.fileName, columns: Contradiction.columns)
    #expect(rows == [found.fields])
  }

  @Test("What the target has stays, whatever contradicts it")
  func targetStays() throws {
    try made("all", [.made(seed: 1)])
    try made("a", [changed(1, [(.testLoss, 7)]), .made(seed: 0)])
    for _ in 0..<2 {
      let report = try merge(["a"])
      #expect(report.runs == 2 && report.left == 0 && report.contradictions.map(\.second) == ["7.0"])
      #expect(try reading().records() == [RunResult.made(seed: 1).record, RunResult.made(seed: 0).record])
      #expect(try reading().evaluations().count == 4)
      #expect(try reading().rows(of: Contradiction.fileName, columns: Contradiction.columns).count == 1)
    }
    // Once they agree, what was said of them is gone.
    try FileManager.default.removeItem(atPath: path("a"))
    try made("a", [.made(seed: 1)])
    #expect(try merge(["a"]).contradictions.isEmpty)
    #expect(try reading().rows(of: Contradiction.fileName, columns: Contradiction.columns).isEmpty)
  }

  @Test("What the target has stays also where a folder has more to say")
  func olderTargetStays() throws {
    let old = RunResult.made(seed: 1)
    #expect(old.record[.firstLoss].isNaN)
    try made("all", [old])
    try made("a", [changed(1, [(.testLoss, 7), (.firstLoss, 2)])])
    #expect(try merge(["a"]).contradictions.map(\.column) == ["test_loss"])
    #expect(try reading().records() == [old.record])
  }

  @Test("Curves, outcomes and recordings can contradict, too")
  func everyFile() throws {
    func found(_ own: RunResult, _ other: RunResult) throws -> [String] {
      for name in ["a", "b", "all"] { try? FileManager.default.removeItem(atPath: path(name)) }
      try made("a", [own])
      try made("b", [other])
      let report = try merge(["a", "b"])
      #expect(report.runs == (report.contradictions.isEmpty ? 1 : 0))
      return report.contradictions.map { "\($0.file) \($0.row) \($0.column)" }
    }
    let plain = RunResult.made(seed: 0)
    #expect(try found(plain, plain).isEmpty)
    #expect(try found(plain, changed(0, curve: [(.trainLoss, 9)])) == ["curves.csv 2 train_loss"])
    #expect(
      try found(plain, changed(0, outcomes: [true, false])) == ["outcomes.csv 1 images", "outcomes.csv 1 outcomes"])
    #expect(try found(layered(0), layered(0, mean: 0.75)) == ["layers.csv 1 mean"])
    #expect(try found(layered(0), plain).isEmpty)
    let short = RunResult(record: plain.record, curve: [plain.curve[1]], outcomes: plain.outcomes)
    #expect(try found(plain, short) == ["curves.csv 1 number of rows"])
    // Nothing contradicts nothing, and gives way to a number.
    for isFirst in [true, false] {
      let (known, unknown) = (changed(0, [(.firstLoss, 2)]), plain)
      #expect(try (isFirst ? found(known, unknown) : found(unknown, known)).isEmpty)
      #expect(try reading().records().map { $0[.firstLoss] } == [2])
    }
  }

  @Test("Numbers are the same however they are spelled")
  func spelling() throws {
    try made("a", [changed(0, [(.testLoss, 0.5)])])
    try made("b", [changed(0, [(.testLoss, 0.5)])])
    try folder.write(Array(try text("b/runs.csv").replacing(",0.5,", with: ",5e-1,").utf8), to: "b/runs.csv")
    #expect(try text("b/runs.csv").contains(",5e-1,"))
    #expect(try merge(["a", "b"]).contradictions.isEmpty)
  }

  @Test("What every row has is not left out without a contradiction: how it ended, and which images it had right")
  func empties() throws {
    try made("a", [.made(seed: 0)])
    for (file, column) in [("outcomes.csv", "outcomes"), ("outcomes.csv", "images")] {
      for name in ["b", "all"] { try? FileManager.default.removeItem(atPath: path(name)) }
      try made("b", [.made(seed: 0)])
      var lines = try text("b/\(file)").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      lines[1][try #require(lines[0].firstIndex(of: column))] = ""
      try folder.write(Array(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8), to: "b/\(file)")
      #expect(try merge(["a", "b"]).contradictions.map(\.column) == [column])
    }
  }

  @Test("Contradictions that are settled leave no file behind")
  func settled() throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    try made("b", [changed(1, [(.testLoss, 7)])])
    #expect(try merge(["a", "b"]).contradictions.count == 1)
    #expect(FileManager.default.fileExists(atPath: path("all/\(Contradiction.fileName)")))
    #expect(try merge(["a"]).runs == 2)
    #expect(!FileManager.default.fileExists(atPath: path("all/\(Contradiction.fileName)")))
  }

  @Test(
    "Rows of tables that contradict each other are not taken, whichever folder comes first", arguments: [false, true])
  func contradictoryTables(isReversed: Bool) throws {
    for name in ["a", "b"] {
      try made(name, []).record(Dataset.made([3, 2]))
    }
    try folder.write(Array(try text("a/labels.csv").replacing(",1,1,", with: ",1,one,").utf8), to: "b/labels.csv")
    let report = try merge(isReversed ? ["b", "a"] : ["a", "b"])
    #expect(report.contradictions.map(\.column) == ["label"])
    func labels() throws -> [String?] {
      try reading().rows(of: ResultsDirectory.labelsFile, columns: ResultsDirectory.labelColumns).map { $0["label"] }
    }
    #expect(try labels() == ["0"])
    #expect(try text("all/\(Contradiction.fileName)").split(separator: "\n").count == 2)
    // What another merge is about leaves it there; once it is settled, the row comes, and the file goes.
    try made("c", [.made(seed: 0)])
    _ = try merge(["c"])
    #expect(try text("all/\(Contradiction.fileName)").split(separator: "\n").count == 2)
    #expect(try merge(["a"]).contradictions.isEmpty)
    #expect(try labels() == ["0", "1"])
    #expect(!FileManager.default.fileExists(atPath: path("all/\(Contradiction.fileName)")))
  }
}
