import Harness
import Tensors

/// The runs of an arm.
struct Plan: Sendable {
  /// One for each configuration that is tuned.
  let studies: [TuningStudy]
  /// That of the configuration which chooses, if one does.
  let chooser: TuningStudy?
  /// Those of each seed, in the order of the configurations; none where runs are tuned.
  let runs: [[Training]]

  var trainings: [Training] {
    (studies + [chooser].compactMap(\.self)).flatMap(\.trainings) + runs.flatMap(\.self)
  }

  init(_ arm: Arm.Runs, in study: Study) throws {
    func trainings(_ configuration: RunConfiguration) throws -> [Training] {
      try study.seeds.enumerated().map { place, seed in
        try Training(
          configuration.with(.seed, seed), on: study.dataset, in: study.catalogue, isTried: place > 0)
      }
    }
    guard let tuned = arm.tuned else {
      let configurations = try arm.configurations.map(trainings)
      runs = study.seeds.indices.map { seed in configurations.map { $0[seed] } }
      (studies, chooser) = ([], nil)
      return
    }
    guard let setting = AnySetting.named(tuned.setting) else { stop("There is no setting \(tuned.setting) to tune.") }
    let tuning = Tuning(
      [Tuning.Dimension(setting, range: tuned.range)], budget: study.enough(tuned.budget, quick: 2))
    func tune(_ configuration: RunConfiguration) throws -> TuningStudy {
      let planned = try TuningStudy(tuning, of: try trainings(configuration), in: study.catalogue)
      if let left = planned.impossible.first { throw left.reason }
      return planned
    }
    runs = []
    studies = try arm.configurations.map(tune)
    chooser = try arm.chooser.map(tune)
  }

  /// The runs that count for a seed, by its place among the seeds; `nil` unless all that they depend on are recorded.
  func evidence(ofSeed seed: Int, in archive: Archive) -> [Evidence]? {
    guard !studies.isEmpty else { return archive.evidence(of: runs[seed]) }
    let chosen = studies.compactMap { study -> Evidence? in
      guard let own = archive.evidence(of: study.replicates[seed].trials),
        let choosing = chooser.map({ archive.evidence(of: $0.replicates[seed].trials) }) ?? own
      else { return nil }
      // A trial has the same number and rate in every configuration.
      return archive.best(of: choosing).map { own[$0] }
    }
    return chosen.count == studies.count ? chosen : nil
  }
}
