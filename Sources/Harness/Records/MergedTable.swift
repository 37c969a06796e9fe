import Foundation

/// A file with a row for each key, which several folders may have: rows that are alike are one row.
public struct MergedTable: Sendable {
  public let file: String
  let columns: [String]
  let key: [String]

  /// - Parameters:
  ///   - file: its name.
  ///   - columns: those that the file has, and no others.
  ///   - key: which of them a row is known by.
  public init(_ file: String, columns: [String], key: [String]) {
    (self.file, self.columns, self.key) = (file, columns, key)
  }

  static let all = [
    MergedTable("trials.csv", columns: Trial.columns, key: ["study", "replicate", "trial"]),
    MergedTable(
      ResultsDirectory.labelsFile, columns: ResultsDirectory.labelColumns, key: ["data", "fingerprint", "class"]),
    MergedTable(
      ResultsDirectory.channelsFile, columns: ResultsDirectory.channelColumns, key: ["data", "fingerprint", "channel"]),
  ]

  /// The rows of all folders, the first of each key, and what folders differ in.
  ///
  /// - Parameter folders: where the rows are to be is the first.
  /// - Returns: `nil` for the rows if nothing is new in the first.
  /// - Throws: `HarnessError.badData` for a file with other columns.
  func rows(of folders: [ResultsDirectory]) throws -> (rows: [[String: String]]?, contradictions: [Contradiction]) {
    var rows: [[String: String]] = []
    var known: [[String]: (place: Int, row: [String: String])] = [:]
    var contradictions: [Contradiction] = []
    var isNew = false
    // The tasks of a grid write the same file, which is long where much is tuned.
    var seen: Set<Data> = []
    for (place, folder) in folders.enumerated() {
      let bytes = FileManager.default.contents(atPath: "\(folder.path)/\(file)")
      guard let bytes, seen.insert(bytes).inserted else { continue }
      for row in try folder.rows(of: file, columns: columns) {
        let name = key.map { row[$0] ?? "" }
        guard let (owner, other) = known[name] else {
          known[name] = (place, row)
          rows.append(row)
          isNew = isNew || place > 0
          continue
        }
        contradictions += columns.filter { row[$0] != other[$0] }.map { column in
          Contradiction(
            run: row["run"] ?? "", title: zip(key, name).map { "\($0) \($1)" }.joined(separator: ", "), file: file,
            row: 1, column: column, (folders[owner].path, other[column] ?? ""), (folder.path, row[column] ?? ""))
        }
      }
    }
    return (isNew ? rows : nil, contradictions)
  }

  func write(_ rows: [[String: String]], to path: String) throws {
    let output = try OutputFile(path: path)
    for fields in [columns] + rows.map({ row in columns.map { row[$0] ?? "" } }) { try output.write(CSV.line(fields)) }
    try output.close()
  }
}
