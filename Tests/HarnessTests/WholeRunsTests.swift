import Foundation
import TestSupport
import Testing

@testable import Harness

/// Folders that lack something of what was recorded.
@Suite final class WholeRunsTests: MergeSuite {
  /// A folder with two runs, their layers, and their data.
  private func made() throws -> [String] {
    let data = Dataset.made([3, 2], test: (0..<10).map { $0 % 2 })
    let results = [UInt64(0), 1].map { seed -> RunResult in
      let result = RunResult.made(.made(seed: seed), fingerprint: data.fingerprintText)
      let rows = [0, 45, 90].flatMap { step in
        ["layer0", "layer1"].map { layer in
          RecordedRow(
            run: result.record.run, configuration: result.record.configuration, step: step, ["layer": .text(layer)],
            of: .layers)
        }
      }
      return RunResult(
        record: result.record, curve: result.curve, outcomes: result.outcomes, recorded: ["layers": rows])
    }
    try made("a", results).record(data)
    return results.map(\.record.run)
  }

  /// What is said of a folder that is refused.
  private func refusal(_ code: Int32) throws -> String {
    let error = #expect(throws: HarnessError.self) { try merge(["a"]) }
    #expect(error?.exitCode == code && !FileManager.default.fileExists(atPath: path("all")))
    return error?.description ?? ""
  }

  @Test(
    "A file that lacks its last line, or a part of it, is refused",
    arguments: [
      ("curves.csv", "only a part of r"), ("layers.csv", "only a part of r"), ("labels.csv", "the labels of 5"),
    ])
  func cut(file: String, words: String) throws {
    let runs = try made()
    #expect(try merge(["a"], into: "whole").runs == 2)
    let bytes = try #require(folder.bytes(of: "a/\(file)"))
    try folder.write(Array(bytes.dropLast(5)), to: "a/\(file)")
    let inLine = try refusal(65)
    let isAtOnce = file == "labels.csv"
    #expect(inLine.contains("a/\(file): found " + (isAtOnce ? "a last line without an end" : words)))
    let end = try #require(bytes.dropLast().lastIndex(of: 10))
    try folder.write(Array(bytes[...end]), to: "a/\(file)")
    let atLine = try refusal(65)
    #expect(atLine.contains("a/\(file): found \(words)") && atLine.contains(isAtOnce ? runs[0] : runs[1]))
  }

  @Test("Channels that lack a part of a line, or one in the middle, are refused")
  func channels() throws {
    _ = try made()
    let text = try text("a/channels.csv")
    try folder.write(Array(text.utf8.dropLast(5)), to: "a/channels.csv")
    #expect(try refusal(65).contains("a/channels.csv: found a last line without an end"))
    let row = text.split(separator: "\n")[1]
    try folder.write(Array((text + row.replacing(",0,", with: ",2,") + "\n").utf8), to: "a/channels.csv")
    #expect(try refusal(65).contains("a/channels.csv: found rows that leave a channel out"))
  }

  @Test("What older numerics made, and a run that diverged, needs less")
  func less() throws {
    let runs = try made()
    for (status, numerics) in [("diverged", "\(Harness.numerics)"), ("finished", "1")] {
      let changed = try text("a/runs.csv").replacing(",finished,", with: ",\(status),")
        .replacing(",\(Harness.numerics),", with: ",\(numerics),")
      try made("b", [])
      try folder.write(Array(changed.utf8), to: "b/runs.csv")
      for file in ["layers.csv", "outcomes.csv", "curves.csv"] {
        let lines = try text("a/\(file)").split(separator: "\n")
        let kept = file == "curves.csv" && numerics != "1" ? lines : lines.dropLast()
        try folder.write(Array((kept.joined(separator: "\n") + "\n").utf8), to: "b/\(file)")
      }
      #expect(try merge(["b"], into: "all\(status)").runs == runs.count)
    }
  }

  @Test(
    "A pipe in the place of a file is not waited for", .timeLimit(.minutes(1)),
    arguments: [
      "runs.csv", "curves.csv", "outcomes.csv", "layers.csv", "landscape.csv", "trials.csv", "labels.csv",
      "channels.csv",
    ])
  func pipe(file: String) throws {
    _ = try made()
    unlink(path("a/\(file)"))
    try #require(mkfifo(path("a/\(file)"), 0o600) == 0)
    #expect(try refusal(66).contains("a/\(file) cannot be read: it is no file."))
    // Nor does whoever would write to the folder.
    #expect { try ResultsDirectory(path: path("a")).rows(of: file, columns: ["run", "seed"]) } throws: {
      ($0 as? HarnessError)?.exitCode == 66
    }
  }
}
