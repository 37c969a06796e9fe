/// What is otherwise in some runs of a grid, as a rate for each batch size, or the groups of one normalizer.
public struct GridException: Sendable {
  /// The runs that it is for have one of these values in each of these settings.
  public let cases: [(setting: AnySetting, values: [String])]
  /// What they have instead; several values make several runs of one.
  public let changes: [(setting: AnySetting, values: [String])]
  /// The values of the cases, to be looked up.
  private let wanted: [Set<String>]

  /// What the standards of other settings follow from, so that it cannot be changed afterwards.
  public static let fixed = [Setting.model.erased, Setting.norm.erased, Setting.data.erased, Setting.seed.erased]

  /// - Precondition: values are in their one spelling, and nothing that is ``fixed`` is changed.
  public init(
    cases: [(setting: AnySetting, values: [String])], changes: [(setting: AnySetting, values: [String])]
  ) {
    (self.cases, self.changes, wanted) = (cases, changes, cases.map { Set($0.values) })
  }

  /// Whether it is for a run: what does not concern a run is none of its values.
  func fits(_ run: RunConfiguration, in catalogue: Catalogue) -> Bool {
    func isOne(_ run: RunConfiguration, whatever setting: String? = nil) -> Bool {
      zip(cases, wanted).allSatisfy { $0.setting.name == setting || $1.contains(run[$0.setting]) }
    }
    // Only the place of a normalizer that is none has another spelling; most runs are known to be others without it.
    guard isOne(run, whatever: Setting.placement.erased.name) else { return false }
    return isOne(run.canonical(in: catalogue)) && cases.allSatisfy { $0.setting.concerns(run, in: catalogue) }
  }

  /// The changes that change nothing in any of the runs that it made.
  func idle(in runs: [RunConfiguration], _ catalogue: Catalogue) -> [(setting: AnySetting, values: [String])] {
    changes.filter { change in !runs.contains { change.setting.concerns($0, in: catalogue) } }
  }

  /// The runs that a run becomes.
  func applied(to run: RunConfiguration) -> [RunConfiguration] {
    changes.reduce([run]) { runs, change in
      runs.flatMap { run in
        change.values.map { value in
          var changed = run
          changed[change.setting] = value
          return changed
        }
      }
    }
  }
}
