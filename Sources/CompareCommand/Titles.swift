import Harness

/// What runs are called while they train: model, normalizer, data, and whatever else varies.
struct Titles {
  private let varying: [AnySetting]

  init(_ trainings: [Training], skipped: [Grid.Impossible]) {
    varying = RunConfiguration.varying(in: trainings.map(\.configuration) + skipped.map(\.configuration))
      .filter { !["data", "seed"].contains($0.name) }
  }

  /// The parts of a run's name, the most telling first.
  func parts(of run: RunConfiguration) -> [String] { parts(of: [run]) }

  /// Those of runs that are trained at once, with all values of what they differ in.
  func parts(of runs: [RunConfiguration]) -> [String] {
    let run = runs[0]
    return ["\(run[.model])", run[.norm], run[.data], "seed \(run[.seed])"]
      + varying.map { setting in
        let values = runs.map { $0[setting] }
        let distinct = values.indices.filter { !values[..<$0].contains(values[$0]) }.map { values[$0] }
        return "\(setting.name) \(distinct.joined(separator: ","))"
      }
  }
}
