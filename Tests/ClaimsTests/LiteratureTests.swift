import Foundation
import Harness
import Testing

@testable import Claims

@Suite struct LiteratureTests {
  static func study(seeds: Int = 5, isQuick: Bool = false, norms: [String]) throws -> Study {
    let catalogue = Catalogue()
    return try Study(
      norms.compactMap(catalogue.normalizer), on: "digits", try DataSource.digits.load(),
      seeds: (0..<UInt64(seeds)).map { $0 }, isQuick: isQuick, in: catalogue)
  }

  @Test("A run is evaluated as often on many images as on few, and of all of them or of a limit")
  func evaluations() throws {
    let catalogue = Catalogue()
    let (none, digits) = (try #require(catalogue.normalizers.first), try DataSource.digits.load())
    func interval(_ times: Int, limit: Int = 0, isQuick: Bool = false) throws -> Int {
      let study = try Study(
        [none], on: "digits", digits, seeds: [0], trainLimit: limit, testLimit: 50, isQuick: isQuick)
      let run = study.run("cnn", none).with(.epochs, 8)
      #expect(run[.trainLimit] == limit && run[.testLimit] == 50)
      return study.evaluated(times, run)[.evaluateEvery]
    }
    // 45 batches of 32 an epoch; 12 of the first 360 images.
    #expect(try (interval(72), interval(22), interval(72, limit: 360)) == (5, 16, 1))
    #expect(try (interval(72, limit: 100), interval(72, isQuick: true)) == (1, 120))
  }

  @Test("Claims have names of their own, are said by somebody, and take at most five members")
  func declarations() {
    #expect(Set(Literature.claims.map(\.name)).count == Literature.claims.count)
    for claim in Literature.claims {
      #expect(claim.norms.count <= 5 && claim.norms.allSatisfy { Catalogue().normalizer($0) != nil }, "\(claim.name)")
      for text in [claim.sentence, claim.source, claim.disputed, claim.standIn] {
        #expect(text.hasSuffix(".") && !text.contains("\n"), "\(claim.name): \(text)")
      }
    }
  }

  @Test(
    "Every rule of every claim is supported, contradicted and undecided by records that say so",
    arguments: Literature.claims.map(\.name))
  func verdicts(_ name: String) throws {
    let claim = try #require(Literature.claims.first { $0.name == name })
    let study = try Self.study(norms: claim.norms)
    let questions = try claim.questions(in: study)
    #expect(questions.contains { $0.rule != .shown })
    for question in questions where question.rule != .shown {
      for (verdict, spread) in [(Verdict.supported, 0.0), (.contradicted, 0), (.inconclusive, 1)] {
        let finding = try Self.finding(question, verdict, spread: spread)
        #expect(finding.verdict == verdict, "\(name): \(question.title): \(finding.low)…\(finding.high)")
      }
    }
  }

  /// What is found of a question where the effect is well on the side of a verdict, or anywhere.
  private static func finding(_ question: Question, _ verdict: Verdict, spread: Double) throws -> Finding {
    let delta = question.rule.delta ?? 0
    let scaled = question.form == .ratio ? log2(delta) : delta
    let size = max(abs(scaled), 0.02)
    let effect: Double =
      switch (question.rule, verdict) {
      case (.more, .supported): scaled + 2 * size
      case (.more, .contradicted): scaled - 2 * size
      case (.equal, .supported): 0
      case (.equal, .contradicted): 3 * scaled
      default: scaled
      }
    // Seeds on both sides of what matters, far apart.
    let effects = (0..<5).map { effect + spread * size * [-2, 2, -1, 1, 0][$0] }
    let base = base(of: question)
    let pairs = try effects.map { effect -> (Reading, Reading?) in
      let first =
        switch question.form {
        case .value: effect
        case .difference: base + effect
        case .ratio: base * exp2(effect)
        }
      return try readings(question, first, question.form == .value ? nil : base)
    }
    return Finding(question, pairs.map(\.0), pairs.compactMap(\.1), comparisons: 1)
  }

  /// A number of the size that the quantity has.
  private static func base(of question: Question) -> Double {
    switch question.quantity.name {
    case "test accuracy": 0.5
    case "steps to the target": 2000
    case "largest learning-rate that trains", "best learning-rate": 0.256
    case "decades of init-scale that learn": 1.6
    default: 2
    }
  }

  private static func readings(_ question: Question, _ first: Double, _ second: Double?) throws -> (Reading, Reading?) {
    func runs(_ arm: Arm?, _ value: Double?) -> [Evidence]? {
      guard case .trained(let runs)? = arm, let value else { return nil }
      return MadeEvidence.runs(where: question.quantity, is: value, of: runs)
    }
    let (own, other) = (runs(question.first, first), runs(question.second, second))
    func measured(_ runs: [Evidence]?, _ others: [Evidence]?, _ value: Double) throws -> Reading {
      try runs.map { try question.quantity.measure($0, others ?? []) } ?? Reading(value)
    }
    return (try measured(own, other, first), try second.map { try measured(other, own, $0) })
  }
}
