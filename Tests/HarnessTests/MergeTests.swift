import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite final class MergeTests: MergeSuite {
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.contains(".new") })
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

  // MARK: - Folders that cannot be merged

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

  @Test(
    "A run whose curve or outcomes no folder has is refused, and a folder into itself that is not there",
    arguments: ["curves.csv", "outcomes.csv"])
  func without(file: String) throws {
    try made("a", [.made(seed: 1), .made(seed: 2)])
    let lines = try text("a/\(file)").split(separator: "\n")
    try folder.write(
      Array((lines.prefix(file == "curves.csv" ? 3 : 2).joined(separator: "\n") + "\n").utf8), to: "a/\(file)")
    #expect { try merge(["a"]) } throws: { error in
      (error as? HarnessError)?.exitCode == 65 && "\(error)".contains("a/\(file): found nothing of r")
    }
    #expect(!FileManager.default.fileExists(atPath: path("all")))
    #expect { try merge(["all"]) } throws: { ($0 as? HarnessError)?.exitCode == 66 }
    #expect(!FileManager.default.fileExists(atPath: path("all")))
  }

  @Test("A file of runs that is cut in its header is refused, and one without a byte has none")
  func cutHeader() throws {
    try made("a", [.made(seed: 0)])
    let whole = try text("a/runs.csv")
    try made("b", [])
    try folder.write(Array(whole.utf8.prefix(100)), to: "b/runs.csv")
    #expect { try merge(["a", "b"]) } throws: { error in
      (error as? HarnessError)?.exitCode == 65 && "\(error)".contains("b/runs.csv: found no whole line")
    }
    try folder.write([], to: "b/runs.csv")
    #expect(try merge(["a", "b"]).runs == 1)
  }

  @Test("A row whose settings are those of another run is refused, unless its columns are of another version")
  func otherRun() throws {
    let run = RunResult.made(seed: 1).record
    try made("a", [.made(seed: 1)])
    let whole = try text("a/runs.csv")
    let lines = whole.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func changed(_ column: String, _ value: String, more: String = "") -> [UInt8] {
      var row = lines[1]
      row[lines[0].firstIndex(of: column)!] = value
      let more = more.isEmpty ? [] : [more]
      return Array([lines[0] + more, row + more].map { $0.joined(separator: ",") + "\n" }.joined().utf8)
    }
    for (column, value) in [
      ("seed", "7"), ("norm", "group"), ("fingerprint", "d2"), ("run", "r0"), ("learning_rate", "0.125"),
    ] {
      try folder.write(changed(column, value), to: "a/runs.csv")
      try? FileManager.default.removeItem(atPath: path("a/curves.csv"))
      let error = #expect(throws: HarnessError.self) { try merge(["a"]) }
      let name = column == "run" ? "r0" : run.run
      #expect(
        error?.description.contains("a/runs.csv: found line 2 with settings or data that are not those of \(name)")
          ?? false)
      #expect(error?.exitCode == 65 && !FileManager.default.fileExists(atPath: path("all")))
    }
    // A column that is not known may be a setting of a version to come; other numerics make other names.
    for bytes in [changed("seed", "7", more: "later"), changed("numerics", "1"), changed("fingerprint", "unknown")] {
      try folder.write(bytes, to: "a/runs.csv")
      #expect(try merge(["a"], into: "all\(bytes.count)").runs == 1)
    }
  }
}
