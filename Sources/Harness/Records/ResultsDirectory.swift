import Foundation
import Tensors

/// The folder with `runs.csv`, `curves.csv`, `outcomes.csv` and a file for each ``Recording`` that was asked for.
///
/// A run is recorded wholly or not at all: before its rows are appended, the lengths of the files are written to a journal, and
/// what a crash leaves behind them is cut off by the next writer. A run's row in `runs.csv` comes last. Several processes can
/// write to one folder; each change is made under a lock. The disk is waited for once a second and at the end: a killed program
/// loses nothing, a machine without power the last seconds. Replacing recorded runs is the exception: it writes the files
/// anew, one after the other; a ``Merge`` replaces them all at once. Recording a run reads and writes as much whatever is recorded already:
/// of what others have added meanwhile, only the new lines are read.
public final class ResultsDirectory: Sendable {
  public let path: String

  let runs: ResultFile
  let curves: ResultFile
  let outcomes: ResultFile
  private let trials: ResultFile
  /// By the names of the recordings.
  let recordings: [String: ResultFile]
  private let known = KnownRuns()
  let wait: LockWait
  private let lastSync = Lock(ContinuousClock.now)

  public var runsPath: String { runs.path }
  public var curvesPath: String { curves.path }

  static let outcomeColumns = ["run", "images", "outcomes"]

  /// The folder as it is, to be read.
  public convenience init(reading path: String) { self.init(path, LockWait()) }

  /// The folder, of which nothing is read or written yet.
  init(_ path: String, _ wait: LockWait) {
    (self.path, self.wait) = (path, wait)
    func file(_ name: String, _ columns: [String], optional: [String] = []) -> ResultFile {
      ResultFile(path: "\(path)/\(name).csv", columns: columns, optional: Set(optional), absent: Self.absent)
    }
    runs = file(
      "runs", RunRecord.columns, optional: Metric<Course>.all.filter(\.isOptional).map(\.column))
    curves = file(
      "curves", CurveRecord.columns, optional: Metric<Observation>.all.filter(\.isOptional).map(\.column))
    outcomes = file("outcomes", Self.outcomeColumns)
    trials = file("trials", Trial.columns)
    recordings = Dictionary(uniqueKeysWithValues: Recording.all.map { ($0.name, file($0.name, $0.fileColumns)) })
  }

  /// Those that are recorded with a run, its row in `runs.csv` last.
  var files: [ResultFile] {
    [outcomes, curves] + recordings.sorted { $0.key < $1.key }.map(\.value) + [runs]
  }

  /// Makes the folder if it is not there, and repairs what a crash left in it.
  ///
  /// - Parameters:
  ///   - path: of the folder.
  ///   - wait: what to do while another program keeps it locked.
  /// - Throws: `HarnessError` if the folder cannot be made or written, or its files are none of ours; and what ends the wait.
  public convenience init(path: String, whileLocked wait: LockWait = LockWait()) throws {
    self.init(path, wait)
    try begin {}
  }

  /// Makes the folder and its files, with more that is done under the same lock; if that fails before there is more in a new file than
  /// a first line, the folder is as it was.
  func begin<Result>(_ body: () throws -> Result) throws -> Result {
    let missing = OutputFolder.missing(path)
    let hasLock = access(path + "/.lock", F_OK) == 0
    do {
      if let reason = OutputFolder.make(path) {
        throw HarnessError.cannotCreate(
          "The results folder \(path) cannot be made: \(reason). Name another one with --results.")
      }
      return try withLock(orUntil: wait.goOn) {
        let before = names()
        do {
          try prepare()
          return try body()
        } catch {
          remove(names().subtracting(before), andLock: !hasLock)
          throw error
        }
      }
    } catch {
      // One with anything in it stays.
      for folder in missing { rmdir(folder) }
      throw error
    }
  }

  /// Makes the files, and repairs what a crash left in them.
  private func prepare() throws {
    Replacement(folder: path).abandon()
    try runs.prepare()
    try outcomes.prepare()
    // Version 1 could leave a curve without its run.
    let whole = try known.catchUp(runs)
    try curves.prepare(keeping: whole.contains)
    // Someone may have taken rows out of runs.csv, to have them trained anew.
    if try !whole.isSuperset(of: outcomes.runs(from: 0).runs) {
      try outcomes.rewrite(with: [], keeping: whole.contains)
      try curves.rewrite(with: [], keeping: whole.contains)
    }
    for file in recordings.values where file.isThere {
      try file.prepare(keeping: whole.contains)
      if try !whole.isSuperset(of: file.runs(from: 0).runs) { try file.rewrite(with: [], keeping: whole.contains) }
    }
  }

  private func names() -> Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []) }

  /// Removes files, unless any has more than a first line, and the lock with them: who waits for it makes another one.
  private func remove(_ names: Set<String>, andLock isNew: Bool) {
    let files = names.map { "\(path)/\($0)" }
    guard files.allSatisfy({ FileReader.text(of: $0)?.dropLast().contains("\n") == false }) else { return }
    for file in files { unlink(file) }
    if isNew { unlink(path + "/.lock") }
  }

  /// What a row has in a column that its file did not have when it was written.
  private static func absent(_ column: String) -> String {
    switch column {
    case "numerics": "1"
    case "fingerprint": "unknown"
    default: AnySetting.named(column)?.absent ?? ""
    }
  }

  // MARK: - Reading

  /// The identifiers of all runs.
  public func identifiers() throws -> Set<String> { try known.catchUp(runs) }

  /// The runs that some recordings are still to be made of, or that are not recorded at all, in their order.
  public func missing(
    of trainings: [Training], recording names: (Training) -> Set<String> = { _ in [] }
  ) throws -> [Training] {
    let whole = try identifiers()
    let listed = try recordings.mapValues { try known.catchUp($0) }
    return trainings.filter { training in
      !whole.contains(training.identifier)
        || names(training).contains { !(listed[$0]?.contains(training.identifier) ?? false) }
    }
  }

  /// What was recorded of the inside of some runs, in the order of the moments; nothing of those that were not asked for it.
  public func recorded(_ name: String, of wanted: Set<String>) throws -> [RecordedRow] {
    guard let recording = Recording.named(name), let file = recordings[name] else { return [] }
    var rows: [RecordedRow] = []
    try file.forEachRow(of: wanted) { row throws(CSV.Flaw) in rows.append(try RecordedRow(row, of: recording)) }
    return rows
  }

  /// The records of some runs, or of all, in their order.
  public func records(of wanted: Set<String>? = nil) throws -> [RunRecord] {
    var records: [RunRecord] = []
    var seen: Set<String> = []
    try runs.forEachRow(of: wanted) { row throws(CSV.Flaw) in
      let record = try RunRecord(row)
      // A run counts once, however often someone pasted it.
      if seen.insert(record.run).inserted { records.append(record) }
    }
    return records
  }

  /// The evaluations of some runs, or of all.
  public func evaluations(of wanted: Set<String>? = nil) throws -> [CurveRecord] {
    var records: [CurveRecord] = []
    try curves.forEachRow(of: wanted) { row throws(CSV.Flaw) in records.append(try CurveRecord(row)) }
    return records
  }

  /// Which test images some runs had right.
  public func outcomes(of wanted: Set<String>) throws -> [String: Outcomes] {
    var found: [String: Outcomes] = [:]
    try outcomes.forEachRow(of: wanted) { row throws(CSV.Flaw) in
      guard let count = Int(try row.text("images")), let run = Outcomes(text: try row.text("outcomes"), count: count)
      else { throw row.flaw("images") }
      found[try row.text("run")] = run
    }
    return found
  }

  /// The trials of tuning, in their order.
  func recordedTrials() throws -> [(study: String, replicate: String, number: Int, run: String)] {
    var found: [(study: String, replicate: String, number: Int, run: String)] = []
    try trials.forEachRow { row throws(CSV.Flaw) in
      guard let number = Int(try row.text("trial")) else { throw row.flaw("trial") }
      found.append((try row.text("study"), try row.text("replicate"), number, try row.text("run")))
    }
    return found
  }

  /// The runs that are trials of tuning.
  public func trialRuns() throws -> Set<String> { Set(try recordedTrials().map(\.run)) }

  // MARK: - Recording

  /// Records a run unless another process has recorded it meanwhile; with `replacing`, in the place of what was recorded.
  ///
  /// Of a run that is recorded, what is recorded beside it is added where it was missing: the numbers are the same bits.
  public func commit(_ result: RunResult, replacing: Bool = false) throws {
    let run = result.record.run
    let curve = result.curve.map { record in { record.field($0) } }
    let bits: [ResultFile.Line] =
      result.outcomes.map { outcomes in
        [{ ["run": run, "images": String(outcomes.count), "outcomes": outcomes.text][$0] ?? "" }]
      } ?? []
    let inside = result.recorded.sorted { $0.key < $1.key }.compactMap { name, rows in
      recordings[name].map { file in (file: file, lines: rows.map { row -> ResultFile.Line in { row.text($0) } }) }
    }
    try withLock {
      for (file, _) in inside where !file.isThere { try file.prepare() }
      let isRecorded = try known.catchUp(runs).contains(run)
      if isRecorded && replacing {
        try outcomes.rewrite(with: bits) { $0 != run }
        try curves.rewrite(with: curve) { $0 != run }
        for (file, lines) in inside { try file.rewrite(with: lines) { $0 != run } }
        try runs.rewrite(with: [{ result.record.field($0) }]) { $0 != run }
      } else {
        let own: [(file: ResultFile, lines: [ResultFile.Line])] = [(outcomes, bits), (curves, curve)]
        let last: [(file: ResultFile, lines: [ResultFile.Line])] = [(runs, [{ result.record.field($0) }])]
        let missing = try inside.filter { try !known.catchUp($0.file).contains(run) }
        let parts = isRecorded ? missing : own + missing + last
        guard !parts.isEmpty else { return }
        // A file that is written anew has other lengths.
        for (file, lines) in parts { try file.widen(for: lines) }
        try journal.begin(parts.map { (name: $0.file.name, length: try $0.file.length()) })
        do {
          for (file, lines) in parts { try file.append(lines) }
        } catch {
          try? recover()
          throw error
        }
        try journal.end()
      }
      if lastSync.withLock({ $0.duration(to: .now) > .seconds(1) }) { try sync() }
    }
  }

  /// Waits until the disk has everything that was recorded.
  public func sync() throws {
    for file in files where file.isThere { try file.sync() }
    lastSync.withLock { $0 = .now }
  }

  /// Records trials that are not recorded yet.
  func record(trials new: [Trial]) throws {
    func key(_ study: String, _ replicate: String, _ trial: String) -> String { "\(study) \(replicate) \(trial)" }
    try withLock {
      try trials.prepare()
      var known: Set<String> = []
      try trials.forEachRow { row throws(CSV.Flaw) in
        known.insert(key(try row.text("study"), try row.text("replicate"), try row.text("trial")))
      }
      let missing = new.filter { !known.contains(key($0.study, $0.field("replicate"), $0.field("trial"))) }
      if !missing.isEmpty { try trials.append(missing.map { trial in { trial.field($0) } }) }
    }
  }

  /// Writes the table's differences to `differences.csv`, in the place of those that were there.
  ///
  /// A setting that was tuned has no value in any row, and no column.
  public func write(_ differences: [[String: String]], columns: [String]) throws {
    let columns = columns.filter { column in
      AnySetting.named(column) == nil || differences.contains { !($0[column] ?? "").isEmpty }
    }
    try write(differences, columns: columns, to: "differences.csv")
  }

  /// Writes a file of rows at once.
  ///
  /// - Parameters:
  ///   - rows: by the names of the columns.
  ///   - columns: in the order of the file.
  ///   - name: of the file.
  ///   - isKept: whether a row that the file has already stays, before the others; `nil` if none does, whatever the file is.
  /// - Throws: `HarnessError`, and then the file is as it was.
  package func write(
    _ rows: [[String: String]], columns: [String], to name: String,
    keeping isKept: (([String: String]) -> Bool)? = nil
  ) throws {
    let file = path + "/" + name
    try withLock {
      let old = try isKept.map { try self.rows(of: name, columns: columns).filter($0) } ?? []
      let text = ([columns] + (old + rows).map { row in columns.map { row[$0] ?? "" } }).map(CSV.line).joined()
      try OutputFile.replace(file, with: text.utf8)
    }
  }

  /// The rows of a file that is written at once; none if it is not there.
  ///
  /// - Throws: `HarnessError.badData` unless it has these columns, and every row all of them.
  package func rows(of name: String, columns: [String]) throws -> [[String: String]] {
    let file = path + "/" + name
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    var rows: [[String: String]] = []
    let table = ResultFile(path: file, columns: columns, absent: { _ in "" })
    try table.forEachLine(named: columns) { rows.append($0) }
    return rows
  }

  private var journal: Journal { Journal(path: path + "/.journal") }

  private func recover() throws {
    for (name, length) in journal.lengths {
      // A journal that someone else wrote may say anything.
      guard let file = files.first(where: { $0.name == name }), length > 0,
        file.hasLine(endingAt: length)
      else { continue }
      try file.cut(to: length)
    }
    try journal.end()
    try Replacement(folder: path).finish()
  }

  /// Does something while no other program writes to the folder; `goOn` throws what ends the wait for that.
  ///
  /// What is to be recorded waits however long others write.
  func withLock<Result>(orUntil goOn: @escaping @Sendable () throws -> Void = {}, _ body: () throws -> Result) throws
    -> Result
  {
    try FolderLock(folder: path, wait: LockWait(begin: wait.begin, goOn: goOn)).hold {
      try recover()
      return try body()
    }
  }
}
