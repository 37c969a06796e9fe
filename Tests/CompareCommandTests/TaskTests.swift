import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand

/// A grid in parts, and the parts in one folder.
@Suite struct TaskTests {
  private static let grid = "--norm none,batch,layer --model cnn,mlp --epochs 1 --batch-size 100 --seeds 3"
  private static let files = [
    "runs.csv", "curves.csv", "outcomes.csv", "labels.csv", "channels.csv", "differences.csv",
  ]

  private func rows(_ folder: TemporaryFolder) throws -> [[[String]]] {
    try Self.files.map { file in
      try ResultRows(file, in: folder).timeless.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  @Test("Tasks train the grid together, each in a folder of its own, and merged they are the grid")
  func grid() throws {
    let (alone, folder) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(try compare("\(Self.grid) --quiet", in: alone).code == 0)
    for task in 1...4 {
      let outcome = try compare("\(Self.grid) --quiet --task \(task)/4", in: folder)
      #expect(outcome.code == 0 && outcome.output.contains("\nThis is task \(task) of 4: "))
      #expect(outcome.output.hasSuffix("compare merge Results/task-*-of-4 --into Results\n"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/Results").count == 4)
    let folders = (1...4).map { "Results/task-\($0)-of-4" }.joined(separator: " ")
    let merged = try compare("merge \(folders) --into Results", in: folder)
    #expect(merged.code == 0 && merged.errors.isEmpty)
    #expect(merged.output == "18 runs in Results: 18 added.\nThe table: compare show --results Results\n")
    // A task that is merged is not trained again, whichever part of the grid it is now.
    let other = try compare("\(Self.grid) --task 2/3", in: folder)
    #expect(other.code == 0 && other.errors.isEmpty)
    #expect(
      other.output.contains("\nThis is task 2 of 3: 6 of 18 runs, 6 of them recorded in Results, and no comparison"))
    #expect(try compare("\(Self.grid) --task 2/3 --dry-run", in: folder).output.hasSuffix("runs, 0 to train.\n"))
    #expect(
      try compare("\(Self.grid) --task 2/3 --dry-run --force", in: folder).output.hasSuffix("6 runs, 6 to train.\n"))
    #expect(try compare("\(Self.grid) --quiet", in: folder).code == 0)
    #expect(try rows(folder) == rows(alone))
  }

  @Test("Slices are the same whatever is recorded; one without runs is none the worse")
  func slices() throws {
    let folder = try TemporaryFolder()
    func listed(_ task: String) throws -> [Substring] {
      try compare("\(Self.grid) --dry-run --task \(task)", in: folder).output.split(separator: "\n")
        .filter { $0.hasPrefix("r") }.map { $0.prefix(17) }
    }
    let before = try (1...3).map { try listed("\($0)/3") }
    #expect(Set(before.joined()).count == 18 && before.allSatisfy { $0.count == 6 })
    #expect(try compare("\(Self.grid) --quiet --task 2/3", in: folder).code == 0)
    #expect(try (1...3).map { try listed("\($0)/3") } == before)
    let empty = try compare("--epochs 1 --task 2/2", in: folder)
    #expect(empty.code == 0 && empty.output.contains("This is task 2 of 2: 0 of 1 run, "))
    #expect(
      try compare("merge Results/task-2-of-2 Results/task-2-of-3 --into all", in: folder).output
        == "6 runs in all: 6 added.\nNot among the folders: task-1-of-2, task-1-of-3, task-3-of-3.\n"
        + "The table: compare show --results all\n")
  }

  @Test("What is tuned is trained in parts, and chosen from when they are merged")
  func tuned() throws {
    let (alone, folder) = (try TemporaryFolder(), try TemporaryFolder())
    let line = "--norm none,layer --model mlp --epochs 1 --batch-size 100 --seeds 3 --tune learning-rate --budget 2"
    let whole = try compare("\(line) --quiet", in: alone)
    for task in 1...3 { #expect(try compare("\(line) --quiet --task \(task)/3", in: folder).code == 0) }
    let folders = (1...3).map { "Results/task-\($0)-of-3" }.joined(separator: " ")
    #expect(
      try compare("merge \(folders) --into Results", in: folder).output
        == "12 runs in Results: 12 added.\nThe table: compare show --results Results\n")
    let merged = try compare("\(line) --quiet", in: folder)
    #expect(merged.code == 0 && timeless(merged.output) == timeless(whole.output))
    for file in ["trials.csv", "differences.csv"] {
      #expect(try ResultRows(file, in: folder).fields == ResultRows(file, in: alone).fields)
    }
  }

  @Test("Claims are trained in parts, and decided when they are merged")
  func claims() throws {
    let (alone, folder) = (try TemporaryFolder(), try TemporaryFolder())
    let line = "claims sanity --quick --norm none,batch --markdown"
    let whole = try compare("\(line) --results Results", in: alone)
    for task in 1...2 {
      let outcome = try compare("\(line) --results Results --task \(task)/2", in: folder)
      #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.contains("This is task \(task) of 2: "))
    }
    #expect(try compare("merge Results/task-1-of-2 Results/task-2-of-2 --into Results", in: folder).code == 0)
    let merged = try compare("\(line) --results Results", in: folder)
    #expect(merged.code == 0 && merged.output == whole.output && merged.errors.contains("recorded already"))
  }

  @Test("A contradiction has both values on standard error, a file beside the results, and exit code 65")
  func contradiction() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { #expect(try compare("--epochs 1 --quiet --results \(name)", in: folder).code == 0) }
    #expect(
      try compare("merge a b --into same", in: folder).output
        == "1 run in same: 1 added, 1 in several folders alike.\nThe table: compare show --results same\n")
    // Other words for the classes of the same data keep no run out.
    let labels = try folder.text(of: "b/labels.csv")
    try folder.write(Array(labels.replacing(",1,1,", with: ",1,one,").utf8), to: "b/labels.csv")
    let words = try compare("merge a b --into words", in: folder)
    #expect(words.code == 65 && words.output.hasPrefix("1 run in words: 1 added, 1 in several folders alike.\n"))
    #expect(words.errors.contains(", class 1: label in labels.csv is 1 in a and one in b\n"))
    #expect(words.errors.hasSuffix("expected one value of each; what the target had stays.\n"))
    #expect(try folder.text(of: "words/labels.csv").split(separator: "\n").count == 10)
    try folder.write(Array(labels.utf8), to: "b/labels.csv")
    let runs = try folder.text(of: "b/runs.csv")
    try folder.write(Array(runs.replacing(",finished,", with: ",collapsed,").utf8), to: "b/runs.csv")
    let outcome = try compare("merge a b --into all", in: folder)
    #expect(outcome.code == 65 && outcome.output == "0 runs in all: 0 added.\n" && outcome.errorLines.count == 2)
    #expect(outcome.errors.contains("status in runs.csv is finished in a and collapsed in b\n"))
    #expect(outcome.errors.contains("compare: all/contradictions.csv: found 1 run or row"))
    #expect(try folder.text(of: "all/contradictions.csv").contains(",runs.csv,1,status,a,finished,b,collapsed\n"))
  }

  @Test("Killed in the middle of a merge, the target is as before or whole, and the next merge completes it")
  func killed() throws {
    let folder = try TemporaryFolder()
    for (name, seeds) in [("before", 0..<300), ("a", 300..<600), ("b", 500..<900)] {
      let directory = try ResultsDirectory(path: "\(folder.path)/\(name)")
      for seed in seeds { try directory.commit(MadeUpRun(seed: UInt64(seed)).result) }
    }
    func runs() throws -> Int { try ResultsDirectory(reading: folder.path + "/all").records().count }
    func curves() throws -> Int { try ResultsDirectory(reading: folder.path + "/all").evaluations().count }
    func copy() throws {
      try? FileManager.default.removeItem(atPath: folder.path + "/all")
      try FileManager.default.copyItem(atPath: folder.path + "/before", toPath: folder.path + "/all")
    }
    try copy()
    let start = ContinuousClock.now
    #expect(try compare("merge a b --into all", in: folder).code == 0)
    let took = start.duration(to: .now)
    #expect(try runs() == 900 && curves() == 900)
    for moment in 1...20 {
      try copy()
      let program = try RunningProgram("merge a b --into all", in: folder)
      let end = ContinuousClock.now + took * Double(moment) / 20
      program.wait { ContinuousClock.now >= end }
      program.kill()
      _ = try program.outcome()
      #expect(try [300, 900].contains(runs()))
      #expect(try compare("merge a b --into all", in: folder).code == 0)
      #expect(try runs() == 900 && curves() == 900)
    }
  }
}
