import Claims
import Foundation
import Harness

/// What the columns of the result files hold, for a person to read.
enum ColumnGuide {
  static let files = FileColumns.all + [Report.differenceFile, verdicts, CommandFile.columns]

  private static let verdicts = FileColumns(
    VerdictFile.name, row: "question of a claim on a data set", names: VerdictFile.columns.map(\.name)
  ) { name in VerdictFile.columns.first { $0.name == name }?.help }

  static var text: String {
    files.map { file in
      (["\(file.file): a row for each \(file.row)"] + entries(of: file).flatMap(lines)).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// Settings that stand side by side are one entry.
  private static func entries(of file: FileColumns) -> [(name: String, help: String)] {
    var entries: [(name: String, help: String)] = []
    var settings: [String] = []
    for column in file.columns + [("", "")] {
      if AnySetting.named(column.name) != nil {
        settings.append(column.name)
        continue
      }
      if !settings.isEmpty { entries.append(("settings", "as --help has them: \(settings.joined(separator: ", "))")) }
      settings = []
      if !column.name.isEmpty { entries.append(column) }
    }
    return entries
  }

  private static func lines(of entry: (name: String, help: String)) -> [String] {
    let help = wrapped(entry.help, width: 80 - indent - 2)
    let names = [entry.name] + Array(repeating: "", count: help.count - 1)
    return zip(names, help).map { "  " + $0.padding(toLength: indent, withPad: " ", startingAt: 0) + $1 }
  }

  private static let indent = 26
}

extension Report {
  static let differenceFile = FileColumns(
    "differences.csv", row: "row of the last table, without what was tuned", names: differenceColumns
  ) { differenceHelp[$0] }

  private static let differenceHelp = [
    "runs": "number of runs, one for each seed",
    "test_accuracy": "mean over the runs; one that diverged counts as guessing",
    "half_width": "of its 95 % interval, over the seeds alone",
    "is_baseline": "1 for a row that differences are measured from",
    "difference": "test accuracy less that of the baseline, paired over seeds; empty below three seeds",
    "low": "lower end of its interval; the intervals of all rows hold together at 95 %",
    "high": "upper end",
    "degrees_of_freedom": "of the interval's Student t",
    "seeds": "that both rows have",
    "images": "number of test images",
    "seed_floor": "half-width that more seeds alone could come to",
    "told_from_best": "1 if it differs from the most accurate row, over all pairs; 0 if that cannot be told",
  ]
}
