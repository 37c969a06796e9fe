import Harness

extension CompareCommand {
  /// Joins the results of some folders, and says what came of it.
  static func merge(_ request: Request) throws {
    guard let target = request.target, !request.folders.isEmpty else {
      throw HarnessError.usage(
        "merge takes the folders to join and the one to join them in, as in merge Results/task-* --into Results.")
    }
    let commands = CommandFile.columns.columns.map(\.name)
    let report = try Merge(
      request.folders, into: target,
      tables: [MergedTable(CommandFile.name, columns: commands, key: commands)],
      whileLocked: LockWait(begin: { StandardStream.errors.write($0 + "\n") })
    ).run()
    write(text(of: report, request.folders, in: target))
    guard !report.contradictions.isEmpty else { return }
    for line in lines(of: report.contradictions) { StandardStream.errors.write(line + "\n") }
    let count = Set(report.contradictions.map { [$0.run, $0.title] }).count
    throw HarnessError.badData(
      file: "\(target)/\(Contradiction.fileName)",
      found: "\(count) \(count == 1 ? "run or row" : "runs or rows") with other values in another folder",
      expected: "one value of each; \(left(report.left))what the target had stays")
  }

  private static func left(_ count: Int) -> String {
    count == 0 ? "" : "\(count) contradicted \(count == 1 ? "run is" : "runs are") not merged, and "
  }

  /// What the target has now, which parts of a grid it may lack, and how it is looked at.
  static func text(of report: Merge.Report, _ folders: [String], in target: String) -> String {
    let folded = report.folded == 0 ? "" : ", \(report.folded) in several folders alike"
    let missing = GridSlice.missing(among: folders)
    let shown = missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? " and \(missing.count - 3) more" : "")
    return
      (["\(report.runs) \(report.runs == 1 ? "run" : "runs") in \(target): \(report.added) added\(folded)."]
      + (missing.isEmpty ? [] : ["Not among the folders: \(shown)."])
      + (report.runs == 0 ? [] : ["The table: \(programName) show --results \(PythonReport.shell([target]))"]))
      .joined(separator: "\n")
  }

  private static let shownContradictions = 10

  /// The first contradictions, each with both values.
  static func lines(of contradictions: [Contradiction]) -> [String] {
    let lines = contradictions.prefix(shownContradictions).map { found in
      let name = found.run.isEmpty ? found.title : "\(found.run) (\(found.title))"
      return "\(name): \(found.column) in \(found.file) is \(shown(found.first)) in \(found.firstFolder) and "
        + "\(shown(found.second)) in \(found.secondFolder)"
    }
    let more = contradictions.count - lines.count
    return lines + (more > 0 ? ["and \(more) more"] : [])
  }

  private static func shown(_ value: String) -> String {
    value.isEmpty ? "nothing" : value.count > 40 ? "\(value.prefix(40))…" : value
  }
}
