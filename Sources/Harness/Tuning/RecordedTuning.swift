/// Tuning that is recorded: studies of the same settings, from `trials.csv` and `runs.csv`.
public struct RecordedTuning: Sendable {
  public let tuning: Tuning
  public let analysis: Analysis
  public let results: [TuningResult]

  /// What was tuned in a folder, a table for each set of settings that was.
  ///
  /// Of a study that was tuned with several budgets, all points count. What was tuned is what differs between the trials of a
  /// seed; in which range, the files do not say.
  ///
  /// - Parameters:
  ///   - directory: the folder.
  ///   - isAsked: whether a run belongs to what is to be shown, whatever its tuned settings are.
  ///   - baseline: the normalizer to measure differences from.
  /// - Returns: the tables, in the order of their first trials.
  /// - Throws: `HarnessError` if a file cannot be read.
  public static func all(
    in directory: ResultsDirectory, where isAsked: (RunConfiguration, _ tuned: [AnySetting]) -> Bool, baseline: String?
  ) throws -> [RecordedTuning] {
    let trials = try directory.recordedTrials()
    let records = Dictionary(
      try directory.records(of: Set(trials.map(\.run))).filter { $0.numerics == numerics }.map { ($0.run, $0) },
      uniquingKeysWith: { first, _ in first })
    var order: [[String]] = []
    var found: [[String]: [TuningResult]] = [:]
    for study in Self.grouped(trials, by: \.study) {
      let seeds = Self.grouped(study, by: \.replicate).map { replicate in
        replicate.sorted { $0.number < $1.number }.compactMap { records[$0.run] }
      }
      let budget = seeds.map(\.count).max() ?? 0
      let whole = seeds.filter { $0.count == budget && budget > 0 }
      guard let first = whole.first?.first else { continue }
      let tuned = AnySetting.all.filter { setting in
        whole.contains { trials in trials.contains { $0.configuration[setting] != trials[0].configuration[setting] } }
      }
      guard !tuned.isEmpty, isAsked(first.configuration, tuned) else { continue }
      let names = tuned.map(\.name)
      if found[names] == nil { order.append(names) }
      found[names, default: []].append(
        TuningResult(
          whole, tuned, in: [], of: first.configuration.without(tuned + [Setting.seed.erased])))
    }
    return try order.map { names in
      let results = found[names] ?? []
      let tuned = names.compactMap(AnySetting.named)
      let chosen = results.flatMap(\.chosen)
      let analysis = Analysis(
        chosen, outcomes: try directory.outcomes(of: Set(chosen.map(\.run))), baseline: baseline, tuned: tuned)
      return RecordedTuning(
        tuning: Tuning(tuned.map { Tuning.Dimension($0) }, budget: results.map { $0.budget }.max() ?? 1),
        analysis: analysis, results: results)
    }
  }

  /// Those of one key together, in the order of the first of each.
  private static func grouped<Element, Key: Hashable>(_ all: [Element], by key: (Element) -> Key) -> [[Element]] {
    var order: [Key] = []
    var groups: [Key: [Element]] = [:]
    for element in all {
      if groups[key(element)] == nil { order.append(key(element)) }
      groups[key(element), default: []].append(element)
    }
    return order.compactMap { groups[$0] }
  }
}
