import Harness

/// What is recorded of some runs.
struct Archive {
  private var runs: [String: Evidence] = [:]

  init(_ directory: ResultsDirectory, of trainings: [(training: Training, recordings: Set<String>)]) throws {
    let wanted = Set(trainings.map(\.training.identifier))
    let curves = Dictionary(grouping: try directory.evaluations(of: wanted), by: \.run)
    let outcomes = try directory.outcomes(of: wanted)
    let images = trainings.first?.training.dataset.test.count
    var rows: [String: [String: [RecordedRow]]] = [:]
    for name in Set(trainings.flatMap(\.recordings)) {
      for (run, all) in Dictionary(grouping: try directory.recorded(name, of: wanted), by: \.run) {
        rows[run, default: [:]][name] = all
      }
    }
    for record in try directory.records(of: wanted) {
      runs[record.run] = Evidence(
        record: record, curve: curves[record.run] ?? [], outcomes: outcomes[record.run],
        rows: rows[record.run] ?? [:], images: images)
    }
  }

  /// What is recorded of runs, in their order; `nil` unless all of them are.
  func evidence(of trainings: [Training]) -> [Evidence]? {
    let found = trainings.compactMap { runs[$0.identifier] }
    return found.count == trainings.count ? found : nil
  }

  /// The run that tuning chooses.
  func best(of trials: [Evidence]) -> Evidence? {
    TuningResult.best(of: trials.map(\.record)[...]).flatMap { runs[$0.run] }
  }

  /// What is said of a tuning whose choice lies at an end of its range: no verdict rests on it.
  func ends(of study: TuningStudy) -> [String] {
    let records = runs.mapValues(\.record)
    guard let result = study.results(of: records).first else { return [] }
    return result.atEnd.map { setting, isUpper in
      let run = result.configuration
      return
        "the best \(setting.name) of \(run[.model]) \(run[.norm]) lies at the \(isUpper ? "upper" : "lower") end of its range"
    }
  }
}
