import Harness

/// What runs are called while they train: model, normalizer, data, and whatever else varies.
struct Titles {
  private let varying: [AnySetting]

  init(_ trainings: [Training], skipped: [Grid.Impossible]) {
    varying = RunConfiguration.varying(in: trainings.map(\.configuration) + skipped.map(\.configuration))
      .filter { !["data", "seed"].contains($0.name) }
  }

  /// The parts of a run's name, the most telling first.
  func parts(of run: RunConfiguration) -> [String] {
    ["\(run[.model])", run[.norm], run[.data], "seed \(run[.seed])"] + varying.map { "\($0.name) \(run[$0])" }
  }
}
