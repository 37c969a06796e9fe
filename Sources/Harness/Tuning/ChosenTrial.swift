/// A row of `chosen.csv`: the trial that counts for a seed of a study.
struct ChosenTrial {
  let run, study: String
  let configuration: RunConfiguration
  let tuned: [AnySetting]
  /// The study whose validation images chose: mostly its own.
  let chooser: String
  let budget: Int

  static let file = "chosen.csv"
  static let columns = ["run", "study", "model", "norm", "data", "replicate", "tuned", "budget", "chosen_by"]

  func field(_ column: String) -> String {
    switch column {
    case "run": run
    case "study": study
    case "replicate": String(configuration[.seed])
    case "tuned": tuned.map(\.column).joined(separator: " ")
    case "budget": String(budget)
    case "chosen_by": chooser
    default: AnySetting.named(column).map { configuration[$0] } ?? ""
    }
  }
}

extension TuningStudy {
  /// What was chosen for each seed whose trials are all recorded.
  ///
  /// - Parameters:
  ///   - records: by run.
  ///   - chooser: a study whose validation images choose for this one, with its seeds and trial points; `nil` for its own.
  /// - Returns: a row for each seed, in their order.
  func chosen(in records: [String: RunRecord], by chooser: TuningStudy? = nil) -> [ChosenTrial] {
    zip(replicates, (chooser ?? self).replicates).compactMap { own, choosing in
      let trials = choosing.trials.compactMap { records[$0.identifier] }
      guard trials.count == tuning.budget, own.trials.allSatisfy({ records[$0.identifier] != nil }),
        let best = TuningResult.best(of: trials[...]), let place = trials.firstIndex(where: { $0.run == best.run })
      else { return nil }
      return ChosenTrial(
        run: own.trials[place].identifier, study: own.study, configuration: own.configuration, tuned: tuning.settings,
        chooser: choosing.study, budget: tuning.budget)
    }
  }
}

extension ResultsDirectory {
  /// Writes which trials count to `chosen.csv`, in the place of what was chosen before for the same seeds of the same studies.
  ///
  /// - Parameter studies: each with the one that chooses for it, if it does not choose for itself.
  /// - Throws: `HarnessError` if a file cannot be read or written.
  public func record(chosenIn studies: [(study: TuningStudy, chooser: TuningStudy?)]) throws {
    guard !studies.isEmpty else { return }
    let wanted = Set(
      studies.flatMap { [$0.study, $0.chooser].compactMap(\.self) }.flatMap(\.trainings).map(\.identifier))
    let records = Dictionary(try records(of: wanted).map { ($0.run, $0) }, uniquingKeysWith: { $1 })
    var seen: Set<[String]> = []
    func key(_ row: [String: String]) -> [String] { ["study", "replicate", "chosen_by"].map { row[$0] ?? "" } }
    let rows = studies.flatMap { $0.study.chosen(in: records, by: $0.chooser) }.map { trial in
      Dictionary(uniqueKeysWithValues: ChosenTrial.columns.map { ($0, trial.field($0)) })
    }.filter { seen.insert(key($0)).inserted }
    try write(rows, columns: ChosenTrial.columns, to: ChosenTrial.file) { !seen.contains(key($0)) }
  }
}
