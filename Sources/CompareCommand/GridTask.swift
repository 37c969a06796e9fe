import Harness

/// The part of a grid that this program trains, as one of several that know nothing of each other.
struct GridTask {
  let slice: GridSlice
  /// Of the results of the whole grid; the task has a folder of its own in it.
  let folder: String
  /// Those of the slice, in the order of the grid.
  let runs: [Training]
  /// Those that are not recorded in the folder of the whole grid, where tasks of before may have been merged.
  let left: [Training]
  private let gridCount: Int

  /// - Parameters:
  ///   - slice: which part it is.
  ///   - grid: all runs.
  ///   - folder: of the results of the whole grid.
  ///   - force: whether recorded runs are trained anew.
  ///   - names: what is recorded of the inside of a run.
  /// - Throws: `HarnessError` if the results cannot be read.
  init(
    _ slice: GridSlice, of grid: [Training], in folder: String, force: Bool = false,
    recording names: (Training) -> Set<String>
  ) throws {
    (self.slice, self.folder, gridCount) = (slice, folder, grid.count)
    runs = slice.runs(of: grid)
    left = force ? runs : try ResultsDirectory(reading: folder).missing(of: runs, recording: names)
  }

  /// What a table of this task alone is, and what makes it whole.
  var note: String {
    let place = PythonReport.shell([folder])
    let merged = runs.count - left.count
    let recorded = merged == 0 ? "" : ", \(merged) of them recorded in \(folder)"
    return """
      This is task \(slice.number) of \(slice.count): \(runs.count) of \(gridCount) \(gridCount == 1 ? "run" : "runs")\(recorded), and no comparison yet.
      When all tasks are done: \(programName) merge \(place)/\(slice.allFolders) --into \(place)
      """
  }
}
