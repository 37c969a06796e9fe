/// What folders that are to be merged must have of the runs in their `runs.csv`.
///
/// Such a run counts as recorded, and nobody would train it for what it lacks.
struct WholeRuns {
  private let sources: [(folder: ResultsDirectory, runs: [Row])]

  /// What the row of a run says of its other rows.
  private struct Row {
    let run: String
    let isDiverged: Bool
    /// At which it was evaluated last; `nil` where numbers of other numerics do not say so.
    let lastStep: Int?
    /// The fingerprint of what it was tested on; `nil` where those are training images.
    let tested: String?
  }

  /// Reads which runs there are: before all else, as whoever writes to a folder meanwhile writes the row of a run last.
  ///
  /// - Throws: `HarnessError.badData` for a row that cannot be read, or is not of the run that it names.
  init(of folders: [ResultsDirectory]) throws {
    sources = try folders.map { ($0, try Self.rows(of: $0.runs)) }
  }

  /// The rows of a file of runs.
  ///
  /// A name follows from the settings; where a file has columns of a version to come, or lacks what older ones lack, it cannot be
  /// made again.
  private static func rows(of file: ResultFile) throws -> [Row] {
    var rows: [Row] = []
    guard let header = try file.header() else {
      guard !file.isEmpty else { return [] }
      throw HarnessError.badData(
        file: file.path, found: "no whole line",
        expected: "the columns that compare writes first; leave this folder out, or have its runs trained")
    }
    let isOfThisVersion = header.names.allSatisfy(RunRecord.columns.contains)
    try file.forEachRow { row throws(CSV.Flaw) in
      let record = try RunRecord(row)
      let isCurrent = record.numerics == Harness.numerics
      rows.append(
        Row(
          run: record.run, isDiverged: record.status == .diverged,
          lastStep: isCurrent ? Int(exactly: record[.steps]) : nil,
          tested: record.configuration[.testImages] == .train ? nil : record.fingerprint))
      guard isOfThisVersion, isCurrent, record.fingerprint != "unknown" else { return }
      guard record.configuration.identifier(fingerprint: record.fingerprint) == record.run else {
        throw CSV.Flaw(line: row.line, text: "settings or data that are not those of \(record.run)")
      }
    }
    return rows
  }

  /// Makes sure that every run has its curve and its outcomes in one of the folders, or the target, and that what a folder has of it
  /// is whole.
  ///
  /// A folder may have no such file at all, and a run no recordings.
  func check(beside target: ResultsDirectory) throws {
    let folders = sources.map(\.folder) + [target]
    try check(folders.map(\.outcomes), areNeeded: { !$0.isDiverged && $0.lastStep != nil }) { _, _ in true }
    try check(folders.map(\.curves), areNeeded: { _ in true }) { $1.lastStep == $0.lastStep }
    for name in target.recordings.keys.sorted() {
      // A run that diverged was not looked at in the end.
      try check(folders.compactMap { $0.recordings[name] }, areNeeded: { _ in false }) { row, found in
        row.isDiverged || found.lastStep == row.lastStep && found.lastRows == found.firstRows
      }
    }
    for source in sources { try checkLabels(of: source.folder, source.runs) }
  }

  /// Makes sure that the labels of a data set are those of all images that a run was tested on.
  private func checkLabels(of folder: ResultsDirectory, _ runs: [Row]) throws {
    let file = ResultsDirectory.labelsFile
    let labels = try folder.rows(of: file, columns: ResultsDirectory.labelColumns)
    // A data set may be there under several names.
    let counts = Dictionary(grouping: labels) { $0["fingerprint"] ?? "" }.mapValues { labels in
      Dictionary(grouping: labels) { $0["data"] ?? "" }.values.map { labels in
        labels.reduce(0) { $0 + (Int($1["test_samples"] ?? "") ?? 0) }
      }.min() ?? 0
    }
    guard !counts.isEmpty, !folder.hasContradictions else { return }
    let tested = Dictionary(runs.map { ($0.run, $0.tested) }, uniquingKeysWith: { first, _ in first })
    try folder.outcomes.forEachRecord { run, row in
      guard let data = tested[run] ?? nil, let count = counts[data], let images = row.number(in: "images"),
        count < images
      else { return }
      throw HarnessError.badData(
        file: "\(folder.path)/\(file)",
        found: "the labels of \(count) of the \(images) images that \(run) was tested on",
        expected: "all that was written; remove the file, and the same comparison writes it again")
    }
  }

  /// Checks a file of each folder, the target's last.
  private func check(
    _ files: [ResultFile], areNeeded: (Row) -> Bool, areWhole: (Row, StoredSteps) -> Bool
  ) throws {
    let found = try files.map { try $0.steps() }
    for (place, source) in sources.enumerated() where files[place].isThere {
      for row in source.runs {
        let steps = found[place][row.run]
        if let steps {
          if row.lastStep == nil || areWhole(row, steps) { continue }
        } else if !areNeeded(row) || found.contains(where: { $0[row.run] != nil }) {
          continue
        }
        throw HarnessError.badData(
          file: files[place].path,
          found: "\(steps == nil ? "nothing" : "only a part") of \(row.run), which runs.csv has",
          expected: "all that was recorded of a run; leave this folder out, or train the run again with --force")
      }
    }
  }
}

/// How far the rows of a run go.
private struct StoredSteps {
  private(set) var lastStep: Int?
  /// How many rows the first step has, and the last one.
  private(set) var (firstRows, lastRows) = (0, 0)
  private var isFirst = true

  mutating func add(_ step: Int?) {
    if lastRows > 0, step != lastStep { (isFirst, lastRows) = (false, 0) }
    lastStep = step
    lastRows += 1
    if isFirst { firstRows = lastRows }
  }
}

extension ResultFile {
  /// How far the rows of each run go; a file without steps has none.
  fileprivate func steps() throws -> [String: StoredSteps] {
    var found: [String: StoredSteps] = [:]
    try forEachRecord { run, row in found[run, default: StoredSteps()].add(row.number(in: "step")) }
    return found
  }
}
