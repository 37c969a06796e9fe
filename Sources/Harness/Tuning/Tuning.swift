import Foundation
import Tensors

/// How settings are tuned: the same trial points and the same validation images for every normalizer.
///
/// A replicate is the whole procedure: each seed draws its own validation images and shifts one log-uniform, low-discrepancy
/// sequence of points, trains at each, and takes the run of the highest validation accuracy (the lower loss of two alike). What
/// that run came to on the test images counts; nothing is trained again.
public struct Tuning: Sendable {
  /// A setting, and the range that is looked through.
  public struct Dimension: Sendable {
    public let setting: AnySetting
    /// `nil` takes the setting's own range around the model's value.
    public let range: ClosedRange<Double>?

    /// - Precondition: the setting has numbers, and its range is above 0.
    public init(_ setting: AnySetting, range: ClosedRange<Double>? = nil) {
      self.setting = setting
      self.range = range
    }

    /// The range for a run.
    func range(for run: RunConfiguration) -> ClosedRange<Double> {
      let value = Double(run[setting]) ?? 1
      return range ?? (setting.tuned.map { value * $0.lowerBound...value * $0.upperBound } ?? value...value)
    }
  }

  public let dimensions: [Dimension]
  /// The points for each seed.
  public let budget: Int
  /// The share of the training data that is held out, unless the runs say otherwise.
  public static let validation = 0.2

  /// - Parameters:
  ///   - dimensions: in any order.
  ///   - budget: the points for each seed.
  public init(_ dimensions: [Dimension], budget: Int) {
    let order = AnySetting.all.map(\.name)
    self.dimensions = dimensions.sorted {
      order.firstIndex(of: $0.setting.name) ?? 0 < order.firstIndex(of: $1.setting.name) ?? 0
    }
    self.budget = budget
  }

  public var settings: [AnySetting] { dimensions.map(\.setting) }

  /// A configuration to tune, for one seed.
  public struct Replicate: Sendable {
    /// Of all seeds of the configuration: what is tuned, in which range, and what stays.
    public let study: String
    /// With the value that is tuned at its default.
    public let configuration: RunConfiguration
    public let trials: [Training]
  }

  /// The trials of a run that is to be tuned.
  ///
  /// - Throws: `HarnessError.usage` if a point of a range is no value of its setting, or the run cannot do without the images
  ///   held out.
  func replicate(of run: Training, in catalogue: Catalogue) throws -> Replicate {
    var base = run.configuration
    if base[.validation] == 0 { base[.validation] = Self.validation }
    let ranges = dimensions.map { $0.range(for: base) }
    let sequence = TrialSequence(axes: dimensions.map(\.setting.name), seed: base[.seed])
    let trials = try (0..<budget).map { number in
      var trial = base
      for (axis, position) in sequence[number].enumerated() {
        let (range, setting) = (ranges[axis], dimensions[axis].setting)
        let value = Self.rounded(exp((1 - position) * log(range.lowerBound) + position * log(range.upperBound)))
        guard let text = setting.canonical(value.settingText) else {
          throw HarnessError.usage(
            "--tune \(setting.name) cannot try \(value): it takes \(setting.domain.text).")
        }
        trial[setting] = text
      }
      return try Training(trial, on: run.dataset, in: catalogue, isTried: number > 0)
    }
    let study = trials[0].configuration.without(settings + [Setting.seed.erased])
    let text = zip(settings, ranges).map { "\($0.name)=\($1.lowerBound)..\($1.upperBound)" }.joined(separator: " ")
    return Replicate(
      study: study.identifier(fingerprint: run.dataset.fingerprintText + text), configuration: base, trials: trials)
  }

  /// A number to three digits, which is as exact as a tuned value needs to be.
  private static func rounded(_ value: Double) -> Double {
    Double(String(format: "%.2e", value)) ?? value
  }
}

/// What tuning came to for one configuration.
public struct TuningResult: Sendable {
  /// That of its row in the table.
  public let configuration: RunConfiguration
  /// One for each seed whose trials are all recorded: the run that was chosen.
  public let chosen: [RunRecord]
  /// For each tuned setting, what was chosen for each seed.
  public let values: [[Double]]
  /// The share of all trials that trained: neither diverged nor collapsed.
  public let trainedShare: Double
  /// The mean test accuracy if only the first points had been tried, by their number: 1, 2, 4 … up to the budget.
  public let smallerBudgets: [(budget: Int, accuracy: Estimate)]
  /// The tuned settings whose median choice lies in the outermost part of the range, and at which end.
  public let atEnd: [(setting: AnySetting, isUpper: Bool)]
  /// Of each tuned setting, what was looked through.
  public let ranges: [ClosedRange<Double>]
  /// The points for each seed.
  public let budget: Int

  /// - Parameters:
  ///   - trials: of each seed, in the order in which they were tried; at least one of one seed.
  ///   - settings: what was tuned.
  ///   - ranges: what was looked through for each; none where it is not known.
  ///   - configuration: that of its row in the table.
  init(
    _ trials: [[RunRecord]], _ settings: [AnySetting], in ranges: [ClosedRange<Double>],
    of configuration: RunConfiguration
  ) {
    self.configuration = configuration
    let budget = trials.map(\.count).max() ?? 0
    self.budget = budget
    let chosen = trials.compactMap { Self.best(of: $0[...]) }
    self.chosen = chosen
    values = settings.map { setting in chosen.compactMap { Double($0.configuration[setting]) } }
    let all = trials.joined()
    trainedShare = Double(all.count { $0.status == .finished }) / Double(all.count)
    let budgets = (0...).lazy.map { 1 << $0 }.prefix { $0 < budget } + [budget]
    smallerBudgets = budgets.map { budget in
      (budget, Estimate(trials.compactMap { Self.best(of: $0.prefix(budget))?.countedAccuracy }))
    }
    self.ranges = ranges
    // With few points, the outermost of them is always near an end.
    let part = 1 / Double(max(budget, 8))
    atEnd = zip(zip(settings, ranges), values).compactMap { pair, values in
      // Where a setting does not apply, all points are the same.
      let tried = Set(all.map { $0.configuration[pair.0] })
      guard let median = Self.median(values), tried.count > 1 else { return nil }
      let (low, high) = (log(pair.1.lowerBound), log(pair.1.upperBound))
      let place = (log(median) - low) / (high - low)
      return place < part ? (pair.0, false) : place > 1 - part ? (pair.0, true) : nil
    }
  }

  /// What a plan comes to for one configuration, over the seeds whose trials are all recorded.
  init(_ replicates: [Tuning.Replicate], _ records: [String: RunRecord], _ tuning: Tuning) {
    let trials = replicates.map { $0.trials.compactMap { records[$0.identifier] } }
    self.init(
      trials.filter { $0.count == tuning.budget }, tuning.settings,
      in: tuning.dimensions.map { $0.range(for: replicates[0].configuration) },
      of: replicates[0].trials[0].configuration.without(tuning.settings + [Setting.seed.erased]))
  }

  public static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    return (sorted[(sorted.count - 1) / 2] * sorted[sorted.count / 2]).squareRoot()
  }

  /// The run of the highest validation accuracy, and among those of the lowest validation loss; one that diverged counts as
  /// guessing, and comes after one that does no better.
  package static func best(of trials: ArraySlice<RunRecord>) -> RunRecord? {
    func accuracy(_ run: RunRecord) -> Double {
      run.status == .diverged ? run[.guessAccuracy] : run[.validationAccuracy]
    }
    func loss(_ run: RunRecord) -> Double { run.status == .diverged ? .infinity : run[.validationLoss] }
    return trials.min { a, b in
      accuracy(a) == accuracy(b) ? loss(a) < loss(b) : accuracy(a) > accuracy(b)
    }
  }
}
