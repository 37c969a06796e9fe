import Foundation
import Tensors

/// A file with a row for each key, which several folders may have: rows that are alike are one row.
public struct MergedTable: Sendable {
  public let file: String
  let columns: [String]
  let key: [String]
  /// Whether the last column of the key counts, from 0, rows that were written at once.
  let isCounted: Bool

  /// - Parameters:
  ///   - file: its name.
  ///   - columns: those that the file has, and no others.
  ///   - key: which of them a row is known by.
  public init(_ file: String, columns: [String], key: [String]) {
    self.init(file, columns: columns, key: key, isCounted: false)
  }

  private init(_ file: String, columns: [String], key: [String], isCounted: Bool) {
    (self.file, self.columns, self.key, self.isCounted) = (file, columns, key, isCounted)
  }

  static let all = [
    MergedTable("trials.csv", columns: Trial.columns, key: ["study", "replicate", "trial"]),
    MergedTable(
      ResultsDirectory.labelsFile, columns: ResultsDirectory.labelColumns, key: ["data", "fingerprint", "class"],
      isCounted: true),
    MergedTable(
      ResultsDirectory.channelsFile, columns: ResultsDirectory.channelColumns, key: ["data", "fingerprint", "channel"],
      isCounted: true),
  ]

  /// What the tables of several folders come to.
  struct Joined {
    /// `nil` if nothing is new in the first folder.
    var rows: [[String: String]]?
    var contradictions: [Contradiction] = []
    /// What the folders but the first have rows of, for a person to read.
    var given: Set<String> = []
  }

  /// The rows of all folders, one of each key, and what folders differ in.
  ///
  /// Of rows that contradict each other, none is taken; what the first folder has stays.
  ///
  /// - Parameter folders: where the rows are to be is the first.
  /// - Returns: what they come to.
  /// - Throws: `HarnessError.badData` for a file with other columns.
  func joined(_ folders: [ResultsDirectory]) throws -> Joined {
    var joined = Joined()
    var order: [[String]] = []
    var known: [[String]: (place: Int, row: [String: String])] = [:]
    var contradicted: Set<[String]> = []
    // The tasks of a grid write the same file, which is long where much is tuned.
    var titles: [UInt64: Set<String>] = [:]
    for (place, folder) in folders.enumerated() {
      guard let reader = try FileReader.ifThere("\(folder.path)/\(file)") else { continue }
      let bytes = try reader.rest()
      let hash = StableHash(of: bytes).value
      if titles[hash] == nil {
        var own: Set<String> = []
        for row in try folder.rows(of: file, columns: columns) {
          let name = key.map { row[$0] ?? "" }
          let title = title(of: name)
          own.insert(title)
          guard let (owner, other) = known[name] else {
            known[name] = (place, row)
            order.append(name)
            continue
          }
          let differing = columns.filter { row[$0] != other[$0] }
          if !differing.isEmpty { contradicted.insert(name) }
          joined.contradictions += differing.map { column in
            Contradiction(
              run: row["run"] ?? "", title: title, file: file, row: 1, column: column,
              (folders[owner].path, other[column] ?? ""), (folder.path, row[column] ?? ""))
          }
        }
        titles[hash] = own
      }
      if place > 0 { joined.given.formUnion(titles[hash] ?? []) }
    }
    let kept = order.filter { known[$0]?.place == 0 || !contradicted.contains($0) }.compactMap { known[$0] }
    if kept.contains(where: { $0.place > 0 }) { joined.rows = kept.map(\.row) }
    return joined
  }

  /// Makes sure that a folder has all rows that were written at once, as far as they tell.
  ///
  /// Those that a merge left out for a contradiction are not missing.
  func check(in folder: ResultsDirectory) throws {
    let path = "\(folder.path)/\(file)"
    guard isCounted, let reader = try FileReader.ifThere(path), !folder.hasContradictions else { return }
    let names = Set(try folder.rows(of: file, columns: columns).map { row in key.map { row[$0] ?? "" } })
    let isCut = Dictionary(grouping: names) { $0.dropLast() }.contains { whole, part in
      !part.indices.allSatisfy { names.contains(whole + [String($0)]) }
    }
    let endsInLine = try reader.read(upTo: 1, at: reader.size - 1) == [10]
    guard isCut || !endsInLine else { return }
    throw HarnessError.badData(
      file: path, found: isCut ? "rows that leave a \(key.last ?? "") out" : "a last line without an end",
      expected: "all that was written; remove the file, and the same comparison writes it again")
  }

  private func title(of name: [String]) -> String { zip(key, name).map { "\($0) \($1)" }.joined(separator: ", ") }

  func write(_ rows: [[String: String]], to path: String) throws {
    let output = try OutputFile(path: path)
    for fields in [columns] + rows.map({ row in columns.map { row[$0] ?? "" } }) { try output.write(CSV.line(fields)) }
    try output.close()
  }
}
