import Foundation

/// Two values of what should be one: the same run, or the same row of a table, recorded with other numbers.
public struct Contradiction: Sendable, Equatable {
  /// Empty where it is of no run.
  public let run: String
  /// What it is of, for a person to read.
  public let title: String
  public let file: String
  /// The run's row in the file, from 1.
  public let row: Int
  public let column: String
  public let firstFolder, first, secondFolder, second: String

  init(
    run: String, title: String, file: String, row: Int, column: String, _ one: (folder: String, value: String),
    _ other: (folder: String, value: String)
  ) {
    (self.run, self.title, self.file, self.row, self.column) = (run, title, file, row, column)
    (firstFolder, first) = one
    (secondFolder, second) = other
  }

  /// Beside the results of a folder that others were merged into.
  public static let fileName = "contradictions.csv"

  private static let help = [
    ("run", "name of the run; empty where it is about none"), ("what", "its settings, or what else it is about"),
    ("file", "where the values stand"), ("row", "the run's row there, from 1"), ("column", "that of the values"),
    ("first_folder", "where one of them stands"), ("first", "the value there"),
    ("second_folder", "where the other stands"), ("second", "the value there"),
  ]

  static let columns = help.map(\.0)

  static let fileColumns = FileColumns(fileName, row: "value that merged folders differ in", names: columns) { name in
    help.first { $0.0 == name }?.1
  }

  var fields: [String: String] {
    [
      "run": run, "what": title, "file": file, "row": String(row), "column": column, "first_folder": firstFolder,
      "first": first, "second_folder": secondFolder, "second": second,
    ]
  }
}

extension ResultsDirectory {
  /// Whether a merge left something out here.
  var hasContradictions: Bool { access("\(path)/\(Contradiction.fileName)", F_OK) == 0 }
}
