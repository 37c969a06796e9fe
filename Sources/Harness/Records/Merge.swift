import Foundation

/// Joins the results of several folders in one, which may have results by then.
///
/// A run has one row, wherever it is recorded: duplicates that are equal but for their times are folded, and of rows of older
/// versions the fuller one stays. What contradicts what the target has is left out; where folders contradict each other, no
/// version is taken. Both values are written to `contradictions.csv` in the target. The folders are only read.
///
/// The target is changed at once: killed at any time, it is as it was, or whoever writes to it next completes it.
public struct Merge: Sendable {
  private let folders: [String]
  private let target: String
  private let tables: [MergedTable]
  private let wait: LockWait

  /// What a merge came to.
  public struct Report: Sendable {
    /// All that the target has now.
    public let runs: Int
    /// Those that it did not have before.
    public let added: Int
    /// Those that several folders had, alike.
    public let folded: Int
    public let contradictions: [Contradiction]
    /// Contradicted runs that are not in the target.
    public let left: Int
  }

  /// - Parameters:
  ///   - folders: of results; the target is passed over if it is among them.
  ///   - target: a folder, which is made if it is not there.
  ///   - tables: files of the folders beside those that the harness writes.
  ///   - wait: what to do while another program keeps the target locked.
  public init(
    _ folders: [String], into target: String, tables: [MergedTable] = [], whileLocked wait: LockWait = LockWait()
  ) {
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    var seen: Set<String> = [place(target)]
    self.folders = folders.filter { seen.insert(place($0)).inserted }
    (self.target, self.tables, self.wait) = (target, MergedTable.all + tables, wait)
  }

  /// - Throws: `HarnessError` if a folder has no results or cannot be read, or the target cannot be written; the target is then
  ///   as it was.
  public func run() throws -> Report {
    let sources = try folders.map { folder in
      guard FileManager.default.fileExists(atPath: folder + "/runs.csv") else {
        throw HarnessError.noInput("\(folder) has no runs.csv: nothing is recorded there.")
      }
      return ResultsDirectory(reading: folder)
    }
    if sources.isEmpty, !FileManager.default.fileExists(atPath: target + "/runs.csv") {
      throw HarnessError.noInput("\(target) has no runs.csv, and there is no other folder to merge.")
    }
    // What cannot be read, or is not whole, is known before there is a target.
    let runs = try WholeRuns(of: sources)
    for table in tables { try sources.forEach(table.check) }
    try runs.check(beside: ResultsDirectory(reading: target))
    let directory = ResultsDirectory(target, wait)
    return try directory.begin { try merge(sources, into: directory) }
  }

  private func merge(_ sources: [ResultsDirectory], into directory: ResultsDirectory) throws -> Report {
    let all = [directory] + sources
    let runs = try MergedRuns(all)
    var contradictions = runs.contradictions
    var given = [String: Set<String>]()
    var hasContradictions = false
    let replacement = Replacement(folder: directory.path)
    var names: [String] = []
    do {
      for table in tables {
        let joined = try table.joined(all)
        contradictions += joined.contradictions
        given[table.file] = joined.given
        guard let rows = joined.rows else { continue }
        try table.write(rows, to: replacement.path(of: table.file))
        names.append(table.file)
      }
      let left = try rows(of: contradictions, about: runs.given, given, in: directory)
      hasContradictions = !left.all.isEmpty
      if left.isNew {
        try Self.contradictions.write(left.all, to: replacement.path(of: Contradiction.fileName))
        names.append(Contradiction.fileName)
      }
      // The row in the file of runs, the last, is what makes a run recorded.
      for (number, file) in directory.files.enumerated() {
        if try runs.write(number, to: replacement.path(of: file.name)) { names.append(file.name) }
      }
      if !names.isEmpty { try replacement.promise(names) }
    } catch {
      replacement.abandon()
      throw error
    }
    try replacement.finish()
    // A file without rows would say that there is something to look at.
    if !hasContradictions { unlink("\(directory.path)/\(Contradiction.fileName)") }
    return Report(
      runs: runs.count, added: runs.added, folded: runs.folded, contradictions: contradictions, left: runs.left.count)
  }

  private static let contradictions = MergedTable(Contradiction.fileName, columns: Contradiction.columns, key: [])

  /// The contradictions, with those of earlier merges that were about other runs and other rows of tables.
  private func rows(
    of contradictions: [Contradiction], about runs: Set<String>, _ titles: [String: Set<String>],
    in directory: ResultsDirectory
  ) throws -> (all: [[String: String]], isNew: Bool) {
    let old = try directory.rows(of: Contradiction.fileName, columns: Contradiction.columns)
    let new = contradictions.map(\.fields)
    let others = old.filter { row in
      let isAboutGiven =
        titles[row["file"] ?? ""].map { $0.contains(row["what"] ?? "") } ?? runs.contains(row["run"] ?? "")
      return !isAboutGiven && !new.contains(row)
    }
    return (others + new, others + new != old)
  }
}
