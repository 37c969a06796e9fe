import Foundation
import Layers
import TestSupport
import Testing

@testable import Harness

@Suite struct TuningTests {
  private let rate = Tuning.Dimension(Setting.learningRate.erased)

  @Test("Trial points and validation images are the same for every normalizer, and other ones for another seed")
  func equalForAll() throws {
    let replicates = try replicates(of: ["none", "batch", "group"], seeds: [0, 1], budget: 4)
    #expect(replicates.count == 6)
    for seed in [0, 1] as [UInt64] {
      let own = replicates.filter { $0.configuration[.seed] == seed }
      #expect(own.count == 3 && Set(own.map { $0.trials.map { $0.configuration[.learningRate] } }).count == 1)
      #expect(
        own.flatMap(\.trials).allSatisfy { $0.configuration[.validation] == 0.2 && $0.configuration[.seed] == seed })
    }
    #expect(Set(replicates.map { $0.trials.map { $0.configuration[.learningRate] } }).count == 2)
    // Nothing but the rate is another than without tuning.
    let run = RunConfiguration.made(.cnn, "batch").with(.validation, 0.2)
    for trial in replicates[1].trials {
      #expect(trial.configuration.with(.learningRate, 0.03) == run.canonical(.cnn, choice("batch")))
    }
  }

  @Test("Points are log-uniform over the range, to three digits")
  func points() throws {
    let trials = try replicates(
      of: ["none"], seeds: [0], budget: 64, [Tuning.Dimension(rate.setting, range: 0.001...1)])[0]
    let rates = trials.trials.map { $0.configuration[.learningRate] }
    let sequence = TrialSequence(axes: ["learning-rate"], seed: 0)
    for (number, rate) in rates.enumerated() {
      #expect((0.001...1).contains(rate) && abs(log(rate / 0.001) / log(1000) - sequence[number][0]) < 1e-3)
      #expect(Double(String(format: "%.2e", rate)) == rate)
    }
    for decade in [0.001...0.01, 0.01...0.1, 0.1...1] {
      #expect((20...23).contains(rates.count { decade.contains($0) }))
    }
  }

  @Test("Unless it is given, the range is that of the setting around the model's own value")
  func ranges() throws {
    #expect(
      rate.range(for: .made(.cnn)) == 0.03 * 0.01...0.03 * 30
        && rate.range(for: .made(.rnn)) == 0.001 * 0.01...0.001 * 30)
    #expect(Tuning.Dimension(rate.setting, range: 1...2).range(for: .made()) == 1...2)
    let replicate = try replicates(of: ["none"], seeds: [0], budget: 16)[0]
    #expect(replicate.trials.allSatisfy { (0.03 * 0.01...0.03 * 30).contains($0.configuration[.learningRate]) })
    #expect(Set(replicate.trials.map(\.identifier)).count == 16)
  }

  @Test("A smaller budget is the first points of a larger one, of the same study")
  func budgets() throws {
    let (small, large) = (
      try replicates(of: ["none"], seeds: [3], budget: 3)[0], try replicates(of: ["none"], seeds: [3], budget: 8)[0]
    )
    #expect(large.trials.prefix(3).map(\.identifier) == small.trials.map(\.identifier) && small.study == large.study)
  }

  @Test("A study is one for all seeds, and another for each normalizer, range and validation share")
  func studies() throws {
    let studies = try replicates(of: ["none", "batch"], seeds: [0, 1], budget: 2).map(\.study)
    #expect(Set(studies).count == 2 && studies[0] == studies[2])
    let wider = try replicates(of: ["none"], seeds: [0], budget: 2, [Tuning.Dimension(rate.setting, range: 0.1...1)])
    let less = try replicates(of: ["none"], seeds: [0], budget: 2) { $0[.validation] = 0.1 }
    #expect(!studies.contains(wider[0].study) && !studies.contains(less[0].study) && wider[0].study != less[0].study)
    #expect(less[0].trials[0].configuration[.validation] == 0.1)
  }

  @Test("Two settings are tuned together")
  func twoSettings() throws {
    let scale = Tuning.Dimension(Setting.initialScale.erased, range: 0.5...2)
    let trials = try replicates(of: ["none"], seeds: [0], budget: 16, [rate, scale])[0].trials.map(\.configuration)
    #expect(Set(trials.map { $0[.learningRate] }).count == 16 && Set(trials.map { $0[.initialScale] }).count == 16)
    #expect(trials.allSatisfy { (0.5...2).contains($0[.initialScale]) })
  }

  @Test("A range with points that are no values of the setting is refused")
  func refused() throws {
    let error = #expect(throws: HarnessError.self) {
      try replicates(of: ["none"], seeds: [0], budget: 8, [Tuning.Dimension(Setting.momentum.erased, range: 0.5...4)])
    }
    #expect(error?.exitCode == 64 && error?.description.hasPrefix("--tune momentum cannot try ") == true)
    #expect(error?.description.hasSuffix("it takes numbers from 0 to below 1.") == true)
  }

  @Test("What is tuned resumes: the same twice trains nothing, and more points train those alone")
  func resumes() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let seen = Seen<Int>()
    let model = ModelRecipe.scripted(
      .init(look: { _, mode, _ throws(ModelError) in if mode == .training { seen.append(1) } }))
    let catalogue = Catalogue(models: [model])
    func study(budget: Int) throws -> TuningStudy {
      let runs = try [0, 1].map {
        try Training(.scripted(model).with(.seed, $0), on: .numbered(), in: catalogue)
      }
      return try TuningStudy(Tuning([rate], budget: budget), of: runs, in: catalogue)
    }
    func tune(budget: Int) throws -> Int {
      let study = try study(budget: budget)
      seen.clear()
      try study.record(in: directory)
      try Comparison(study.trainings, in: directory).run { _ in true }
      return seen.all.count / 8
    }
    #expect(try tune(budget: 3) == 6)
    #expect(try tune(budget: 3) == 0)
    #expect(try tune(budget: 5) == 4)
    let trials = try folder.text(of: "trials.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(trials[0] == ["run", "study", "model", "norm", "data", "replicate", "trial"] && trials.count == 11)
    #expect(Set(trials.dropFirst().map { $0[0] }) == (try directory.trialRuns()))
    #expect(try directory.trialRuns() == directory.identifiers())
    #expect(
      Set(trials.dropFirst().map { $0[1] }).count == 1
        && trials[1].suffix(5) == ["scripted", "none", "numbered", "0", "1"])
    #expect(Set(trials.dropFirst().map { "\($0[5]) \($0[6])" }).count == 10)
    let (analysis, results) = try study(budget: 5).results(in: directory, baseline: nil)
    #expect(analysis.rows.count == 1 && results.count == 1 && results[0].chosen.count == 2)
    func choices() throws -> [[String: String]] {
      try directory.rows(of: ChosenTrial.file, columns: ChosenTrial.columns)
    }
    for budget in [3, 5, 5] { try directory.record(chosenIn: [(try study(budget: budget), nil)]) }
    let chosen = try choices()
    #expect(chosen.map { $0["run"] } == results[0].chosen.map(\.run))
    #expect(chosen.map { $0["replicate"] } == ["0", "1"] && chosen.allSatisfy { $0["budget"] == "5" })
    #expect(chosen.allSatisfy { $0["tuned"] == "learning_rate" && $0["chosen_by"] == $0["study"] })
    #expect(chosen.allSatisfy { $0["study"] == trials[1][1] && $0["norm"] == "none" })
    // A replicate that is not whole has no choice, and takes none away.
    try directory.record(chosenIn: [(try study(budget: 6), nil)])
    #expect(try choices() == chosen)
    #expect(try study(budget: 6).results(in: directory, baseline: nil).results[0].chosen.isEmpty)
  }

  @Test("Seeds vary slowest, and a trial of several studies is trained once")
  func order() throws {
    let runs = try [0, 1].flatMap { seed in
      try ["none", "batch"].map { try Training(.made(.cnn, $0, seed: seed), on: digits.get()) }
    }
    let study = try TuningStudy(Tuning([rate], budget: 2), of: runs + runs.prefix(1), in: Catalogue())
    #expect(study.trainings.map { $0.configuration[.seed] } == [0, 0, 0, 0, 1, 1, 1, 1])
  }

  @Test("Runs that hold out alike count once, and one that holds out too much is left out")
  func alike() throws {
    var runs = try [0, 0.2].map { share in
      try Training(.made(.cnn, "none").with(.validation, share), on: digits.get())
    }
    let study = try TuningStudy(Tuning([rate], budget: 2), of: runs, in: Catalogue())
    #expect(study.replicates.count == 1 && study.impossible.isEmpty)
    runs.append(try Training(.made(.cnn, "none").with(.batchSize, 1400), on: digits.get()))
    let other = try TuningStudy(Tuning([rate], budget: 2), of: runs, in: Catalogue())
    #expect(other.replicates.count == 1 && other.impossible.count == 1)
    #expect(throws: HarnessError.self) {
      try TuningStudy(Tuning([rate], budget: 2), of: [runs[2]], in: Catalogue())
    }
    #expect(throws: HarnessError.self) {
      try TuningStudy(Tuning([rate], budget: 50_001), of: Array(runs.prefix(2)), in: Catalogue())
    }
  }

  private func replicates(
    of norms: [String], seeds: [UInt64], budget: Int, _ dimensions: [Tuning.Dimension]? = nil,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> [Tuning.Replicate] {
    let runs = try seeds.flatMap { seed in
      try norms.map { norm in
        var run = RunConfiguration.made(.cnn, norm, seed: seed)
        change(&run)
        return try Training(run, on: digits.get())
      }
    }
    let tuning = Tuning(dimensions ?? [rate], budget: budget)
    return try runs.map { try tuning.replicate(of: $0, in: Catalogue()) }
  }
}

@Suite struct TuningResultTests {
  @Test("The highest validation accuracy is chosen, the lower loss of two alike, the first of two that are the same")
  func best() {
    let runs = [(0.5, 0.1, 0.9), (0.8, 0.4, 0.1), (0.8, 0.3, 0.2), (0.8, 0.3, 0.3), (0.7, 0.0, 1)].map(made)
    #expect(TuningResult.best(of: runs[...])?[.testAccuracy] == 0.2)
    #expect(TuningResult.best(of: runs.reversed()[...])?[.testAccuracy] == 0.3)
    #expect(TuningResult.best(of: runs[..<1])?[.testAccuracy] == 0.9)
    #expect(TuningResult.best(of: []) == nil)
  }

  @Test("A run that diverged is chosen as one that guesses, and after one that does no better")
  func diverged() {
    let diverged = RunRecord.made(
      .made(), status: .diverged, [(.validationAccuracy, 0.99), (.validationLoss, 0), (.guessAccuracy, 0.1)])
    #expect(TuningResult.best(of: [diverged, made(0.2, 9, 0.5)])?.status == .finished)
    #expect(TuningResult.best(of: [diverged, made(0.1, 9, 0.5)])?.status == .finished)
    #expect(TuningResult.best(of: [diverged, made(0.05, 9, 0.5)])?.status == .diverged)
    #expect(TuningResult.best(of: [diverged])?.countedAccuracy == 0.1)
  }

  @Test("What was chosen is that of each seed, and its test accuracy counts")
  func chosen() throws {
    let result = try result(budget: 4) { seed, trial in
      (.finished, validation: trial == seed ? 0.9 : 0.5, test: 0.1 * Double(trial))
    }
    #expect(result.chosen.map { $0[.testAccuracy] } == [0, 0.1, 0.2])
    #expect(result.values == [result.chosen.map { $0.configuration[.learningRate] }])
    #expect(result.configuration[.learningRate] == 0 && result.configuration[.seed] == 0 && result.trainedShare == 1)
  }

  @Test("A smaller budget would have chosen among the first points")
  func smallerBudgets() throws {
    let result = try result(budget: 6) { _, trial in
      (trial == 0 ? .diverged : .finished, validation: [0, 0.5, 0.4, 0.6, 0.1, 0.7][trial], test: Double(trial) / 10)
    }
    #expect(result.smallerBudgets.map(\.budget) == [1, 2, 4, 6])
    // The first point diverged: a guess. The second is the best of two, the fourth of four, the sixth of six.
    #expect(result.smallerBudgets.map { ($0.accuracy.mean * 1e6).rounded() / 1e6 } == [0.05, 0.1, 0.3, 0.5])
    #expect(try self.result(budget: 1) { _, _ in (.finished, 0.5, 0.5) }.smallerBudgets.map(\.budget) == [1])
    #expect(try self.result(budget: 8) { _, _ in (.finished, 0.5, 0.5) }.smallerBudgets.map(\.budget) == [1, 2, 4, 8])
  }

  @Test("The share that trains is that of the trials which neither diverged nor collapsed")
  func trainedShare() throws {
    let result = try result(budget: 4) { _, trial in
      ([.finished, .diverged, .collapsed, .finished][trial], validation: 0.5, test: 0.5)
    }
    #expect(result.trainedShare == 0.5)
  }

  @Test("A choice at an end of the range is told of, and one within is not")
  func atEnd() throws {
    func ends(budget: Int = 8, _ chosen: @escaping (Double) -> Double) throws -> [String] {
      let result = try result(budget: budget, by: chosen)
      #expect(result.ranges == [0.001...1])
      return result.atEnd.map { "\($0.setting.name) \($0.isUpper)" }
    }
    #expect(try ends { $0 } == ["learning-rate true"])
    #expect(try ends { 1 - $0 } == ["learning-rate false"])
    #expect(try ends { 1 - abs($0 - 0.5) } == [])
    // One of two points is always in the outer half.
    #expect(try ends(budget: 2) { 1 - abs($0 - 0.5) } == [])
  }

  @Test("The median of two in the middle is between them on the scale of factors")
  func median() {
    #expect(TuningResult.median([]) == nil && TuningResult.median([3]) == 3 && TuningResult.median([9, 1, 2]) == 2)
    #expect(abs((TuningResult.median([1, 4, 0.5, 100]) ?? 0) - 2) < 1e-12)
  }

  private func made(_ accuracy: Double, _ loss: Double, _ test: Double) -> RunRecord {
    .made(
      .made(), [(.validationAccuracy, accuracy), (.validationLoss, loss), (.testAccuracy, test), (.guessAccuracy, 0.1)])
  }

  private typealias Outcome = (RunStatus, validation: Double, test: Double)

  /// What tuning over three seeds comes to if a trial comes to this.
  private func result(budget: Int, _ outcome: (_ seed: Int, _ trial: Int) -> Outcome) throws -> TuningResult {
    try result(budget: budget) { seed, trial, _ in outcome(seed, trial) }
  }

  /// The same, with a validation accuracy by the place of the rate in its range, from 0 to 1.
  private func result(budget: Int, by accuracy: (Double) -> Double) throws -> TuningResult {
    try result(budget: budget) { _, _, place in (.finished, validation: accuracy(place), test: 0.5) }
  }

  private func result(
    budget: Int, _ outcome: (_ seed: Int, _ trial: Int, _ place: Double) -> Outcome
  ) throws -> TuningResult {
    let tuning = Tuning([Tuning.Dimension(Setting.learningRate.erased, range: 0.001...1)], budget: budget)
    let runs = try [0, 1, 2].map { try Training(.made(.cnn, "none", seed: $0), on: digits.get()) }
    let replicates = try runs.map { try tuning.replicate(of: $0, in: Catalogue()) }
    var records: [String: RunRecord] = [:]
    for (seed, replicate) in replicates.enumerated() {
      for (number, trial) in replicate.trials.enumerated() {
        let place = log(trial.configuration[.learningRate] / 0.001) / log(1000)
        let (status, validation, test) = outcome(seed, number, place)
        var record = RunRecord.made(
          trial.configuration, status: status, [(.guessAccuracy, 0.05), (.validationLoss, 1)])
        record[.validationAccuracy] = status == .diverged ? .nan : validation
        record[.testAccuracy] = status == .diverged ? .nan : test
        records[trial.identifier] = record
      }
    }
    return TuningResult(replicates, records, tuning)
  }
}
