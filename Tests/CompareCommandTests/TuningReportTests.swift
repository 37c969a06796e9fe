import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

/// Tuning of runs that are never trained: what each trial came to is made up from its learning rate.
private struct MadeUpTuning {
  let tuning: Tuning
  let replicates: [Tuning.Replicate]

  init(_ norms: String, budget: Int, seeds: Int, range: String = "", model: String = "rnn") throws {
    let line =
      "--norm \(norms) --model \(model) --seeds \(seeds) --width 2 --tune learning-rate\(range) --budget \(budget)"
    guard case .compare(let request) = try command(line), let tuning = request.tuning else {
      throw HarnessError.usage(line)
    }
    self.tuning = tuning
    replicates = try request.trainings().trainings.map { try tuning.replicate(of: $0, in: request.grid.catalogue) }
  }

  /// The report if `correct` images of 100 are right at a learning rate, in validation and test alike; below 0, the run diverged.
  func report(_ correct: (_ norm: String, _ rate: Double) -> Int) -> Report {
    var records: [String: RunRecord] = [:]
    var outcomes: [String: Outcomes] = [:]
    for trial in replicates.flatMap(\.trials) {
      let run = trial.configuration
      var madeUp = MadeUpRun(run[.norm], seed: run[.seed], correct: correct(run[.norm], run[.learningRate]))
      madeUp.configuration = run
      if madeUp.correct < 0 { madeUp.status = .diverged }
      let evaluation = Evaluation(loss: 0.4, correct: madeUp.images)
      let observation = Observation(
        step: 45, epoch: 1, trainLoss: 1, trainAccuracy: 0.5, gradientNorm: 1,
        validation: madeUp.correct < 0 ? nil : evaluation, test: madeUp.correct < 0 ? nil : evaluation,
        elapsedSeconds: 1)
      let course = Course(
        observations: [observation], isDiverged: madeUp.correct < 0, stepsPerEpoch: 45, epochs: 1, guessAccuracy: 0.1,
        parameters: 10, seconds: 1, samplesPerSecond: 10)
      records[trial.identifier] = RunRecord(
        run: trial.identifier, configuration: run, fingerprint: "made up", status: madeUp.status, measuring: course)
      if madeUp.correct >= 0 { outcomes[trial.identifier] = Outcomes(madeUp.images) }
    }
    var order: [String] = []
    for replicate in replicates where !order.contains(replicate.study) { order.append(replicate.study) }
    let studies = order.map { study in replicates.filter { $0.study == study } }
    let results = studies.map { TuningResult($0, records, tuning) }
    let analysis = Analysis(results.flatMap(\.chosen), outcomes: outcomes, tuned: tuning.settings)
    return Report(analysis: analysis, tuning: (tuning, results))
  }
}

@Suite struct TuningReportTests {
  @Test("The table says what was chosen, how much of the range trains, and what fewer points would have given")
  func table() throws {
    let tuning = try MadeUpTuning("none,layer", budget: 4, seeds: 3)
    // The smaller the rate, the better; the largest of all points diverges.
    let rates = tuning.replicates.flatMap(\.trials).map { $0.configuration[.learningRate] }
    let largest = try #require(rates.max())
    let report = tuning.report { norm, rate in rate == largest ? -1 : (norm == "none" ? 50 : 60) - Int(log10(rate) * 6)
    }
    let table = report.table
    #expect(table["norm"] == ["layer", "none"])
    let chosen = tuning.replicates.filter { $0.configuration[.norm] == "none" }
      .map { $0.trials.map { $0.configuration[.learningRate] }.min() ?? 0 }.sorted()
    func short(_ value: Double) -> String { String(format: "%.3g", value) }
    #expect(
      table["learning-rate"]
        == Array(repeating: "\(short(chosen[1])) (\(short(chosen[0]))–\(short(chosen[2])))", count: 2))
    #expect(table["range that trains"] == ["92 %", "92 %"])
    #expect(table["difference"][1] == "baseline" && table["difference"][0].hasPrefix("+0.1000 ± "))
    let budgets = try #require(report.budgets)
    #expect(budgets.titles == ["norm", "model", "best of 1", "best of 2", "best of 4"])
    // Means only: over few seeds, an interval would be wider than all there is.
    #expect(budgets.columns.dropFirst(2).allSatisfy { $0.cells.allSatisfy { Double($0) != nil } })
    let layer = budgets.columns.dropFirst(2).map { Double($0.cells[0]) ?? 0 }
    #expect(layer[0] < layer[1] && layer[1] <= layer[2])
    #expect(budgets["best of 4"][0] == String(format: "%.4f", report.analysis.rows[0].testAccuracy.mean))
    let notes = report.notes.joined(separator: "\n")
    #expect(notes.contains("counts seeds, tuning and test images") && notes.contains("best of k: "))
    #expect(notes.contains("learning-rate: the median of what was chosen for each seed"))
    #expect(!notes.contains("All normalizers ran at one learning rate"))
  }

  @Test("A budget of one has no smaller ones")
  func smallestBudget() throws {
    let report = try MadeUpTuning("layer", budget: 1, seeds: 1).report { _, _ in 50 }
    #expect(report.budgets == nil && !report.notes.contains { $0.hasPrefix("best of k") })
  }

  @Test("A choice in the outermost eighth of the range is warned of, whatever the budget; each point is chosen once")
  func atEnd() throws {
    for budget in [1, 3, 8] {
      let tuning = try MadeUpTuning("layer", budget: budget, seeds: 1, range: "=0.001..1")
      for trial in tuning.replicates[0].trials {
        let rate = trial.configuration[.learningRate]
        let report = tuning.report { $1 == rate ? 90 : 40 }
        let place = 1 + log10(rate) / 3
        let warnings = report.notes.filter { $0.hasPrefix("Warning: ") }
        guard abs(place - 0.5) > 0.375 else {
          #expect(warnings.isEmpty, "\(rate)")
          continue
        }
        #expect(warnings.count == 1)
        #expect(
          warnings.first
            == "Warning: the choice of learning-rate lies at the \(place > 0.5 ? "upper" : "lower") end of its range for "
            + "layer; widen it for all, as in --tune learning-rate=\(place > 0.5 ? "0.001..10" : "0.0001..1").")
      }
    }
  }

  @Test("Whose choice lies at an end is named with all that tells the rows apart")
  func names() throws {
    let tuning = try MadeUpTuning("none,layer", budget: 8, seeds: 1, model: "all --batch-size 8,16")
    let report = tuning.report { norm, rate in norm == "layer" ? 50 + Int(rate * 10) : 50 - Int(rate * 10) }
    let upper = report.notes.first { $0.contains("at the upper end") } ?? ""
    #expect(upper.contains("layer cnn batch-size 8, layer cnn batch-size 16"))
    #expect(upper.hasSuffix("as in --tune learning-rate=LOW..HIGH."))
  }

  @Test("What was tuned is no setting of a row, and cannot be a side of a pivot")
  func pivot() throws {
    let report = try MadeUpTuning("none,layer", budget: 2, seeds: 3).report { _, _ in 50 }
    let norm = try #require(AnySetting.named("norm"))
    let rate = try #require(AnySetting.named("learning-rate"))
    let error = #expect(throws: HarnessError.self) { try report.pivot(norm, rate) }
    #expect(error == .usage("--pivot cannot show learning-rate, which --tune chose for each seed."))
    #expect(report.differences.allSatisfy { $0["learning_rate"] == nil && $0["batch_size"] == "32" })
  }

  @Test("JSON has what was chosen for each seed")
  func json() throws {
    let report = try MadeUpTuning("none,layer", budget: 2, seeds: 3).report { _, rate in 50 - Int(log10(rate)) }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    for (row, own) in zip(try #require(object["rows"] as? [[String: Any]]), report.analysis.rows) {
      let rates = own.runs.map { $0.configuration[.learningRate] }
      #expect((row["tuned"] as? [String: [Double]])?["learning_rate"] == rates)
      #expect((row["settings"] as? [String: Any])?["learning_rate"] == nil)
      #expect(row["trained_share"] as? Double == 1)
      #expect((row["smaller_budgets"] as? [[String: Any]])?.map { $0["budget"] as? Int } == [1, 2])
    }
  }
}
