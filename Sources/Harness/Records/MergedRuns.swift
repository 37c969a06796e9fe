import Tensors

/// The runs of several folders, and which folder gives what of each: a run that several have alike is one run.
struct MergedRuns {
  /// Where the runs are to be is the first.
  private let folders: [ResultsDirectory]
  /// The folders that have a run, by their places; one that has it twice is named twice.
  private let owners: [String: [Int]]
  /// By the names of the files, then the runs that several folders have: which of them gives the rows.
  private let givers: [String: [String: Int]]
  let contradictions: [Contradiction]
  /// Those that folders differ in, and that the first does not have.
  let left: Set<String>

  /// Reads which runs there are, and compares those that are there more than once.
  ///
  /// - Throws: `HarnessError.badData` for a file that is none of ours.
  init(_ folders: [ResultsDirectory]) throws {
    self.folders = folders
    var owners: [String: [Int]] = [:]
    for (place, folder) in folders.enumerated() {
      try folder.runs.forEachRecord { run, _ in owners[run, default: []].append(place) }
    }
    self.owners = owners
    let shared = owners.filter { $0.value.count > 1 }
    var (givers, contradictions) = ([String: [String: Int]](), [Contradiction]())
    for number in shared.isEmpty ? 0..<0 : folders[0].files.indices {
      let found = try Self.compare(number, of: shared, in: folders)
      givers[folders[0].files[number].name] = found.givers
      contradictions += found.contradictions
    }
    (self.givers, self.contradictions) = (givers, contradictions)
    left = Set(contradictions.map(\.run)).filter { owners[$0]?.first != 0 }
  }

  /// What differs between folders though nothing should: the clock, and the version that made the same numbers.
  private static let ignored: Set<String> = Set(
    ["version"] + Metric<Course>.all.filter(\.isTime).map(\.column)
      + Metric<Observation>.all.filter(\.isTime).map(\.column))

  private static func compare(
    _ number: Int, of shared: [String: [Int]], in folders: [ResultsDirectory]
  ) throws -> (givers: [String: Int], contradictions: [Contradiction]) {
    var first: [String: (place: Int, rows: [StoredRow])] = [:]
    var givers: [String: Int] = [:]
    var contradictions: [Contradiction] = []
    for (place, folder) in folders.enumerated() {
      let file = folder.files[number]
      var order: [String] = []
      var found: [String: [StoredRow]] = [:]
      try file.forEachRecord { run, row in
        guard let places = shared[run], places.contains(place) else { return }
        if found[run] == nil { order.append(run) }
        // A run that someone pasted has every row twice.
        let isPasted = places.count { $0 == place } > 1
        if isPasted, found[run]?.contains(where: { $0.bytes == row.bytes }) ?? false { return }
        found[run, default: []].append(row.byItself)
      }
      for run in order {
        guard var rows = found[run] else { continue }
        if file.name == folder.runs.name {
          // In the file of runs, each has one row.
          for other in rows.dropFirst() {
            contradictions += Self.differences(run, [rows[0]], folder, [other], folder, in: number)
          }
          rows = [rows[0]]
        }
        guard let (reference, known) = first[run] else {
          first[run] = (place, rows)
          givers[run] = place
          continue
        }
        contradictions += Self.differences(run, known, folders[reference], rows, folder, in: number)
        // An older row may have less to say.
        if known[0].bytes != rows[0].bytes, rows[0].filled(in: file) > known[0].filled(in: file) {
          first[run] = (place, rows)
          givers[run] = place
        }
      }
    }
    return (givers, contradictions)
  }

  private static func differences(
    _ run: String, _ own: [StoredRow], _ folder: ResultsDirectory, _ others: [StoredRow], _ other: ResultsDirectory,
    in number: Int
  ) -> [Contradiction] {
    let file = folder.files[number]
    func contradiction(_ row: Int, _ column: String, _ values: (String, String)) -> Contradiction {
      var flaw: String?
      let first = own[0].row
      let configuration = RunConfiguration(columns: { first[$0.column] }, flaw: &flaw)
      return Contradiction(
        run: run, title: configuration?.oneLine ?? "", file: file.name, row: row, column: column,
        (folder.path, values.0), (other.path, values.1))
    }
    guard own.count == others.count else {
      return [contradiction(1, "number of rows", (String(own.count), String(others.count)))]
    }
    return zip(own, others).enumerated().flatMap { place, rows in
      rows.0.differences(from: rows.1, in: file, but: ignored).map {
        contradiction(place + 1, $0.column, ($0.own, $0.other))
      }
    }
  }

  // MARK: - What there is

  var count: Int { owners.count - left.count }

  /// Those that the first folder does not have yet.
  var added: Int { owners.count { $0.value.first != 0 && !left.contains($0.key) } }

  /// Those that several folders have, alike.
  var folded: Int {
    let contradicted = Set(contradictions.map(\.run))
    return owners.count { Set($0.value).count > 1 && !contradicted.contains($0.key) }
  }

  /// All runs of the folders but the first.
  var given: Set<String> { Set(owners.filter { $0.value.contains { $0 > 0 } }.keys) }

  /// Writes a file with the rows of all folders beside the one that it is to replace, unless nothing is new.
  ///
  /// - Parameters:
  ///   - number: of the file, in ``ResultsDirectory/files``.
  ///   - path: where it is written.
  /// - Returns: whether it was.
  /// - Throws: `HarnessError` if a file cannot be read, or this one not written.
  func write(_ number: Int, to path: String) throws -> Bool {
    let contradicted = Set(contradictions.map(\.run))
    func giver(_ file: ResultFile, _ run: String) -> Int? {
      guard let places = owners[run], !left.contains(run) else { return nil }
      if contradicted.contains(run) { return 0 }
      return givers[file.name]?[run] ?? places.first
    }
    let target = folders[0].files[number]
    var names = try target.header()?.names ?? target.columns.filter { !target.optional.contains($0) }
    var isNew = false
    for (place, folder) in folders.enumerated().dropFirst() {
      let file = folder.files[number]
      var gives = false
      try file.forEachRecord { run, _ in if giver(file, run) == place { gives = true } }
      guard gives, let header = try file.header() else { continue }
      isNew = true
      names += header.names.filter { !names.contains($0) }
    }
    guard isNew else { return false }
    let output = try OutputFile(path: path)
    try output.write(CSV.line(names))
    for (place, folder) in folders.enumerated() {
      let file = folder.files[number]
      var pasted: [String: Set<UInt64>] = [:]
      try file.forEachRecord { run, stored in
        guard giver(file, run) == place, let places = owners[run] else { return }
        if places.count(where: { $0 == place }) > 1 {
          let isFirst = pasted[run, default: []].insert(StableHash(of: stored.bytes).value).inserted
          guard isFirst, file.name != folder.runs.name || pasted[run]?.count == 1 else { return }
        }
        if stored.columns.names == names {
          try output.write(stored.bytes)
          try output.write("\n")
        } else {
          let row = stored.row
          try output.write(CSV.line(names.map { file.value($0, of: row) }))
        }
      }
    }
    try output.close()
    return true
  }
}
