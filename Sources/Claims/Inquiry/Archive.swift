import Harness

/// What is recorded of some runs.
struct Archive {
  private let runs: [String: Evidence]
  private let records: [String: RunRecord]

  init(_ directory: ResultsDirectory, of trainings: [(training: Training, recordings: Set<String>)]) throws {
    let wanted = Set(trainings.map(\.training.identifier))
    let curves = Dictionary(grouping: try directory.evaluations(of: wanted), by: \.run)
    let outcomes = try directory.outcomes(of: wanted)
    let images = Dictionary(
      trainings.map { ($0.training.identifier, $0.training.testedImages) }, uniquingKeysWith: { first, _ in first })
    var rows: [String: [String: [RecordedRow]]] = [:]
    for name in Set(trainings.flatMap(\.recordings)) {
      for (run, all) in Dictionary(grouping: try directory.recorded(name, of: wanted), by: \.run) {
        rows[run, default: [:]][name] = all
      }
    }
    let records = try directory.records(of: wanted)
    self.records = Dictionary(records.map { ($0.run, $0) }, uniquingKeysWith: { first, _ in first })
    runs = self.records.mapValues { record in
      Evidence(
        record: record, curve: curves[record.run] ?? [], outcomes: outcomes[record.run], rows: rows[record.run] ?? [:],
        images: images[record.run])
    }
  }

  /// What is recorded of runs, in their order; `nil` unless all of them are.
  func evidence(of trainings: [Training]) -> [Evidence]? {
    let found = trainings.compactMap { runs[$0.identifier] }
    return found.count == trainings.count ? found : nil
  }

  /// The place of the trial that tuning chooses.
  func best(of trials: [Evidence]) -> Int? {
    let chosen = TuningResult.best(of: trials.map(\.record)[...])
    return trials.firstIndex { $0.record.run == chosen?.run }
  }

  /// What is said of a tuning whose choice lies at an end of its range.
  func ends(of study: TuningStudy) -> [String] {
    guard let result = study.results(of: records).first else { return [] }
    let run = result.configuration
    return result.atEnd.map { setting, isUpper in
      "the best \(setting.name) of \(run[.model]) \(run[.norm]) lies at the \(isUpper ? "upper" : "lower") end of its range"
    }
  }
}
