/// What runs came to: a row for each configuration, over its seeds, and how the rows differ.
///
/// Runs with one seed have the same weights and batches, so differences are paired. A row's interval counts seeds and test
/// images (``PairedDifference``) and holds for all rows of the table at once. Runs of other ``numerics`` have rows, and are
/// never paired.
public struct Analysis: Sendable {
  public private(set) var rows: [Row]
  /// The settings in which rows of one model differ, as ``RunConfiguration/varying(in:)`` has them.
  public let varying: [AnySetting]

  /// Several seeds of one configuration.
  public struct Row: Sendable {
    /// That of its runs without what they differ in: the seed, and what was tuned.
    public let configuration: RunConfiguration
    /// Those that its runs were made under.
    public let numerics: Int
    /// Of the data.
    public let fingerprint: String
    /// One for each seed.
    public let runs: [RunRecord]
    /// A run that diverged counts as guessing.
    public let testAccuracy: Estimate
    /// Over the runs that did not diverge.
    public let trainLoss: Estimate
    /// When the test accuracy was first 90 %; a run that never came to it counts with all of its epochs.
    public let epochsToNinety: Estimate
    /// How many came to it.
    public let reached: Int
    public let samplesPerSecond: Estimate
    /// From the baseline; `nil` for the baseline itself, and below three seeds.
    public fileprivate(set) var difference: PairedDifference?
    public fileprivate(set) var isBaseline = false
    /// Whether it differs from the most accurate row of its model and data, over all pairs of them; `nil` below three seeds.
    public fileprivate(set) var isToldFromBest: Bool?

    public func count(_ status: RunStatus) -> Int { runs.count { $0.status == status } }

    /// The mean test accuracy; below every other where there is none, as in files of version 1 of what diverged.
    fileprivate var rank: Double { testAccuracy.mean.isNaN ? -1 : testAccuracy.mean }
  }

  /// - Parameters:
  ///   - records: of runs, each at most once for a seed.
  ///   - outcomes: which test images they had right.
  ///   - baseline: the normalizer to measure differences from; where a model and data set have but one normalizer, it is
  ///     their first row.
  ///   - tuned: settings that were chosen for each seed, and are not what rows are told apart by.
  public init(
    _ records: [RunRecord], outcomes: [String: Outcomes], baseline: String? = nil, tuned: [AnySetting] = []
  ) {
    let shared = [Setting.seed.erased] + tuned
    var order: [Key] = []
    // A seed counts once, whatever is given.
    var groups: [Key: [UInt64: RunRecord]] = [:]
    for record in records {
      let key = Key(
        configuration: record.configuration.without(shared), numerics: record.numerics, fingerprint: record.fingerprint)
      if groups[key] == nil { order.append(key) }
      groups[key, default: [:]].merge([(record.configuration[.seed], record)]) { first, _ in first }
    }
    rows = order.map { Row($0, (groups[$0] ?? [:]).sorted { $0.key < $1.key }.map(\.value)) }
    varying = RunConfiguration.varying(in: order.map(\.configuration))
    compare(outcomes, baseline)
    // A rank without a difference is none: below three seeds, rows stay in the order of the grid.
    if rows.contains(where: { $0.isToldFromBest != nil }) {
      rows = rows.enumerated().sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }.map(\.element)
    }
  }

  /// What the runs of a row have in common.
  fileprivate struct Key: Hashable {
    let configuration: RunConfiguration
    let numerics: Int
    let fingerprint: String
  }

  private mutating func compare(_ outcomes: [String: Outcomes], _ baseline: String?) {
    var pairs: [(row: Int, baseline: Int)] = []
    let current = rows.indices.filter { rows[$0].numerics == numerics }
    let families = Dictionary(grouping: current) {
      [rows[$0].configuration[.model], rows[$0].configuration[.data], rows[$0].fingerprint]
    }
    for family in families.values.map({ $0.sorted() }) {
      for row in family {
        guard let other = Self.baseline(of: row, in: family, of: rows, named: baseline) else { continue }
        if other == row { rows[row].isBaseline = true } else { pairs.append((row, other)) }
      }
    }
    for (row, other) in pairs {
      rows[row].difference = Self.difference(rows[row], rows[other], outcomes, comparisons: pairs.count)
    }
    for family in families.values {
      // One of too few seeds is compared with nothing.
      let whole = family.filter { rows[$0].runs.count >= 3 }
      guard let best = whole.max(by: { rows[$0].rank < rows[$1].rank }) else { continue }
      let comparisons = max(family.count * (family.count - 1) / 2, 1)
      for row in family where row != best {
        guard let difference = Self.difference(rows[row], rows[best], outcomes, comparisons: comparisons) else {
          continue
        }
        rows[row].isToldFromBest = difference.isZeroExcluded
        rows[best].isToldFromBest = false
      }
    }
  }

  /// The row that a row is measured from: with the baseline's normalizer, and otherwise like it.
  private static func baseline(of row: Int, in family: [Int], of rows: [Row], named name: String?) -> Int? {
    let norms = Set(family.map { rows[$0].configuration[.norm] })
    guard norms.count > 1 else { return family.first }
    let norm = name.flatMap { norms.contains($0) ? $0 : nil } ?? (norms.contains("none") ? "none" : nil)
    let wanted = norm ?? rows[family[0]].configuration[.norm]
    func common(_ row: Int) -> RunConfiguration {
      rows[row].configuration.without(AnySetting.all.filter(\.isOfNormalizer))
    }
    let candidates = family.filter { rows[$0].configuration[.norm] == wanted && common($0) == common(row) }
    return candidates.first
  }

  /// The paired difference of two rows over the seeds that both have.
  static func difference(
    _ first: Row, _ second: Row, _ outcomes: [String: Outcomes], comparisons: Int
  ) -> PairedDifference? {
    // Where all diverged, the images are not known, and nothing differs.
    guard let images = (first.runs + second.runs).lazy.compactMap({ outcomes[$0.run]?.count }).first else { return nil }
    let partners = Dictionary(
      second.runs.map { ($0.configuration[.seed], $0) }, uniquingKeysWith: { first, _ in first })
    var (a, b): ([Outcomes], [Outcomes]) = ([], [])
    for run in first.runs {
      guard let partner = partners[run.configuration[.seed]], partner.fingerprint == run.fingerprint,
        let own = counted(run, outcomes, images), let other = counted(partner, outcomes, images)
      else { continue }
      a.append(own)
      b.append(other)
    }
    return PairedDifference(a, b, comparisons: comparisons)
  }

  /// What counts as the outcomes of a run: one that diverged guesses; `nil` if they are not recorded.
  private static func counted(_ run: RunRecord, _ outcomes: [String: Outcomes], _ images: Int) -> Outcomes? {
    guard run.status == .diverged else { return outcomes[run.run] }
    guard (0...1).contains(run.countedAccuracy) else { return nil }
    return Outcomes(guessing: run.countedAccuracy, count: images)
  }
}

extension Analysis.Row {
  fileprivate init(_ key: Analysis.Key, _ runs: [RunRecord]) {
    (configuration, numerics, fingerprint) = (key.configuration, key.numerics, key.fingerprint)
    self.runs = runs
    testAccuracy = Estimate(runs.map(\.countedAccuracy))
    trainLoss = Estimate(runs.filter { $0.status != .diverged }.map { $0[.trainLoss] })
    epochsToNinety = Estimate(runs.map { $0[.epochsToNinety] })
    reached = runs.count { $0[.reachedNinety] == 1 }
    samplesPerSecond = Estimate(runs.map { $0[.samplesPerSecond] })
  }
}
