import Harness
import Tensors

/// What the command line asks for.
struct Request: Sendable {
  var grid: Grid
  /// The data sets by the names that runs have for them.
  var sources: [String: DataSource] = [:]
  var baseline: String?
  var tuned: [Tuning.Dimension] = []
  var budget: Int?
  var threads = Processor.availableThreads
  var jobs = Processor.availableThreads
  /// `nil` for the folder of the command.
  var results: String?
  /// The names of what is recorded of the inside of the models.
  var recordings: Set<String> = []
  /// The time that training has, from when the program began.
  var timeLimit: TimeLimit?
  var force = false
  var dryRun = false
  var quiet = false
  var format = TableFormat.text
  var sort: String?
  var top: Int?
  var pivot: [AnySetting] = []
  var isPlot = false
  /// Whether `Results/plot.py` is to make its report.
  var makesReport = false
  /// The claims that are asked for, by name; none to list them.
  var claims: [String] = []
  var isQuick = false
  /// Which part of the grid is to be trained; `nil` for all of it.
  var slice: GridSlice?
  /// The folders to merge.
  var folders: [String] = []
  /// The folder to merge them in.
  var target: String?

  init(_ catalogue: Catalogue) {
    grid = Grid(catalogue)
  }

  static let defaultBudget = 8

  /// The folder of the files.
  var folder: String { results ?? "Results" }

  /// The folder that a task of the grid records in, where it disturbs no other; without tasks, the given one.
  func ownFolder(in folder: String) -> String { slice.map { "\(folder)/\($0.folder)" } ?? folder }

  /// The normalizer that differences are measured from, if it is not `none`.
  var firstNorm: String? {
    guard baseline == nil, let norms = grid[.norm], !norms.contains("none") else { return baseline }
    return norms.first
  }

  var tuning: Tuning? { tuned.isEmpty ? nil : Tuning(tuned, budget: budget ?? Self.defaultBudget) }

  /// Whether a plan names values of a setting.
  func plans(_ setting: AnySetting) -> Bool {
    grid[setting] != nil || grid.exceptions.contains { $0.changes.contains { $0.setting.name == setting.name } }
  }

  /// The names of the data sets.
  var data: [String] { grid[.data] ?? [Setting.data.erased.standard] }

  /// The data sets, by their names.
  func datasets() throws -> [String: Dataset] {
    var datasets: [String: Dataset] = [:]
    for name in data { datasets[name] = try (sources[name] ?? DataSource.all.first { $0.name == name })?.load() }
    return datasets
  }

  /// Reads the data and checks every run.
  func trainings() throws -> (trainings: [Training], impossible: [Grid.Impossible]) {
    try grid.checkCount()
    let datasets = try datasets()
    // What depends on a tuned setting depends on a value in its range.
    var grid = grid
    for dimension in tuned {
      guard let low = dimension.range?.lowerBound else { continue }
      grid[dimension.setting] = dimension.setting.canonical(low.description).map { [$0] }
    }
    return try grid.trainings(on: datasets)
  }
}
