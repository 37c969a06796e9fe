import Foundation

/// Runs that are tuned: their trials, and what was chosen.
public struct TuningStudy: Sendable {
  public let tuning: Tuning
  public let replicates: [Tuning.Replicate]
  /// Runs that cannot be tuned, as batches larger than what is left to train on.
  public let impossible: [Grid.Impossible]

  /// - Throws: `HarnessError.usage` for too many trials, or if no run can be tuned.
  public init(_ tuning: Tuning, of runs: [Training], in catalogue: Catalogue) throws {
    self.tuning = tuning
    guard runs.count <= Grid.largestCount / tuning.budget else {
      throw HarnessError.usage(
        "\(runs.count) runs with \(tuning.budget) trials each are too many; \(Grid.largestCount) trials are the most.")
    }
    var (replicates, impossible): ([Tuning.Replicate], [Grid.Impossible]) = ([], [])
    // Runs that differ in nothing but what they hold out anyway are one.
    var seen: Set<String> = []
    for run in runs {
      do {
        let replicate = try tuning.replicate(of: run, in: catalogue)
        if seen.insert("\(replicate.study) \(replicate.configuration[.seed])").inserted { replicates.append(replicate) }
      } catch let error as HarnessError {
        guard case .usage = error else { throw error }
        impossible.append(Grid.Impossible(configuration: run.configuration, reason: error))
      }
    }
    if replicates.isEmpty, let first = impossible.first { throw first.reason }
    (self.replicates, self.impossible) = (replicates, impossible)
  }

  /// Every trial, each once: ordinary runs.
  ///
  /// Seeds vary slowest, so that a study that is stopped has whole replicates.
  public var trainings: [Training] {
    var seen: Set<String> = []
    return replicates.flatMap(\.trials).filter { seen.insert($0.identifier).inserted }
  }

  /// The table of what was chosen, and for each of its rows how.
  public func results(
    in directory: ResultsDirectory, baseline: String?
  ) throws -> (analysis: Analysis, results: [TuningResult]) {
    let wanted = Set(replicates.flatMap(\.trials).map(\.identifier))
    let records = Dictionary(try directory.records(of: wanted).map { ($0.run, $0) }, uniquingKeysWith: { $1 })
    let results = results(of: records)
    let chosen = results.flatMap(\.chosen)
    let analysis = Analysis(
      chosen, outcomes: try directory.outcomes(of: Set(chosen.map(\.run))), baseline: baseline, tuned: tuning.settings)
    return (analysis, results)
  }

  /// What tuning came to for each configuration, given what is recorded.
  package func results(of records: [String: RunRecord]) -> [TuningResult] {
    var order: [String] = []
    var studies: [String: [Tuning.Replicate]] = [:]
    for replicate in replicates {
      if studies[replicate.study] == nil { order.append(replicate.study) }
      studies[replicate.study, default: []].append(replicate)
    }
    return order.compactMap { studies[$0] }.map { TuningResult($0, records, tuning) }
  }

  /// Adds the trials to `trials.csv`, which names study, replicate and run: the numbers are in `runs.csv`.
  public func record(in directory: ResultsDirectory) throws {
    try directory.record(
      trials: replicates.flatMap { replicate in
        replicate.trials.enumerated().map { number, trial in
          Trial(
            run: trial.identifier, study: replicate.study, configuration: replicate.configuration,
            number: number + 1)
        }
      })
  }
}

/// A row of `trials.csv`.
struct Trial {
  let run, study: String
  let configuration: RunConfiguration
  let number: Int

  static let columns = ["run", "study", "model", "norm", "data", "replicate", "trial"]

  func field(_ column: String) -> String {
    switch column {
    case "run": run
    case "study": study
    case "replicate": String(configuration[.seed])
    case "trial": String(number)
    default: AnySetting.named(column).map { configuration[$0] } ?? ""
    }
  }
}
