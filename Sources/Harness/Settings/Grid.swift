/// The values of settings whose every combination is a run.
public struct Grid: Sendable {
  /// The values of each setting that was chosen, by its column; others are left to the model.
  public private(set) var values: [String: [String]] = [:]
  public let catalogue: Catalogue
  /// What is otherwise in some of the runs, each on top of those before it.
  public var exceptions: [GridException] = []

  /// No more runs than these are planned for at a time.
  public static let largestCount = 100_000
  /// No more exceptions than these are looked for, each in every run.
  public static let largestExceptionCount = 10_000
  private static let largestWork = 2_000_000

  public init(_ catalogue: Catalogue = Catalogue()) {
    self.catalogue = catalogue
  }

  /// The values of a setting, each in its one spelling; `nil` leaves it to the model.
  public subscript(setting: AnySetting) -> [String]? {
    get { values[setting.column] }
    set { values[setting.column] = newValue }
  }

  public subscript<Value>(setting: Setting<Value>) -> [Value]? {
    get { self[setting.erased]?.compactMap(Value.init(settingText:)) }
    set { self[setting.erased] = newValue?.map(\.settingText) }
  }

  /// Whether a run is one of the grid: it has the values asked for, or they do not concern it.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - tuned: settings whose values are not looked at.
  /// - Returns: whether it is.
  public func asks(for run: RunConfiguration, whatever tuned: [AnySetting] = []) -> Bool {
    let normalizer = catalogue.normalizer(run[.norm])
    return AnySetting.all.allSatisfy { setting in
      if tuned.contains(where: { $0.name == setting.name }) { return true }
      guard let values = self[setting], !values.contains(run[setting]) else { return true }
      guard let normalizer, setting.name != "norm" else { return false }
      let concerns =
        catalogue.model(run[.model]).map { setting.concerns(run, $0, normalizer) } ?? setting.applies(run, normalizer)
      return !concerns || (normalizer.isNone && setting.isOfNormalizer)
    }
  }

  /// A run of the grid that cannot be, and why.
  public struct Impossible: Sendable {
    public let configuration: RunConfiguration
    public let reason: HarnessError
  }

  /// The runs, each once; seeds vary slowest, so that a grid that is stopped is still fair.
  ///
  /// A combination that cannot be, as groups that do not divide the channels of one model, is left out.
  ///
  /// - Parameter datasets: by name.
  /// - Returns: the runs that can be, and what is left out.
  /// - Throws: `HarnessError.usage` for too many combinations, or if none of them can be.
  public func trainings(on datasets: [String: Dataset]) throws -> (trainings: [Training], impossible: [Impossible]) {
    var (trainings, impossible): ([Training], [Impossible]) = ([], [])
    var (seen, tried): (Set<RunConfiguration>, Set<RunConfiguration>) = ([], [])
    for configuration in try configurations() {
      guard let dataset = datasets[configuration[.data]] else { continue }
      // Seeds and rates change nothing about what fits.
      let kind = configuration.without([Setting.seed.erased, Setting.learningRate.erased])
      do {
        let training = try Training(configuration, on: dataset, in: catalogue, isTried: tried.contains(kind))
        tried.insert(kind)
        if seen.insert(training.configuration).inserted { trainings.append(training) }
      } catch let error as HarnessError {
        guard case .usage = error else { throw error }
        let configuration = configuration.canonical(in: catalogue)
        if seen.insert(configuration).inserted {
          impossible.append(Impossible(configuration: configuration, reason: error))
        }
      }
    }
    if trainings.isEmpty, let first = impossible.first { throw first.reason }
    return (trainings, impossible)
  }

  /// Every combination of the values, as it was chosen, with its exceptions.
  func configurations() throws -> [RunConfiguration] {
    try checkCount()
    var all = try combinations()
    var idle: [(place: Int, setting: AnySetting, values: [String])] = []
    for (place, exception) in exceptions.enumerated() {
      let isFor = all.map { exception.fits($0, in: catalogue) }
      guard isFor.contains(true) else {
        let cases = exception.cases.map { "\($0.setting.name) \($0.values.joined(separator: ","))" }
        throw HarnessError.usage(
          "No run of the grid is one of exception \(place + 1), \(cases.joined(separator: ", ")).")
      }
      let each = exception.changes.reduce(1.0) { $0 * Double($1.values.count) }
      try Self.check(Double(all.count) + Double(isFor.count { $0 }) * (each - 1))
      let changed = zip(all, isFor).map { run, isFor in isFor ? exception.applied(to: run) : [run] }
      let own = zip(changed, isFor).flatMap { runs, isFor in isFor ? runs : [] }
      idle += exception.idle(in: own, catalogue).map { (place, $0.setting, $0.values) }
      all = changed.flatMap(\.self)
    }
    // A later exception may be what makes an earlier one matter.
    let unused = idle.first { change in
      !all.contains { change.values.contains($0[change.setting]) && change.setting.concerns($0, in: catalogue) }
    }
    if let unused {
      throw HarnessError.usage(
        "Exception \(unused.place + 1) sets \(unused.setting.name), which changes nothing in any of its runs; leave it out."
      )
    }
    return all
  }

  /// The settings that were chosen and that change nothing in any of some runs, as groups where no normalizer has them.
  public func idle(in runs: some Sequence<RunConfiguration>) -> [AnySetting] {
    AnySetting.all.filter { setting in
      guard let values = self[setting], values.contains(where: { $0 != setting.absent }) else { return false }
      return !runs.contains { setting.concerns($0, in: catalogue) }
    }
  }

  /// Refuses what is too much to plan for, by the numbers of the values, before anything is spent on it.
  ///
  /// - Throws: `HarnessError.usage`.
  package func checkCount() throws {
    let count = values.values.reduce(1.0) { $0 * Double($1.count) }
    try Self.check(count)
    guard count * Double(exceptions.count) <= Double(Self.largestWork) else {
      throw HarnessError.usage(
        "\(exceptions.count) exceptions to \(Int(count)) runs are too many: \(Self.largestWork) is the most that their numbers "
          + "may come to, multiplied. Make several plans of it.")
    }
  }

  private static func check(_ count: Double) throws {
    guard count <= Double(largestCount) else {
      throw HarnessError.usage(
        "The options span \(Int(min(count, 1e18))) runs; \(largestCount) are the most. Ask for fewer values at a time.")
    }
  }

  /// Every combination of the values.
  private func combinations() throws -> [RunConfiguration] {
    let models = (self[.model] ?? [catalogue.standardName(of: Setting.model.erased)]).compactMap(catalogue.model)
    let norms = (self[.norm] ?? [catalogue.standardName(of: Setting.norm.erased)]).compactMap(catalogue.normalizer)
    // All places are all that the models have.
    let (given, meant) = (self[.placement] ?? [], Placement.meantByAll)
    let asked = meant.allSatisfy(given.contains) ? given.filter { !meant.contains($0) } : given
    if let unused = asked.first(where: { place in !models.contains { $0.placements.contains(place) } }) {
      let owners = catalogue.models.filter { $0.placements.contains(unused) }.map(\.name).joined(separator: ",")
      throw HarnessError.usage("--placement \(unused.rawValue) is for --model \(owners), which is not asked for.")
    }
    var all: [RunConfiguration] = []
    for seed in self[.seed] ?? [0] {
      for data in self[.data] ?? ["digits"] {
        for model in models {
          for norm in norms {
            all.append(RunConfiguration(model: model, norm: norm, data: data).with(.seed, seed))
          }
        }
      }
    }
    let spanned = ["model", "norm", "data", "seed", "placement"]
    for setting in AnySetting.all where !spanned.contains(setting.column) {
      guard let values = self[setting] else { continue }
      all = all.flatMap { base in
        values.map { value in
          var configuration = base
          configuration[setting] = value
          return configuration
        }
      }
    }
    guard let places = self[.placement] else { return all }
    return all.flatMap { base in
      // A place that another model of the grid has is none of this one's.
      let own = places.filter { place in models.first { $0.name == base[.model] }?.placements.contains(place) ?? false }
      return own.isEmpty ? [base] : own.map { base.with(.placement, $0) }
    }
  }
}
