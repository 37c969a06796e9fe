import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct ResultsDirectoryTests {
  private let folder: TemporaryFolder
  private static let files = ["outcomes.csv", "curves.csv", "runs.csv"]

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("What is committed is read back, in the order of the commits")
  func commits() throws {
    let path = folder.path + "/new/folder"
    let directory = try ResultsDirectory(path: path)
    let results = (0..<3).map { RunResult.made(seed: $0) }
    for result in results { try directory.commit(result) }
    for directory in [directory, ResultsDirectory(reading: path), try ResultsDirectory(path: path)] {
      #expect(try directory.records() == results.map(\.record))
      #expect(try directory.evaluations() == results.flatMap(\.curve))
      let wanted = Set(results.map(\.record.run).suffix(2))
      #expect(try directory.identifiers() == Set(results.map(\.record.run)))
      #expect(try directory.records(of: wanted) == results.suffix(2).map(\.record))
      #expect(try directory.evaluations(of: wanted) == results.suffix(2).flatMap(\.curve))
      #expect(try Set(directory.outcomes(of: wanted).keys) == wanted)
      #expect(try directory.outcomes(of: wanted).values.allSatisfy { $0 == results[0].outcomes })
    }
  }

  @Test("A folder that is only read is not made, and has nothing if it is not there")
  func nothing() throws {
    let directory = ResultsDirectory(reading: folder.path + "/none")
    #expect(try directory.records().isEmpty && directory.identifiers().isEmpty && directory.trialRuns().isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
  }

  @Test("A run is recorded once")
  func once() throws {
    let directory = try ResultsDirectory(path: folder.path)
    for seed in [0, 1, 0] { try directory.commit(.made(seed: seed)) }
    #expect(try directory.records().count == 2 && directory.evaluations().count == 4)
  }

  @Test("Replacing a run leaves the others as they are, and each has its rows once")
  func replacing() throws {
    let directory = try ResultsDirectory(path: folder.path)
    for seed in 0..<3 { try directory.commit(.made(seed: seed)) }
    let old = RunResult.made(seed: 1)
    var record = old.record
    record[.seconds] = 99
    var curve = old.curve[0]
    curve[.elapsedSeconds] = 99
    let outcomes = Outcomes([true, false])
    try directory.commit(RunResult(record: record, curve: [curve], outcomes: outcomes), replacing: true)
    for directory in [directory, try ResultsDirectory(path: folder.path)] {
      #expect(try directory.records() == [RunResult.made(seed: 0).record, RunResult.made(seed: 2).record, record])
      #expect(try directory.evaluations() == RunResult.made(seed: 0).curve + RunResult.made(seed: 2).curve + [curve])
      #expect(try directory.outcomes(of: [record.run]) == [record.run: outcomes])
    }
    // It goes on where it was.
    try directory.commit(.made(seed: 3))
    try directory.commit(.made(seed: 1))
    #expect(try directory.records().count == 4)
    // What is not there is added.
    try directory.commit(.made(seed: 4), replacing: true)
    #expect(try directory.records().count == 5 && directory.evaluations().count == 9)
  }

  @Test("A run that diverged has no outcomes")
  func diverged() throws {
    let directory = try ResultsDirectory(path: folder.path)
    let result = RunResult.made(seed: 0)
    try directory.commit(RunResult(record: result.record, curve: result.curve, outcomes: nil))
    #expect(try directory.outcomes(of: [result.record.run]).isEmpty && directory.identifiers().count == 1)
  }

  @Test("A crash at any byte of a commit loses nothing that was finished and leaves nothing that was not")
  func crashes() throws {
    let directory = try ResultsDirectory(path: folder.path)
    try directory.commit(.made(seed: 0))
    let before = try Self.files.map(folder.text)
    try directory.commit(.made(seed: 1))
    let after = try Self.files.map(folder.text)
    let journal = zip(Self.files, before).map { "\($1.utf8.count) \($0)\n" }.joined() + "end\n"

    func check(_ texts: [String], journal: String, _ expected: [String]) throws {
      for (file, text) in zip(Self.files, texts) { try folder.write(Array(text.utf8), to: file) }
      try folder.write(Array(journal.utf8), to: ".journal")
      let repaired = try ResultsDirectory(path: folder.path)
      #expect(try Self.files.map(folder.text) == expected)
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/.journal"))
      try repaired.commit(.made(seed: 1))
      #expect(try Self.files.map(folder.text) == after)
    }
    // Before anything is written, the journal may be cut anywhere.
    for length in 0...journal.utf8.count { try check(before, journal: String(journal.prefix(length)), before) }
    // The files are written one after the other.
    for file in Self.files.indices {
      for length in before[file].utf8.count...after[file].utf8.count
      where length % 7 == 0 || length == after[file].utf8.count {
        var texts = Self.files.indices.map { $0 < file ? after[$0] : before[$0] }
        texts[file] = String(after[file].prefix(length))
        try check(texts, journal: journal, before)
      }
    }
    // Once the journal is gone, the run is recorded.
    for (file, text) in zip(Self.files, after) { try folder.write(Array(text.utf8), to: file) }
    #expect(try ResultsDirectory(path: folder.path).records().count == 2)
  }

  @Test("What a crash left is taken back by whoever writes next, also if it was open already")
  func crashOfAnother() throws {
    let directory = try ResultsDirectory(path: folder.path)
    try directory.commit(.made(seed: 0))
    let lengths = try Self.files.map { ($0, try folder.text(of: $0).utf8.count) }
    try Journal(path: folder.path + "/.journal").begin(lengths.map { (name: $0.0, length: $0.1) })
    for file in Self.files { try folder.write(Array((try folder.text(of: file) + "half a li").utf8), to: file) }
    try directory.commit(.made(seed: 1))
    #expect(try directory.records().count == 2 && ResultsDirectory(path: folder.path).evaluations().count == 4)
    for file in Self.files { #expect(!(try folder.text(of: file)).contains("half")) }
  }

  @Test("A file that was cut within its header starts anew")
  func cutHeader() throws {
    try folder.write(Array("run,mod".utf8), to: "runs.csv")
    try folder.write([], to: "curves.csv")
    try ResultsDirectory(path: folder.path).commit(.made(seed: 0))
    #expect(try ResultsDirectory(path: folder.path).records() == [RunResult.made(seed: 0).record])
  }

  @Test("Writers side by side lose nothing")
  func concurrentWriters() async throws {
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          // A directory for each, as two processes would have.
          let directory = try ResultsDirectory(path: path)
          for seed in 0..<10 { try directory.commit(.made(seed: seed * 4 + writer)) }
        }
      }
      try await group.waitForAll()
    }
    let directory = try ResultsDirectory(path: folder.path)
    let records = try directory.records()
    #expect(Set(records.map(\.run)).count == 40 && records.count == 40)
    #expect(try directory.evaluations().count == 80 && directory.outcomes(of: Set(records.map(\.run))).count == 40)
  }

  @Test("Of two writers, each sees what the other records, and neither records it twice")
  func twoWriters() throws {
    let (first, second) = (try ResultsDirectory(path: folder.path), try ResultsDirectory(path: folder.path))
    try first.commit(.made(seed: 0))
    try second.commit(.made(seed: 0))
    try second.commit(.made(seed: 1))
    try first.commit(.made(seed: 1))
    #expect(try first.records().count == 2)
    // A file that was written anew is read anew, however often.
    for _ in 0..<3 {
      for seed in [0, 1] { try first.commit(.made(seed: seed), replacing: true) }
      try second.commit(.made(seed: 0))
      try second.commit(.made(seed: 1))
    }
    #expect(try second.records().count == 2 && first.identifiers() == second.identifiers())
  }

  @Test("A file that became shorter behind a writer's back is read anew")
  func shorter() throws {
    let (first, second) = (try ResultsDirectory(path: folder.path), try ResultsDirectory(path: folder.path))
    for seed in 0..<3 { try first.commit(.made(seed: seed)) }
    // In the same file, as a new one may have the number of one that is gone.
    let file = try #require(FileHandle(forWritingAtPath: folder.path + "/runs.csv"))
    #expect(try second.identifiers().count == 3)
    let header = try folder.text(of: "runs.csv").prefix { $0 != "\n" }.utf8.count + 1
    try file.truncate(atOffset: UInt64(header))
    try first.commit(.made(seed: 7))
    #expect(try second.identifiers() == [RunResult.made(seed: 7).record.run])
    try second.commit(.made(seed: 7))
    #expect(try second.records().count == 1)
  }

  #if os(Linux)
    @Test("Recording a run reads and writes as many bytes whatever is recorded already")
    func bytesOfACommit() throws {
      let counts = try [300, 3000].map { runs in
        let folder = try TemporaryFolder()
        var directory = try ResultsDirectory(path: folder.path)
        try directory.commit(.made(seed: 1_000_000))
        // As if as many runs had been recorded, with the time of one: the rows of the first under other names.
        for file in Self.files {
          let lines = try folder.text(of: file).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
          let old = lines[1].prefix { $0 != "," }
          var text = lines[0] + "\n"
          for run in 0..<runs {
            for line in lines.dropFirst() { text += line.replacing(old, with: "r\(10_000_000 + run)") + "\n" }
          }
          try folder.write(Array(text.utf8), to: file)
        }
        directory = try ResultsDirectory(path: folder.path)
        #expect(try directory.identifiers().count == runs)
        // The second of two, as the first may load what every run uses.
        return try (0..<2).map { seed in
          let (read, written) = try bytesOfThisThread()
          try directory.commit(.made(seed: 1_000_000 + seed))
          let now = try bytesOfThisThread()
          return [now.read - read, now.written - written]
        }[1]
      }
      // The journal has the lengths of the files, in digits.
      #expect(abs(counts[0][0] - counts[1][0]) < 32 && abs(counts[0][1] - counts[1][1]) < 32, "\(counts)")
      #expect(counts[0][1] > 500 && counts[1][0] < 60_000, "\(counts)")
    }

    private func bytesOfThisThread() throws -> (read: Int, written: Int) {
      let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
      let values = text.split(separator: "\n").map { $0.split(separator: " ") }
      func value(_ name: String) throws -> Int { try #require(Int(values.first { $0[0] == name }?[1] ?? "")) }
      return (try value("rchar:"), try value("wchar:"))
    }
  #endif

  @Test("A full disk leaves no half line, loses nothing, and says so; when there is space again, all goes on")
  func fullDisk() throws {
    for full in Self.files {
      let folder = try TemporaryFolder()
      var directory = try ResultsDirectory(path: folder.path)
      try directory.commit(.made(seed: 0))
      var lines = try folder.text(of: full).split(separator: "\n").map(String.init)
      lines[0] += ",note"
      lines[1] += ","
      for row in 2..<lines.count { lines[row] += "," }
      let missing = fullDiskSize - 10 - lines.joined(separator: "\n").utf8.count
      lines[1] += String(repeating: "x", count: missing)
      try folder.write(Array((lines + [""]).joined(separator: "\n").utf8), to: full)
      directory = try ResultsDirectory(path: folder.path)
      let before = try Self.files.map(folder.text)
      let error = #expect(throws: HarnessError.self) {
        try onFullDisk { try directory.commit(.made(seed: 1)) }
      }
      #expect(
        error?.exitCode == 74 && error?.description.contains("\(full): writing to it failed: File too large") == true)
      // Four megabytes are not shown.
      let isAsBefore = try Self.files.map(folder.text) == before
      #expect(isAsBefore, "\(full)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/.journal"))
      try onEmptyDisk { try directory.commit(.made(seed: 1)) }
      #expect(try directory.records().count == 2 && directory.evaluations().count == 4)
    }
  }

  @Test("A file has the column of something that is rarely measured only once a run has it")
  func optionalColumns() throws {
    let directory = try ResultsDirectory(path: folder.path)
    func columns(_ file: String) throws -> [Substring] {
      try folder.text(of: file).prefix { $0 != "\n" }.split(separator: ",")
    }
    let plain = RunResult.made(seed: 0)
    try directory.commit(plain)
    #expect(try !columns("runs.csv").contains("validation_loss") && !columns("curves.csv").contains("validation_loss"))
    var record = RunResult.made(seed: 1).record
    record[.validationLoss] = 0.5
    var curve = RunResult.made(seed: 1).curve
    curve[0][.validationLoss] = 0.25
    try directory.commit(RunResult(record: record, curve: curve, outcomes: nil))
    #expect(try columns("runs.csv").last == "validation_loss" && columns("curves.csv").last == "validation_loss")
    #expect(try directory.records() == [plain.record, record])
    #expect(try directory.evaluations() == plain.curve + curve)
    try directory.commit(.made(seed: 2))
    #expect(try directory.records().count == 3)
  }

  @Test("Differences are written as a whole, in the place of the last ones, without the column of what was tuned")
  func differences() throws {
    let directory = try ResultsDirectory(path: folder.path)
    for mean in ["0.1", "0.2"] {
      try directory.write([["norm": "a,b", "mean": mean]], columns: ["norm", "learning_rate", "mean", "low"])
    }
    #expect(try folder.text(of: "differences.csv") == "norm,mean,low\n\"a,b\",0.2,\n")
  }

  @Test("A folder that cannot be made or written is exit code 73")
  func unwritable() throws {
    try folder.write([1], to: "file")
    for path in ["/file", "/file/results"] {
      let error = #expect(throws: HarnessError.self) { try ResultsDirectory(path: folder.path + path) }
      #expect(error?.exitCode == 73 && error?.description.contains(folder.path + path) == true)
    }
    let directory = try ResultsDirectory(path: folder.path + "/gone")
    try FileManager.default.removeItem(atPath: folder.path + "/gone")
    let error = #expect(throws: HarnessError.self) { try directory.commit(.made(seed: 0)) }
    #expect(error?.exitCode == 73 && error?.description.contains("Name another one with --results.") == true)
  }
}
