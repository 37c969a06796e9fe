import Foundation
import TestSupport

@testable import Harness

/// Tests that merge made-up folders in a folder of their own.
class MergeSuite {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  /// A folder with some runs.
  @discardableResult
  func made(_ name: String, _ results: [RunResult]) throws -> ResultsDirectory {
    let directory = try ResultsDirectory(path: path(name))
    for result in results { try directory.commit(result) }
    return directory
  }

  func merge(_ names: [String], into target: String = "all") throws -> Merge.Report {
    try Merge(names.map(path), into: path(target)).run()
  }

  func reading(_ name: String = "all") -> ResultsDirectory { ResultsDirectory(reading: path(name)) }

  func text(_ name: String) throws -> String { try folder.text(of: name) }

  /// A run with something else in some numbers.
  func changed(
    _ seed: Int, _ metrics: [(Metric<Course>, Double)] = [], curve: [(Metric<Observation>, Double)] = [],
    outcomes: [Bool]? = nil
  ) -> RunResult {
    let result = RunResult.made(seed: seed)
    var (record, rows) = (result.record, result.curve)
    for (metric, value) in metrics { record[metric] = value }
    for (metric, value) in curve { rows[1][metric] = value }
    return RunResult(record: record, curve: rows, outcomes: outcomes.map { Outcomes($0) } ?? result.outcomes)
  }

  func layered(_ seed: Int, mean: Double = 0.5) -> RunResult {
    let result = RunResult.made(seed: seed)
    let row = RecordedRow(
      run: result.record.run, configuration: result.record.configuration, step: 90,
      ["layer": .text("layer0"), "mean": .number(mean)], of: .layers)
    return RunResult(
      record: result.record, curve: result.curve, outcomes: result.outcomes, recorded: ["layers": [row]])
  }
}
