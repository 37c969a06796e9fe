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
  public init(_ folders: [String], into target: String, tables: [MergedTable] = []) {
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    var seen: Set<String> = [place(target)]
    self.folders = folders.filter { seen.insert(place($0)).inserted }
    (self.target, self.tables) = (target, MergedTable.all + tables)
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
    let recorded = try sources.map(checkedRuns)
    try checkWholeRuns(recorded, of: sources)
    let directory = try ResultsDirectory(path: target)
    return try directory.withLock { try merge(sources, into: directory) }
  }

  /// The runs of a folder, with whether each has outcomes; every row can be read, and is of the run that it names.
  ///
  /// They are read before all else, as whoever writes to the folder meanwhile writes the row of a run last.
  /// A name follows from the settings; where a file has columns of a version to come, or lacks what older ones lack, it cannot be
  /// made again.
  private func checkedRuns(of source: ResultsDirectory) throws -> [(run: String, hasOutcomes: Bool)] {
    var runs: [(run: String, hasOutcomes: Bool)] = []
    let file = source.runs
    guard let header = try file.header() else {
      guard !file.isEmpty else { return [] }
      throw HarnessError.badData(
        file: file.path, found: "no whole line",
        expected: "the columns that compare writes first; leave this folder out, or have its runs trained")
    }
    let isOfThisVersion = header.names.allSatisfy(RunRecord.columns.contains)
    try file.forEachRow { row throws(CSV.Flaw) in
      let record = try RunRecord(row)
      runs.append((record.run, record.status != .diverged && record.numerics == Harness.numerics))
      guard isOfThisVersion, record.numerics == Harness.numerics, record.fingerprint != "unknown" else { return }
      guard record.configuration.identifier(fingerprint: record.fingerprint) == record.run else {
        throw CSV.Flaw(line: row.line, text: "settings or data that are not those of \(record.run)")
      }
    }
    return runs
  }

  /// Makes sure that every run of a folder with curves has its own somewhere, and so for outcomes.
  ///
  /// It counts as recorded, and nobody would train it for what it lacks. A folder may have no such file at all.
  private func checkWholeRuns(_ recorded: [[(run: String, hasOutcomes: Bool)]], of sources: [ResultsDirectory]) throws {
    let all = sources + [ResultsDirectory(reading: target)]
    func check(
      _ file: (ResultsDirectory) -> ResultFile, has what: String, _ isNeeded: ((run: String, hasOutcomes: Bool)) -> Bool
    ) throws {
      var known: Set<String> = []
      for folder in all where file(folder).isThere { try file(folder).forEachRecord { run, _ in known.insert(run) } }
      for (source, runs) in zip(sources, recorded) where file(source).isThere {
        guard let lacking = runs.first(where: { isNeeded($0) && !known.contains($0.run) }) else { continue }
        throw HarnessError.badData(
          file: file(source).path, found: "nothing of \(lacking.run), which runs.csv has",
          expected: "the \(what) of every run; leave this folder out, or train the run again with --force")
      }
    }
    try check(\.curves, has: "evaluations") { _ in true }
    try check(\.outcomes, has: "outcomes") { $0.hasOutcomes }
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
