import Foundation
import TestSupport
import Testing

@testable import Harness

/// Folders that somebody else has written to: other programs, spreadsheets, older versions, broken disks.
@Suite struct ForeignFilesTests {
  private let folder: TemporaryFolder
  private static let files = ["outcomes.csv", "curves.csv", "runs.csv"]

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("A column that nobody knows stays where it is, when rows are added and when they are replaced")
  func unknownColumn() throws {
    var directory = try ResultsDirectory(path: folder.path)
    for seed in 0..<2 { try directory.commit(.made(seed: seed)) }
    var lines = try folder.text(of: "runs.csv").split(separator: "\n").map(String.init)
    for (row, text) in ["note", "\"good, this\"", "bad"].enumerated() { lines[row] = text + "," + lines[row] }
    try folder.write(Array((lines + [""]).joined(separator: "\n").utf8), to: "runs.csv")
    directory = try ResultsDirectory(path: folder.path)
    try directory.commit(.made(seed: 2))
    try directory.commit(.made(seed: 1), replacing: true)
    let text = try folder.text(of: "runs.csv").split(separator: "\n").map(String.init)
    #expect(text.map { $0.prefix { $0 != "r" } } == ["note,", "\"good, this\",", ",", ","])
    #expect(text[..<2] == lines[..<2])
    #expect(try directory.records() == [0, 2, 1].map { RunResult.made(seed: $0).record })
  }

  @Test(
    "A file without a setting has it absent, also after it was written anew", arguments: AnySetting.all.map(\.column))
  func missingSetting(column: String) throws {
    try ResultsDirectory(path: folder.path).commit(.made(seed: 1))
    guard !["model", "norm", "data"].contains(column) else { return }
    for file in ["runs.csv", "curves.csv"] {
      var reader = CSV.Reader(Array(try folder.text(of: file).utf8))
      var rows: [[String]] = []
      while let row = reader.next() { rows.append(row) }
      let place = try #require(rows[0].firstIndex(of: column))
      for row in rows.indices { rows[row].remove(at: place) }
      try folder.write(Array(rows.map(CSV.line).joined().utf8), to: file)
    }
    let setting = try #require(AnySetting.named(column))
    let expected = RunConfiguration.made(seed: 1).without([setting])
    #expect(try ResultsDirectory(reading: folder.path).records().map(\.configuration) == [expected])
    let directory = try ResultsDirectory(path: folder.path)
    #expect(try directory.records().map(\.configuration) == [expected])
    #expect(try directory.evaluations().map(\.configuration) == [expected, expected])
  }

  @Test("A file that is not ours is left alone and named", arguments: files)
  func foreignFile(file: String) throws {
    try folder.write(Array("a,b\n1,2\n".utf8), to: file)
    let error = #expect(throws: HarnessError.self) { try ResultsDirectory(path: folder.path) }
    #expect(error?.exitCode == 65 && error?.description.contains("\(file): found the columns a,b…, and no run") == true)
    #expect(try folder.text(of: file) == "a,b\n1,2\n")
  }

  @Test("A line that does not fit is named, wherever it stands", arguments: ["1,2,3", "r1,mlp", "r1\nr2"])
  func foreignLine(line: String) throws {
    let directory = try ResultsDirectory(path: folder.path)
    try directory.commit(.made(seed: 0))
    try folder.write(Array((try folder.text(of: "runs.csv") + line + "\n").utf8), to: "runs.csv")
    let error = #expect(throws: HarnessError.self) { try directory.records() }
    #expect(
      error?.exitCode == 65 && error?.description.contains("runs.csv: found line 3 with \(line.prefix(2))") == true)
  }

  @Test("Outcomes that do not have their length are named")
  func brokenOutcomes() throws {
    let directory = try ResultsDirectory(path: folder.path)
    let run = RunResult.made(seed: 0).record.run
    try directory.commit(.made(seed: 0))
    let text = try folder.text(of: "outcomes.csv")
    #expect(text == "run,images,outcomes\n\(run),10,/4A=\n")
    try folder.write(Array(text.replacing(",10,", with: ",11,").utf8), to: "outcomes.csv")
    #expect(try directory.outcomes(of: [run]).count == 1)
    try folder.write(Array(text.replacing(",10,", with: ",17,").utf8), to: "outcomes.csv")
    let error = #expect(throws: HarnessError.self) { try directory.outcomes(of: [run]) }
    #expect(error?.description.contains("outcomes.csv: found line 2 with images '17'") == true)
    #expect(try directory.outcomes(of: ["another"]).isEmpty)
  }

  @Test("Files that another program quoted, or marked with its encoding, are read as before")
  func quoted() throws {
    let results = [0, 1].map { RunResult.made(seed: $0) }
    let directory = try ResultsDirectory(path: folder.path)
    for result in results { try directory.commit(result) }
    for file in Self.files {
      let lines = try folder.text(of: file).split(separator: "\n").map { line in
        CSV.fields(of: Array(line.utf8)[...]).map { "\"\($0)\"" }.joined(separator: ",") + "\n"
      }
      try folder.write([0xEF, 0xBB, 0xBF] + Array(lines.joined().utf8), to: file)
    }
    let again = try ResultsDirectory(path: folder.path)
    for result in results { try again.commit(result) }
    #expect(try again.records() == results.map(\.record) && again.evaluations() == results.flatMap(\.curve))
    #expect(try again.outcomes(of: Set(results.map(\.record.run))).count == 2)
  }

  @Test("A quotation without an end is told of before anything is written, and a run that was pasted twice counts once")
  func damaged() throws {
    let result = RunResult.made(seed: 0)
    try ResultsDirectory(path: folder.path).commit(result)
    let text = try folder.text(of: "runs.csv")
    try folder.write(Array((text + text.split(separator: "\n")[1] + "\n").utf8), to: "runs.csv")
    #expect(try ResultsDirectory(path: folder.path).records() == [result.record])
    let broken = text + "\"r1,cnn\nr2,cnn\n"
    try folder.write(Array(broken.utf8), to: "runs.csv")
    let error = #expect(throws: HarnessError.self) { try ResultsDirectory(path: folder.path) }
    #expect(error?.exitCode == 65 && error?.description.contains("a quotation that begins in line 3") == true)
    #expect(try folder.text(of: "runs.csv") == broken)
  }

  @Test("What is taken out of runs.csv by hand is trained anew, and stands nowhere twice")
  func takenOut() throws {
    let results = [0, 1].map { RunResult.made(seed: $0) }
    let directory = try ResultsDirectory(path: folder.path)
    for result in results { try directory.commit(result) }
    let before = try Self.files.map { try folder.text(of: $0) }
    let lines = try folder.text(of: "runs.csv").split(separator: "\n")
    try folder.write(Array((lines[...1].joined(separator: "\n") + "\n").utf8), to: "runs.csv")
    try ResultsDirectory(path: folder.path).commit(results[1])
    #expect(try Self.files.map { try folder.text(of: $0) } == before)
  }

  @Test(
    "A journal that says nonsense changes nothing",
    arguments: [
      "-5 runs.csv\nend\n", "0 runs.csv\nend\n", "100 runs.csv\n7 curves.csv\nend\n", "9999999 runs.csv\nend\n",
    ])
  func nonsense(journal: String) throws {
    try ResultsDirectory(path: folder.path).commit(.made(seed: 0))
    let before = try Self.files.map { try folder.text(of: $0) }
    try folder.write(Array(journal.utf8), to: ".journal")
    _ = try ResultsDirectory(path: folder.path)
    #expect(try Self.files.map { try folder.text(of: $0) } == before)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/.journal"))
  }

  @Test("A pipe in the place of a file is not waited for")
  func pipe() throws {
    #expect(mkfifo(folder.path + "/runs.csv", 0o644) == 0)
    let error = #expect(throws: HarnessError.self) { try ResultsDirectory(reading: folder.path).records() }
    #expect(error?.exitCode == 66)
  }
}
