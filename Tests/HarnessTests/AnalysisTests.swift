import Testing

@testable import Harness

@Suite struct AnalysisTests {
  @Test("Seeds are brought together, in any order; the best comes first once there are differences")
  func rows() throws {
    let runs = runs("layer", [0.7, 0.7, 0.8]) + runs("batch", [0.9, 0.9, 0.9]) + runs("none", [0.1, 0.1, 0.2])
    let analysis = Analysis(records(runs).reversed(), outcomes: outcomes(runs))
    #expect(analysis.rows.map { $0.configuration[.norm] } == ["batch", "layer", "none"])
    #expect(analysis.rows.map { $0.runs.map { $0.configuration[.seed] } } == [[0, 1, 2], [0, 1, 2], [0, 1, 2]])
    #expect(abs(analysis.rows[1].testAccuracy.mean - 2.2 / 3) < 1e-15)
    #expect(analysis.varying.isEmpty)
  }

  @Test("Below three seeds there is no difference, and rows stay in the order of the grid", arguments: [1, 2])
  func fewSeeds(seeds: Int) {
    let runs = runs("layer", [0.7, 0.7].prefix(seeds)) + runs("none", [0.9, 0.9].prefix(seeds))
    let rows = Analysis(records(runs), outcomes: outcomes(runs)).rows
    #expect(rows.map { $0.configuration[.norm] } == ["layer", "none"])
    #expect(
      rows.allSatisfy { $0.difference == nil && $0.isToldFromBest == nil } && rows.map(\.isBaseline) == [false, true])
  }

  @Test("A run that diverged counts as guessing in the mean, and in the difference; its loss counts nowhere")
  func diverged() throws {
    let good = runs("layer", [0.9, 0.9, 0.9])
    let bad = runs("none", [0.9, nil, 0.9])
    let rows = Analysis(records(good + bad), outcomes: outcomes(good + bad)).rows
    let row = try #require(rows.first { $0.configuration[.norm] == "none" })
    #expect(row.count(.diverged) == 1 && row.count(.finished) == 2)
    #expect(abs(row.testAccuracy.mean - (0.9 + 0.2 + 0.9) / 3) < 1e-15)
    #expect(row.trainLoss.mean == 0.25)
    let difference = try #require(rows.first { $0.configuration[.norm] == "layer" }?.difference)
    #expect(abs(difference.mean - 0.7 / 3) < 1e-12 && difference.seeds == 3 && difference.images == 20)
  }

  @Test("A run that never came to 90 % counts with its budget")
  func censored() {
    let records = zip([3.0, 20, 7], [1.0, 0, 1]).enumerated().map { seed, values in
      RunRecord.made(.made(seed: UInt64(seed)), [(.epochsToNinety, values.0), (.reachedNinety, values.1)])
    }
    let row = Analysis(records, outcomes: [:]).rows[0]
    #expect(row.epochsToNinety.mean == 10 && row.reached == 2)
  }

  @Test("Differences are from none, else from the first, or from what is named")
  func baseline() {
    func baselines(_ norms: [String], named: String? = nil) -> [String] {
      let runs = norms.flatMap { self.runs($0, [0.5, 0.6, 0.7]) }
      let rows = Analysis(records(runs), outcomes: outcomes(runs), baseline: named).rows
      #expect(rows.allSatisfy { ($0.difference == nil) == $0.isBaseline })
      return rows.filter(\.isBaseline).map { $0.configuration[.norm] }
    }
    #expect(baselines(["layer", "none", "batch"]) == ["none"])
    #expect(baselines(["layer", "rms", "batch"]) == ["layer"])
    #expect(baselines(["layer", "none", "batch"], named: "batch") == ["batch"])
    // One that is not there is none.
    #expect(baselines(["layer", "batch"], named: "group") == ["layer"])
  }

  @Test("A row is measured from the one that is otherwise like it; what belongs to the normalizer may differ")
  func matching() throws {
    var runs: [Made] = []
    for rate in [0.1, 0.2] {
      runs += self.runs("none", [0.2, 0.2, 0.2].map { $0 + rate }) { $0[.learningRate] = rate }
      for groups in [2, 4] {
        runs += self.runs("group", [0.5, 0.5, 0.5]) {
          ($0[.learningRate], $0[.groups], $0[.placement]) = (rate, groups, .after)
          ($0[.epsilon], $0[.decay], $0[.affine]) = (0.1, 0.5, .off)
        }
      }
    }
    let rows = Analysis(records(runs), outcomes: outcomes(runs)).rows
    #expect(rows.filter(\.isBaseline).map { $0.configuration[.learningRate] }.sorted() == [0.1, 0.2])
    let others = rows.filter { !$0.isBaseline }
    #expect(others.count == 4)
    for row in others {
      let mean = try #require(row.difference).mean
      #expect(abs(mean - (0.3 - row.configuration[.learningRate])) < 1e-12)
    }
    // A row that has no counterpart is not measured.
    let lonely = runs + self.runs("group", [0.5, 0.5, 0.5]) { $0[.learningRate] = 0.3 }
    let found = Analysis(records(lonely), outcomes: outcomes(lonely)).rows.first {
      $0.configuration[.learningRate] == 0.3
    }
    #expect(found.map { $0.difference == nil && !$0.isBaseline } == true)
  }

  @Test("Each model and data set has a baseline of its own; one normalizer alone is measured from its first row")
  func families() {
    let runs =
      runs("layer", [0.5, 0.5, 0.5]) + runs("none", [0.5, 0.5, 0.5])
      + runs("batch", [0.5, 0.5, 0.5]) { ($0[.model], $0[.learningRate]) = ("rnn", 0.1) }
      + runs("batch", [0.6, 0.6, 0.6]) { ($0[.model], $0[.learningRate]) = ("rnn", 0.2) }
    let rows = Analysis(records(runs), outcomes: outcomes(runs)).rows
    #expect(Set(rows.filter(\.isBaseline).map { $0.configuration.oneLine }).count == 2)
    let batch = rows.filter { $0.configuration[.norm] == "batch" }
    #expect(batch.first { $0.isBaseline }?.configuration[.learningRate] == 0.1)
    #expect(abs((batch.first { !$0.isBaseline }?.difference?.mean ?? 0) - 0.1) < 1e-12)
  }

  @Test("Intervals hold for all rows at once, and for all pairs of a model and data set")
  func simultaneous() throws {
    let all = [runs("none", [0.3, 0.4, 0.5]), runs("layer", [0.5, 0.8, 0.5]), runs("batch", [0.55, 0.85, 0.6])]
    let runs = all.flatMap(\.self)
    let rows = Analysis(records(runs), outcomes: outcomes(runs)).rows
    for (norm, index) in [("layer", 1), ("batch", 2)] {
      let own = try #require(rows.first { $0.configuration[.norm] == norm })
      let expected = PairedDifference(all[index].map { $0.outcomes! }, all[0].map { $0.outcomes! }, comparisons: 2)
      #expect(own.difference == expected)
    }
    let best = try #require(rows.first)
    #expect(best.configuration[.norm] == "batch" && best.isToldFromBest == false)
    for row in rows.dropFirst() {
      let pair = Analysis.difference(row, best, outcomes(runs), comparisons: 3)
      #expect(row.isToldFromBest == pair?.isZeroExcluded && row.isToldFromBest != nil)
    }
  }

  @Test("What is surely worse is told from the best, and what is not is not")
  func toldFromBest() {
    let runs = runs("layer", [0.9, 0.9, 0.9]) + runs("batch", [0.9, 0.85, 0.9]) + runs("none", [0.1, 0.1, 0.1])
    let rows = Analysis(records(runs), outcomes: outcomes(runs)).rows
    #expect(rows.map { $0.configuration[.norm] } == ["layer", "batch", "none"])
    #expect(rows.map(\.isToldFromBest) == [false, false, true])
  }

  @Test("Runs of other numerics have rows of their own, and are never paired or a baseline")
  func otherNumerics() {
    let old = runs("none", [0.1, 0.1, 0.1], numerics: 1)
    let new = runs("layer", [0.5, 0.5, 0.5])
    let rows = Analysis(records(old + new), outcomes: outcomes(old + new)).rows
    #expect(Set(rows.map(\.numerics)) == [1, numerics] && rows.allSatisfy { $0.difference == nil })
    #expect(rows.first { $0.numerics == 1 }?.isBaseline == false)
    // The same run, before and after.
    let both = runs("layer", [0.4, 0.4, 0.4], numerics: 1) + new
    #expect(Analysis(records(both), outcomes: outcomes(both)).rows.map(\.runs.count) == [3, 3])
  }

  @Test("What has no accuracy comes last, and leaves the others in their order")
  func withoutAccuracy() {
    var all: [Made] = []
    for (width, accuracy) in [0.3, nil, 0.5, nil, 0.4, 0.9].enumerated() {
      // Version 1 did not say what guessing comes to.
      var made = runs("none", [accuracy, accuracy, accuracy], numerics: accuracy == nil ? 1 : numerics) {
        $0[.width] = width + 1
      }
      if accuracy == nil { for run in made.indices { made[run].record[.guessAccuracy] = .nan } }
      all += made
    }
    let rows = Analysis(records(all), outcomes: outcomes(all)).rows
    #expect(rows.map { $0.configuration[.width] } == [6, 3, 5, 1, 2, 4])
  }

  @Test(
    "Runs on other bytes are not paired, though the data are called the same",
    arguments: [([], 4), ([3], 3), ([2, 3], nil)] as [([Int], Int?)])
  func fingerprints(changed: [Int], seeds: Int?) {
    let none = rename(runs("none", [0.4, 0.4, 0.4, 0.4])) { changed.contains($0) ? "d2" : "d1" }
    let runs = runs("layer", [0.5, 0.6, 0.7, 0.6]) + none
    let row = Analysis(records(runs), outcomes: outcomes(runs)).rows.first { $0.configuration[.norm] == "layer" }
    #expect(row?.difference?.seeds == seeds)
  }

  @Test("A run whose outcomes are gone is not taken for one that guesses")
  func lostOutcomes() {
    let runs = runs("layer", [0.5, 0.6, 0.7, 0.6]) + runs("none", [0.4, 0.4, 0.4, 0.4])
    var outcomes = outcomes(runs)
    outcomes[runs[0].record.run] = nil
    #expect(Analysis(records(runs), outcomes: outcomes).rows[0].difference?.seeds == 3)
    outcomes[runs[5].record.run] = nil
    #expect(Analysis(records(runs), outcomes: outcomes).rows.allSatisfy { $0.difference == nil })
  }

  @Test("Where both runs of a seed diverged, the images are those of their own data")
  func bothDiverged() {
    // Data sets of other sizes beside it, so that one of them would be found first.
    for _ in 0..<8 {
      var all = runs("layer", [0.5, nil, 0.7]) + runs("none", [0.4, nil, 0.4])
      for size in 0..<10 { all += runs("layer", [0.5, 0.5, 0.5], images: 100 + size) { $0[.data] = "data\(size)" } }
      let row = Analysis(records(all), outcomes: outcomes(all)).rows.first {
        $0.configuration[.norm] == "layer" && $0.configuration[.data] == "digits"
      }
      #expect(row?.difference?.images == 20 && row?.difference?.seeds == 3)
    }
    let none = runs("layer", [nil, nil, nil]) + runs("none", [nil, nil, nil])
    #expect(Analysis(records(none), outcomes: [:]).rows.map(\.testAccuracy.mean).allSatisfy { abs($0 - 0.2) < 1e-15 })
  }

  @Test("What was tuned does not tell rows apart")
  func tuned() {
    var runs: [Made] = []
    for seed in 0..<3 {
      runs += self.runs("none", [0.5], from: seed) { $0[.learningRate] = 0.1 }
      runs += self.runs("layer", [0.5], from: seed) { $0[.learningRate] = 0.1 * Double(seed + 1) }
    }
    let rows = Analysis(records(runs), outcomes: outcomes(runs), tuned: [Setting.learningRate.erased]).rows
    #expect(rows.count == 2 && rows.map(\.runs.count) == [3, 3])
    #expect(rows.first { $0.configuration[.norm] == "layer" }?.difference?.seeds == 3)
    #expect(Analysis(records(runs), outcomes: outcomes(runs)).rows.count == 4)
  }

  // MARK: - Runs that are made up

  private struct Made {
    var record: RunRecord
    let outcomes: Outcomes?
  }

  /// Runs of consecutive seeds with these accuracies on 20 test images; `nil` diverged, and guessing comes to 0.2.
  private func runs(
    _ norm: String, _ accuracies: some Collection<Double?>, from first: Int = 0, numerics: Int = Harness.numerics,
    images: Int = 20, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> [Made] {
    accuracies.enumerated().map { seed, accuracy in
      var run = RunConfiguration.made(.cnn, norm, seed: UInt64(first + seed))
      change(&run)
      let right = (accuracy ?? 0) * Double(images) + 0.5
      let outcomes = accuracy.map { _ in Outcomes((0..<images).map { ($0 + seed) % images < Int(right) }) }
      return Made(
        record: .made(
          run, status: accuracy == nil ? .diverged : .finished, numerics: numerics,
          [
            (.testAccuracy, accuracy ?? .nan), (.guessAccuracy, 0.2), (.trainLoss, accuracy == nil ? .nan : 0.25),
          ]), outcomes: outcomes)
    }
  }

  private func rename(_ runs: [Made], _ fingerprint: (Int) -> String) -> [Made] {
    runs.enumerated().map { index, run in
      Made(
        record: .made(
          run.record.configuration, fingerprint: fingerprint(index),
          [(.testAccuracy, run.record[.testAccuracy]), (.guessAccuracy, 0.2)]), outcomes: run.outcomes)
    }
  }

  private func records(_ runs: [Made]) -> [RunRecord] { runs.map(\.record) }

  private func outcomes(_ runs: [Made]) -> [String: Outcomes] {
    Dictionary(runs.compactMap { run in run.outcomes.map { (run.record.run, $0) } }, uniquingKeysWith: { $1 })
  }
}
