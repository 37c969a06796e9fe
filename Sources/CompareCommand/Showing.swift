import Foundation
import Harness

extension CompareCommand {
  /// Shows what is recorded and asked for.
  static func show(_ request: Request) throws {
    guard FileManager.default.fileExists(atPath: request.folder + "/runs.csv") else {
      throw HarnessError.noInput(
        "\(request.folder) has no runs.csv: nothing is recorded there. Name a folder with --results.")
    }
    let directory = ResultsDirectory(reading: request.folder)
    if let tuning = request.tuning {
      let (runs, _) = try request.trainings()
      let study = try TuningStudy(tuning, of: runs, in: request.grid.catalogue)
      let (analysis, results) = try study.results(in: directory, baseline: request.firstNorm)
      guard !analysis.rows.isEmpty else {
        throw HarnessError.noInput(
          "No seed of this tuning is recorded wholly in \(request.folder); without show, what is missing is trained.")
      }
      let report = Report(analysis: analysis, tuning: (tuning, results))
      return try request.isPlot ? draw([report], from: directory, request) : emit(report, request)
    }
    let trials = try directory.trialRuns()
    let all = try directory.records()
    let wanted = all.filter { request.grid.asks(for: $0.configuration) }
    // A run that was also asked for by itself has neighbours that are no trials.
    func row(_ record: RunRecord) -> RunConfiguration { record.configuration.without([Setting.seed.erased]) }
    let asked = Set(wanted.filter { !trials.contains($0.run) }.map(row))
    let runs = wanted.filter { asked.contains(row($0)) }
    let tuned = try RecordedTuning.all(
      in: directory, where: { request.grid.asks(for: $0, whatever: $1) }, baseline: request.firstNorm)
    guard !runs.isEmpty || !tuned.isEmpty else {
      guard !all.isEmpty else {
        throw HarnessError.noInput("No run in \(request.folder) is over; the command that began them goes on.")
      }
      let norms = Set(all.map { $0.configuration[.norm] }).sorted().joined(separator: ", ")
      let data = Set(all.map { $0.configuration[.data] }).sorted().joined(separator: ", ")
      throw HarnessError.noInput(
        "None of the \(all.count) runs in \(request.folder) is asked for; recorded are the normalizers \(norms), of the data \(data)."
      )
    }
    let plain = Analysis(
      runs, outcomes: try directory.outcomes(of: Set(runs.map(\.run))), baseline: request.firstNorm)
    let reports =
      (runs.isEmpty ? [] : [Report(analysis: plain, tuning: nil)])
      + tuned.map { Report(analysis: $0.analysis, tuning: ($0.tuning, $0.results)) }
    if request.isPlot { return try draw(reports, from: directory, request) }
    // What is tuned has no two settings to be put against each other.
    for report in request.pivot.isEmpty || runs.isEmpty ? reports : Array(reports.prefix(1)) {
      try emit(report, request)
    }
  }

  /// Draws all plots, or says why one cannot be drawn.
  private static func draw(_ reports: [Report], from directory: ResultsDirectory, _ request: Request) throws {
    let measure = try PlotMeasure.named(request.sort)
    let catalogue = request.grid.catalogue
    let marks = PlotMarks(
      catalogue.normalizers.map(\.name) + reports.flatMap { $0.analysis.rows.map { $0.configuration[.norm] } })
    let width = Plot.width
    let texts = try reports.map { report -> String in
      let evaluations = try directory.evaluations(of: Set(report.analysis.rows.flatMap(\.runs).map(\.run)))
      let plots = try report.plots(of: measure, evaluations, marks).map { $0.text(width: width) }
      return (plots + [Report.text(report.plotNotes, .text, width: width)]).joined(separator: "\n\n")
    }
    write("\n" + texts.joined(separator: "\n\n"))
  }

  /// Prints a table in the format that is asked for.
  static func emit(_ report: Report, _ request: Request) throws {
    if request.format == .json { return write(report.json) }
    let isPivot = !request.pivot.isEmpty
    let table = isPivot ? try report.pivot(request.pivot[0], request.pivot[1]) : report.table
    // The rows of what follows are those of the table.
    let order = try table.order(by: request.sort, top: request.top)
    let tables = ([table] + (isPivot ? [] : [report.budgets].compactMap(\.self))).map { $0.rows(order) }
    let notes = Report.text(isPivot ? report.pivotNotes : report.notes, request.format)
    let blocks = tables.map { $0.text(request.format) } + (notes.isEmpty ? [] : [notes])
    write((request.format == .text ? "\n" : "") + blocks.joined(separator: "\n\n"))
  }
}
