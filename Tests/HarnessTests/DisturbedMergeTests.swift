import Foundation
import TestSupport
import Testing

@testable import Harness

/// Merges that something goes wrong in.
@Suite final class DisturbedMergeTests: MergeSuite {
  @Test("What is found broken late leaves the target as it was")
  func brokenLate() throws {
    try made("all", [.made(seed: 0)])
    try made("a", [.made(seed: 1)])
    try folder.write(Array((try text("a/curves.csv") + "r1,two\n").utf8), to: "a/curves.csv")
    let before = try ["all/runs.csv", "all/curves.csv"].map(text)
    #expect(throws: HarnessError.self) { try merge(["a"]) }
    #expect(try ["all/runs.csv", "all/curves.csv"].map(text) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.contains(".new") })
    try folder.write([], to: "file")
    try made("b", [.made(seed: 2)])
    #expect { try merge(["b"], into: "file") } throws: { ($0 as? HarnessError)?.exitCode == 73 }
  }

  @Test("A merge that fails leaves nothing that was not there", arguments: ["all", "deep/all", "empty"])
  func failing(target: String) throws {
    try made("a", [.made(seed: 0)])
    try folder.write(Array("a,b\n1,2\n".utf8), to: "a/trials.csv")
    try FileManager.default.createDirectory(atPath: path("empty"), withIntermediateDirectories: false)
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    #expect { try merge(["a"], into: target) } throws: { ($0 as? HarnessError)?.exitCode == 65 }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    // What is recorded by then stays.
    let place = path("new")
    #expect(throws: HarnessError.interrupted) {
      try ResultsDirectory(place, LockWait()).begin {
        try folder.write(Array("a\nb\n".utf8), to: "new/trials.csv")
        throw HarnessError.interrupted
      }
    }
    #expect(try text("new/trials.csv") == "a\nb\n")
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
      #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.contains(".new") })
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("all")).allSatisfy { !$0.contains(".new") })
  }

  @Test("A new target that a full disk left half made can be merged into again")
  func halfMade() throws {
    try made("a", [.made(seed: 0), .made(seed: 1)])
    // Files that were begun and got nothing, and one that was written beside.
    _ = try made("all", [])
    for file in ["runs.csv", "curves.csv", "outcomes.csv"] { try folder.write([], to: "all/\(file)") }
    try folder.write(Array("run,mo".utf8), to: "all/\(OutputFile.beside("runs.csv", by: "merge"))")
    try folder.write(Array("step".utf8), to: "all/\(OutputFile.beside("curves.csv", by: "1"))")
    // That of a user stays.
    try folder.write(Array("mine".utf8), to: "all/plot.new-colours.R")
    #expect(try merge(["a"]).runs == 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path("all")).filter { $0.contains(".new") } == [
        "plot.new-colours.R"
      ])
    #expect(try reading().records() == (0..<2).map { RunResult.made(seed: $0).record })
    #expect(try reading().evaluations().count == 4)
  }
}
