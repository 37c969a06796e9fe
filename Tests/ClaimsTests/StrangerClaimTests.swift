import Foundation
import Harness
import Norms
import TestSupport
import Testing

@testable import Claims

/// A claim that is in no list: a file is all that it takes.
private struct Harmless: Claim {
  let name = "harmless"
  let sentence = "Normalization costs no accuracy."
  let source = "Said in many places."
  let disputed = "Nobody measured it."
  let standIn = "The small CNN for one epoch on 100 images."
  let norms = ["batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice) -> RunConfiguration {
      study.run("cnn", norm).with(.trainLimit, 100).with(.epochs, 1)
    }
    return study.members.flatMap { norm in
      [
        Question(
          "\(norm.name) beside none", about: norm, .difference, of: .accuracy, .run(run(norm)), .run(run(study.none)),
          .equal(within: 0.5)),
        Question(
          "\(norm.name) beside none, tuned", about: norm, .difference, of: .accuracy, .tuned(run(norm), budget: 2),
          .tuned(run(study.none), budget: 2), .more(than: 0.9)),
      ]
    } + [
      Question("groups that cannot be", of: .accuracy, .run(run(study.none).with(.batchSize, 5000)), .more(than: 0))
    ]
  }
}

/// One question that cannot be computed, and one that can.
private struct Impossible: Claim {
  let name = "impossible"
  let sentence = "Numbers can be computed."
  let source = "Turing 1936."
  let disputed = "Turing 1936."
  let standIn = "Two numbers."
  let norms = ["batch"]

  func questions(in study: Study) -> [Question] {
    [
      Question(
        "no", of: .number("number"), .computed { _ in throw HarnessError.usage("It does not halt.") }, .more(than: 0)),
      Question("yes", of: .number("number"), .computed { Double($0) + 5 }, .more(than: 1)),
    ]
  }
}

@Suite struct StrangerClaimTests {
  private func inquiry(_ claims: [any Claim] = [Harmless()]) throws -> Inquiry {
    try Inquiry(claims.map { ($0, try LiteratureTests.study(seeds: 3, norms: $0.norms)) })
  }

  private func run(_ inquiry: Inquiry, in path: String, until stop: Int = .max) throws -> [Finding] {
    let directory = try ResultsDirectory(path: path)
    try inquiry.recordTrials(in: directory)
    var finished = 0
    do {
      try Comparison(inquiry.trainings.map(\.training), in: directory).run { event in
        if case .finished = event { finished += 1 }
        return finished < stop
      }
    } catch HarnessError.interrupted {}
    return try inquiry.findings(in: directory).flatMap(\.findings)
  }

  @Test("A claim of a stranger is measured by the harness, and the same again from what is recorded")
  func measured() throws {
    let folder = try TemporaryFolder()
    let inquiry = try inquiry()
    // Two members and none, each by itself and at two rates, for three seeds.
    #expect(inquiry.trainings.count == 27 && Set(inquiry.trainings.map(\.training.identifier)).count == 27)
    #expect(inquiry.parts[0].comparisons == 4 && inquiry.parts[0].impossible.map(\.title) == ["groups that cannot be"])
    let findings = try run(inquiry, in: folder.path)
    #expect(findings.map(\.verdict) == [.supported, .contradicted, .supported, .contradicted])
    #expect(findings.allSatisfy { $0.first.count == 3 && $0.second.count == 3 && $0.low < $0.high })
    let runs = try String(contentsOfFile: folder.path + "/runs.csv", encoding: .utf8)
    let again = try run(try self.inquiry(), in: folder.path)
    #expect(again.map(\.effect) == findings.map(\.effect) && again.map(\.low) == findings.map(\.low))
    #expect(try String(contentsOfFile: folder.path + "/runs.csv", encoding: .utf8) == runs)
  }

  @Test("Stopped in the middle and started again, it comes to the same")
  func continued() throws {
    let (whole, stopped) = (try TemporaryFolder(), try TemporaryFolder())
    let findings = try run(try inquiry(), in: whole.path)
    let partial = try run(try inquiry(), in: stopped.path, until: 10)
    // The first seed alone is whole, and one seed has no verdict.
    #expect(partial.allSatisfy { $0.verdict == .inconclusive && $0.first.count < 3 })
    #expect(partial.contains { $0.remarks.contains { $0.contains("not recorded wholly") } })
    let continued = try run(try inquiry(), in: stopped.path)
    #expect(continued.map(\.effect) == findings.map(\.effect) && continued.map(\.verdict) == findings.map(\.verdict))
  }

  @Test("What cannot be computed is said of its question, and takes nothing from the others")
  func impossible() throws {
    let folder = try TemporaryFolder()
    let findings = try run(try inquiry([Impossible()]), in: folder.path)
    #expect(findings.map(\.verdict) == [.inconclusive, .supported])
    #expect(findings[0].remarks.contains("It does not halt.") && findings[1].first.map(\.value) == [5, 6, 7])
  }

  @Test("Whoever asks to stop is heard before the next question is computed")
  func stopped() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let inquiry = try inquiry([Impossible()])
    var asked = 0
    #expect(throws: HarnessError.interrupted) {
      try inquiry.findings(in: directory) {
        asked += 1
        return asked == 2
      }
    }
    #expect(asked == 2)
  }

  @Test("Two claims that need the same runs train them once")
  func shared() throws {
    #expect(try inquiry([Harmless(), Harmless()]).trainings.count == 27)
  }

  @Test("verdicts.csv has a row for each question, in the place of that of the same one, and keeps all others")
  func file() throws {
    let folder = try TemporaryFolder()
    let inquiry = try inquiry()
    _ = try run(inquiry, in: folder.path)
    let directory = try ResultsDirectory(path: folder.path)
    let path = folder.path + "/" + VerdictFile.name
    let columns = VerdictFile.columns.map(\.name)
    let other = Dictionary(uniqueKeysWithValues: columns.map { ($0, "other") })
    try directory.write([other], columns: columns, to: VerdictFile.name)
    for _ in 0..<2 { try VerdictFile.write(inquiry.findings(in: directory), in: directory) }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 6 && lines[0].hasPrefix("claim,question,") && lines[1].hasPrefix("other,other"))
    #expect(lines[2].hasPrefix("harmless,batch beside none,batch,digits,") && lines[2].contains(",supported,4,3,"))
    // An older file has no limit of the test images: they were all.
    let old = try directory.rows(of: VerdictFile.name, columns: columns)
    try directory.write(old, columns: columns.filter { $0 != "test_limit" }, to: VerdictFile.name)
    try VerdictFile.check(in: directory)
    try VerdictFile.write(inquiry.findings(in: directory), in: directory)
    let newer = try directory.rows(of: VerdictFile.name, columns: columns)
    #expect(newer.dropFirst() == old.dropFirst() && newer.map { $0["test_limit"] } == ["", "0", "0", "0", "0"])
  }

  @Test("Before training it is said what the test images cannot show")
  func warning() throws {
    let part = try #require(try inquiry().parts.first)
    #expect(part.warning == nil)
    let family = try #require(Literature.claims.first { $0.name == "family" })
    let warned = try Inquiry([(family, try LiteratureTests.study(norms: family.norms))]).parts[0].warning
    #expect(
      try #require(warned).hasPrefix("360 test images show differences down to about 0.027 in 5 comparisons, and 0.005")
    )
  }
}
