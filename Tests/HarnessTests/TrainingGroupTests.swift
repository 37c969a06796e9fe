import Foundation
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct TrainingGroupTests {
  private typealias Script = ScriptedModel.Script

  /// Runs of one training: each way of inference, and other images.
  private func runs(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> [Training] {
    var base = RunConfiguration(model: .cnn, norm: choice("batch"))
    (base[.width], base[.epochs], base[.trainLimit], base[.validation]) = (4, 2, 100, 0.2)
    base[.batchSize] = 16
    change(&base)
    let (data, catalogue) = (try digits.get(), Catalogue())
    return try [
      base, base.with(.inferenceStatistics, .population),
      base.with(.inferenceStatistics, .batch).with(.evaluationBatch, 9), base.with(.testImages, .inverted),
      base.with(.testImages, .train), base.with(.inferenceStatistics, .population).with(.testImages, .dimmed),
    ].map { try Training($0, on: data, in: catalogue) }
  }

  @Test("A run comes to the same bits by itself and in a group, which differ from each other's")
  func alone() throws {
    let runs = try runs()
    let groups = TrainingGroup.groups(of: runs)
    #expect(groups.count == 1 && Set(runs.map(\.identifier)).count == runs.count)
    let together = try groups[0].run(on: .serial)
    for (run, result) in zip(runs, together) {
      let alone = try run.run(on: .serial)
      #expect(numbers(result) == numbers(alone) && result.outcomes?.text == alone.outcomes?.text)
      #expect(result.record.run == run.identifier && result.curve.allSatisfy { $0.run == run.identifier })
    }
    #expect(Set(together.map { $0.record[.testLoss] }).count == runs.count)
    #expect(Set(together.map { $0.record[.trainLoss] }).count == 1)
    // Validation images are seen with the statistics of the run, and never changed.
    let validations = together.map { $0.record[.validationLoss] }
    #expect(Set(validations[..<3]).count == 3 && validations[3] == validations[0] && validations[5] == validations[1])
  }

  @Test("Runs of other trainings are groups of their own, in the order of the first of each")
  func groups() throws {
    let (one, two) = (try runs(), try runs { $0[.seed] = 1 })
    let groups = TrainingGroup.groups(of: [one[3], two[0], one[0], two[5], one[1]])
    #expect(
      groups.map { $0.runs.map(\.identifier) } == [
        [one[3], one[0], one[1]].map(\.identifier), [two[0], two[5]].map(\.identifier),
      ])
  }

  @Test("A group is trained once; its runs are recorded one after the other, on any number of jobs", arguments: [1, 3])
  func recorded(jobs: Int) throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let (one, two) = (try runs(), try runs { $0[.seed] = 1 })
    let all = zip(one, two).flatMap { [$0, $1] }
    // What is missing of a group is trained again.
    try Comparison([one[1]], in: directory).run { _ in true }
    var (started, finished): ([String], [[String]]) = ([], [])
    try Comparison(all, in: directory).run(jobs: jobs) { event in
      switch event {
      case .started(let group, let number, let count): started.append("\(group.identifier) \(number) of \(count)")
      case .finished(_, let records): finished.append(records.map(\.run))
      default: break
      }
      return true
    }
    #expect(Set(started) == ["\(one[0].identifier) 1 of 2", "\(two[0].identifier) 2 of 2"])
    let rest = one.enumerated().filter { $0.offset != 1 }.map(\.element.identifier)
    #expect(finished == [rest, two.map(\.identifier)])
    #expect(try directory.records().map(\.run) == [one[1].identifier] + rest + two.map(\.identifier))
    let records = Dictionary(uniqueKeysWithValues: try directory.records().map { ($0.run, $0) })
    let expected = try TrainingGroup(one).run(on: .serial)
    for result in expected { #expect(records[result.record.run]?[.testLoss] == result.record[.testLoss]) }
  }

  @Test("A run whose test is no finite number is over, and the others of its training go on")
  func divergence() throws {
    let tested = Seen<Mode>()
    let script = Script(
      answer: { passes, mode in (0, mode == .batchInference && passes >= 4 ? .nan : 1) },
      look: { _, mode, _ throws(ModelError) in if mode != .training { tested.append(mode) } })
    let model = ModelRecipe.scripted(script)
    let catalogue = Catalogue(models: [model])
    let base = RunConfiguration.scripted(model, norm: "batch").with(.evaluateEvery, 2)
    let runs = try [base, base.with(.inferenceStatistics, .batch)].map {
      try Training($0, on: .numbered(), in: catalogue)
    }
    tested.clear()
    let results = try TrainingGroup(runs).run(on: .serial)
    #expect(results.map(\.record.status) == [.collapsed, .diverged])
    #expect(results.map { $0.record[.steps] } == [8, 4] && results.map(\.curve.count) == [4, 2])
    #expect(tested.all.count { $0 == .batchInference } == 2 && tested.all.count { $0 == .inference } == 4)
    let alone = try runs[1].run(on: .serial)
    #expect(numbers(alone) == numbers(results[1]))
  }

  @Test("The first loss is that of the first batch before any step")
  func firstLoss() throws {
    let runs = try runs { ($0[.evaluateEvery], $0[.validation]) = (1, 0) }
    let result = try runs[0].run(on: .serial)
    #expect(result.record[.firstLoss] == result.curve[0][.trainLoss] && result.record[.firstLoss] > 0)
    #expect(result.record[.firstLoss] != result.record[.trainLoss])
    let penalized = try self.runs { ($0[.evaluateEvery], $0[.validation], $0[.l2]) = (1, 0, 0.1) }[0].run(on: .serial)
    #expect(penalized.record[.firstLoss] > result.record[.firstLoss])
  }

  @Test("What a model cannot be tested on is known before it is trained")
  func known() throws {
    let batch = choice("batch")
    var run = RunConfiguration(model: .cnn, norm: batch)
    run[.trainLimit] = 100
    let data = try digits.get()
    #expect(throws: HarnessError.self) { try Training(run.with(.testImages, .repainted), on: data) }
    _ = try Training(run.with(.testImages, .repainted).with(.paint, .red), on: data)
    let single = run.with(.inferenceStatistics, .batch).with(.evaluationBatch, 1)
    // A convolution leaves several positions of one image.
    _ = try Training(single, on: data)
    var perceptron = RunConfiguration(model: .mlp, norm: batch).with(.trainLimit, 100)
    (perceptron[.inferenceStatistics], perceptron[.evaluationBatch]) = (.batch, 1)
    let error = #expect(throws: HarnessError.self) { try Training(perceptron, on: data) }
    #expect(error?.description.contains("--evaluation-batch 1") ?? false, "\(String(describing: error))")
  }

  /// What does not depend on the clock.
  private func numbers(_ result: RunResult) -> [String] {
    let clock = [Metric<Course>.seconds, .samplesPerSecond].map(\.column)
    return Metric<Course>.all.filter { !clock.contains($0.column) }.map { "\($0.column) \(result.record[$0])" }
      + result.curve.flatMap { row in
        Metric<Observation>.all.filter { $0.column != "elapsed_seconds" }.map { "\($0.column) \(row[$0])" }
      }
  }
}
