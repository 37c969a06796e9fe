import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct MergeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  /// A folder with some runs.
  @discardableResult
  private func made(_ name: String, _ results: [RunResult]) throws -> ResultsDirectory {
    let directory = try ResultsDirectory(path: path(name))
    for result in results { try directory.commit(result) }
    return directory
  }

  private func merge(_ names: [String], into target: String = "all") throws -> Merge.Report {
    try Merge(names.map(path), into: path(target)).run()
  }

  private func reading(_ name: String = "all") -> ResultsDirectory { ResultsDirectory(reading: path(name)) }

  private func text(_ name: String) throws -> String { try folder.text(of: name) }

  /// A run with something else in some numbers.
  private func changed(
    _ seed: Int, _ metrics: [(Metric<Course>, Double)] = [], curve: [(Metric<Observation>, Double)] = [],
    outcomes: [Bool]? = nil
  ) -> RunResult {
    let result = RunResult.made(seed: seed)
    var (record, rows) = (result.record, result.curve)
    for (metric, value) in metrics { record[metric] = value }
    for (metric, value) in curve { rows[1][metric] = value }
    return RunResult(record: record, curve: rows, outcomes: outcomes.map { Outcomes($0) } ?? result.outcomes)
  }

  private func layered(_ seed: Int, mean: Double = 0.5) -> RunResult {
    let result = RunResult.made(seed: seed)
    let row = RecordedRow(
      run: result.record.run, configuration: result.record.configuration, step: 0,
      ["layer": .text("layer0"), "mean": .number(mean)], of: .layers)
    return RunResult(
      record: result.record, curve: result.curve, outcomes: result.outcomes, recorded: ["layers": [row]])
  }

  // MARK: - Alike

  @Test("Runs of several folders are joined with all that is recorded of them, and come after those that were there")
  func joins() throws {
    let results = (0..<5).map { RunResult.made(seed: $0) }
    try made("all", [results[4]])
    try made("a", [results[0], results[3]])
    try made("b", [results[1]])
    try made("c", [])
    try made("d", [results[2]])
    let report = try merge(["a", "b", "c", "d"])
    #expect(report.runs == 5 && report.added == 4 && report.folded == 0 && report.contradictions.isEmpty)
    let order = [4, 0, 3, 1, 2].map { results[$0] }
    #expect(try reading().records() == order.map(\.record))
    #expect(try reading().evaluations() == order.flatMap(\.curve))
    #expect(try reading().outcomes(of: Set(results.map(\.record.run))).values.allSatisfy { $0 == results[0].outcomes })
    // What was recorded there is what would have been recorded there in the first place.
    try made("alone", order)
    for file in ["runs.csv", "curves.csv", "outcomes.csv"] {
      #expect(try text("all/\(file)") == text("alone/\(file)"))
    }
    // It can be added to.
    try ResultsDirectory(path: path("all")).commit(.made(seed: 5))
    #expect(try reading().records().count == 6)
  }

  @Test("A run that several folders have is one run, whatever time it took and whichever version made it")
  func duplicates() throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    try made("b", [changed(1, [(.seconds, 99), (.samplesPerSecond, 1)], curve: [(.elapsedSeconds, 98)])])
    let runs = try text("b/runs.csv").replacing(",\(packageVersion),", with: ",0.1,")
    try folder.write(Array(runs.utf8), to: "b/runs.csv")
    let report = try merge(["a", "b"])
    #expect(report.runs == 2 && report.added == 2 && report.folded == 1 && report.contradictions.isEmpty)
    #expect(try reading().records() == [RunResult.made(seed: 0).record, RunResult.made(seed: 1).record])
    #expect(try reading().evaluations().count == 4)
  }

  @Test("The second time changes not a byte, and the target among the folders is passed over")
  func again() throws {
    try made("a", [.made(seed: 0), layered(1)])
    try made("b", [.made(seed: 1), .made(seed: 2)])
    _ = try merge(["a", "b"])
    let files = ["runs.csv", "curves.csv", "outcomes.csv", "layers.csv"].map { "all/\($0)" }
    let before = try files.map(text)
    let report = try merge(["a", "all", "b", "a", "b/../b"])
    #expect(report.runs == 3 && report.added == 0 && report.folded == 3)
    #expect(try files.map(text) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.hasPrefix(".new") })
  }

  @Test("What one folder lacks, another gives: files, recordings, columns")
  func fuller() throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    try FileManager.default.removeItem(atPath: path("a/curves.csv"))
    // An older file without the last column, in another order, and one column that nobody knows.
    let lines = try text("a/runs.csv").split(separator: "\n").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return ([fields[1], fields[0]] + fields[2...].dropLast() + [fields[0] == "run" ? "note" : "mine"])
        .joined(separator: ",") + "\n"
    }
    #expect(RunRecord.columns.last == "fingerprint")
    try folder.write(Array(lines.joined().utf8), to: "a/runs.csv")
    try made("b", [layered(1)])
    let report = try merge(["a", "b"])
    #expect(report.runs == 2 && report.folded == 1 && report.contradictions.isEmpty)
    let records = try reading().records()
    #expect(records.map(\.fingerprint).sorted() == ["d1", "unknown"])
    #expect(try reading().evaluations() == RunResult.made(seed: 1).curve)
    #expect(try reading().recorded("layers", of: [RunResult.made(seed: 1).record.run]).count == 1)
    let header = try text("all/runs.csv").split(separator: "\n").map(String.init)
    #expect(header[0].hasSuffix(",note") && header.count { $0.hasSuffix(",mine") } == 1)
  }

  @Test("A run that someone pasted into a file is one run still")
  func pasted() throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    for file in ["a/runs.csv", "a/curves.csv", "a/outcomes.csv"] {
      let text = try text(file)
      let rows = text.split(separator: "\n").dropFirst().map { $0 + "\n" }.joined()
      try folder.write(Array((text + rows).utf8), to: file)
    }
    let report = try merge(["a"])
    #expect(report.runs == 2 && report.contradictions.isEmpty)
    #expect(try text("all/runs.csv").split(separator: "\n").count == 3)
    #expect(try reading().evaluations() == (0..<2).flatMap { RunResult.made(seed: $0).curve })
  }

  @Test("Of a run that is being recorded, nothing is taken")
  func unfinished() throws {
    try made("a", [.made(seed: 0)])
    try made("b", [.made(seed: 1)])
    let rows = try text("b/curves.csv").split(separator: "\n").dropFirst().map { $0 + "\n" }.joined()
    try folder.write(Array((try text("a/curves.csv") + rows + "half a li").utf8), to: "a/curves.csv")
    _ = try merge(["a"])
    #expect(try reading().evaluations() == RunResult.made(seed: 0).curve)
  }

  // MARK: - Contradictions

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
    let short = RunResult(record: plain.record, curve: [plain.curve[0]], outcomes: plain.outcomes)
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

  // MARK: - Tables

  @Test("Trials, labels and channels are joined by their keys, those of one grid once")
  func tables() throws {
    let data = [Dataset.made([3, 2]), Dataset.made([2, 2, 2], name: "other")]
    for (name, seeds) in [("a", [0, 1]), ("b", [1, 2]), ("c", [0, 1])] {
      let directory = try made(name, [])
      try directory.record(
        trials: seeds.map { Trial(run: "r\($0)", study: "s", configuration: .made(seed: UInt64($0)), number: 1) })
      for dataset in name == "b" ? data.reversed() : [data[0]] { try directory.record(dataset) }
    }
    #expect(try merge(["a", "b", "c"]).contradictions.isEmpty)
    #expect(try reading().recordedTrials().map(\.run) == ["r0", "r1", "r2"])
    let labels = try reading().rows(of: ResultsDirectory.labelsFile, columns: ResultsDirectory.labelColumns)
    #expect(labels.map { $0["data"] } == ["made", "made", "other", "other", "other"])
    #expect(try text("all/channels.csv").split(separator: "\n").count == 3)
    // One class has another name, under the same bytes.
    try folder.write(Array(try text("a/labels.csv").replacing(",1,1,", with: ",1,one,").utf8), to: "c/labels.csv")
    let found = try merge(["c"]).contradictions
    #expect(found.map(\.column) == ["label"] && found.map(\.first) == ["1"] && found.map(\.second) == ["one"])
    #expect(try text("all/labels.csv").contains("one") == false)
  }

  // MARK: - Failures

  @Test("A folder without results, or with files that are none of ours, is an error, and there is no target")
  func badFolders() throws {
    try made("a", [.made(seed: 0)])
    func failure(_ name: String) -> HarnessError? {
      do { _ = try merge(["a", name]) } catch { return error as? HarnessError }
      return nil
    }
    #expect(failure("none") == .noInput("\(path("none")) has no runs.csv: nothing is recorded there."))
    try FileManager.default.createDirectory(atPath: path("b"), withIntermediateDirectories: true)
    for text in ["a,b\n1,2\n", try text("a/runs.csv") + "r1,two\n", try text("a/runs.csv") + "\"\n"] {
      try folder.write(Array(text.utf8), to: "b/runs.csv")
      #expect(failure("b")?.exitCode == 65)
    }
    #expect(!FileManager.default.fileExists(atPath: path("all")))
  }

  @Test("A run whose curve no folder has is refused, and a folder into itself that is not there")
  func withoutCurve() throws {
    try made("a", [.made(seed: 1), .made(seed: 2)])
    let lines = try text("a/curves.csv").split(separator: "\n")
    try folder.write(Array((lines.prefix(2).joined(separator: "\n") + "\n").utf8), to: "a/curves.csv")
    #expect { try merge(["a"]) } throws: { error in
      (error as? HarnessError)?.exitCode == 65 && "\(error)".contains("a/curves.csv: found nothing of r")
    }
    #expect(!FileManager.default.fileExists(atPath: path("all")))
    #expect { try merge(["all"]) } throws: { ($0 as? HarnessError)?.exitCode == 66 }
    #expect(!FileManager.default.fileExists(atPath: path("all")))
  }

  @Test("What is found broken late leaves the target as it was")
  func brokenLate() throws {
    try made("all", [.made(seed: 0)])
    try made("a", [.made(seed: 1)])
    try folder.write(Array((try text("a/curves.csv") + "r1,two\n").utf8), to: "a/curves.csv")
    let before = try ["all/runs.csv", "all/curves.csv"].map(text)
    #expect(throws: HarnessError.self) { try merge(["a"]) }
    #expect(try ["all/runs.csv", "all/curves.csv"].map(text) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.hasPrefix(".new") })
    try folder.write([], to: "file")
    try made("b", [.made(seed: 2)])
    #expect { try merge(["b"], into: "file") } throws: { ($0 as? HarnessError)?.exitCode == 73 }
  }

  @Test("Killed at any time, the target is as before or whole, and the next who writes completes it")
  func killed() throws {
    let all = ["outcomes.csv", "curves.csv", "layers.csv", "runs.csv"]
    try made("before", [layered(0)])
    try made("a", [layered(1), .made(seed: 2)])
    try FileManager.default.copyItem(atPath: path("before"), toPath: path("after"))
    _ = try merge(["a"], into: "after")
    func state(_ name: String) throws -> [String] { try all.map { try text("\(name)/\($0)") } }
    let (before, after) = (try state("before"), try state("after"))
    #expect(zip(before, after).allSatisfy { $0 != $1 })
    /// The target when so many files were written beside, the list or not, and so many files were moved.
    func target(written: Int, isPromised: Bool, moved: Int) throws {
      try? FileManager.default.removeItem(atPath: path("all"))
      try FileManager.default.copyItem(atPath: path("before"), toPath: path("all"))
      let replacement = Replacement(folder: path("all"))
      for (file, text) in zip(all, after).prefix(written) {
        try Data(text.utf8).write(to: URL(fileURLWithPath: replacement.path(of: file)))
      }
      if isPromised { try replacement.promise(all) }
      for file in all.prefix(moved) {
        try #require(rename(replacement.path(of: file), path("all/\(file)")) == 0)
      }
    }
    for written in 0...all.count {
      try target(written: written, isPromised: false, moved: 0)
      #expect(try reading().records() == reading("before").records())
      _ = try ResultsDirectory(path: path("all"))
      #expect(try state("all") == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.hasPrefix(".new") })
      _ = try merge(["a"])
      #expect(try state("all") == after)
    }
    for moved in 0...all.count {
      try target(written: all.count, isPromised: true, moved: moved)
      let seen = try reading().records()
      #expect(try seen == reading(moved == all.count ? "after" : "before").records())
      _ = try ResultsDirectory(path: path("all"))
      #expect(try state("all") == after)
      #expect(try !FileManager.default.contentsOfDirectory(atPath: path("all")).contains(".replacement"))
      // Who has it open completes it, too.
      try target(written: all.count, isPromised: true, moved: moved)
      _ = try merge(["a"])
      #expect(try state("all") == after)
    }
    // A list that is cut, or names a file elsewhere, promises nothing.
    for text in ["curves.csv\nruns.csv\n", "../before/runs.csv\nend\n"] {
      try target(written: all.count, isPromised: false, moved: 0)
      try folder.write(Array(text.utf8), to: "all/.replacement")
      _ = try ResultsDirectory(path: path("all"))
      #expect(try state("all") == before && state("before") == before)
    }
  }

  @Test("A full disk is an error, and the target is as it was")
  func fullDisk() throws {
    try made("all", [.made(seed: 0)])
    let wide = String(repeating: "x", count: fullDiskSize / 2)
    try made("a", [.made(seed: 1), .made(seed: 2), .made(seed: 3)])
    let lines = try text("a/runs.csv").split(separator: "\n").enumerated().map {
      $1 + ($0 == 0 ? ",note\n" : ",\(wide)\n")
    }
    try onEmptyDisk { try folder.write(Array(lines.joined().utf8), to: "a/runs.csv") }
    let before = try text("all/runs.csv")
    try onFullDisk {
      #expect { try merge(["a"]) } throws: { ($0 as? HarnessError)?.exitCode == 74 }
    }
    #expect(try text("all/runs.csv") == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.hasPrefix(".new") })
  }
}
