import Foundation

/// Runs that are tuned: their trials, and what was chosen.
public struct TuningStudy: Sendable {
  public let tuning: Tuning
  public let replicates: [Tuning.Replicate]

  public init(_ tuning: Tuning, of runs: [Training], in catalogue: Catalogue) throws {
    self.tuning = tuning
    replicates = try tuning.replicates(of: runs, in: catalogue)
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
    var order: [String] = []
    var studies: [String: [Tuning.Replicate]] = [:]
    for replicate in replicates {
      if studies[replicate.study] == nil { order.append(replicate.study) }
      studies[replicate.study, default: []].append(replicate)
    }
    let results = order.compactMap { studies[$0] }.map { TuningResult($0, records, tuning) }
    let chosen = results.flatMap(\.chosen)
    let analysis = Analysis(
      chosen, outcomes: try directory.outcomes(of: Set(chosen.map(\.run))), baseline: baseline, tuned: tuning.settings)
    return (analysis, results)
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
