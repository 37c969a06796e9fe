import Foundation
import Harness

extension CompareCommand {
  /// Trains the runs that are asked for, and shows what they came to.
  static func compare(_ request: Request) throws {
    let (runs, impossible) = try request.trainings()
    let idle = request.grid.idle(in: runs.map(\.configuration) + impossible.map(\.configuration))
    for setting in idle where !request.quiet {
      StandardStream.errors.write("--\(setting.name) changes nothing in any run that is asked for.\n")
    }
    let study = try request.tuning.map { try TuningStudy($0, of: runs, in: request.grid.catalogue) }
    let grid = study?.trainings ?? runs
    let task = try request.slice.map {
      try GridTask($0, of: grid, in: request.folder, force: request.force) { _ in request.recordings }
    }
    let trainings = task?.left ?? grid
    let left = impossible + (study?.impossible ?? [])
    if request.dryRun { return try list(task?.runs ?? grid, left, task, request) }
    let session = try TrainingSession(in: request.ownFolder(in: request.folder), request)
    let directory = session.directory
    let terminal = Terminal(on: session.display, titles: Titles(grid, skipped: left))
    CommandFile.add(Array(CommandLine.arguments.dropFirst()), to: directory)
    try study?.record(in: directory)
    try directory.record(datasetsOf: grid)
    terminal.skip(left)
    do {
      try session.train(trainings, recording: { _ in request.recordings }, show: terminal.show)
    } catch {
      // What is finished is shown before what went wrong is told.
      try report(task?.runs ?? runs, study, in: directory, request, isOver: false)
      try session.stop(error, trainings, recording: { _ in request.recordings })
    }
    try report(task?.runs ?? runs, study, in: directory, request)
    if let task { tell(task.note, request) }
    if request.makesReport { makeReport(of: directory.path, request) }
  }

  private static func list(
    _ trainings: [Training], _ impossible: [Grid.Impossible], _ task: GridTask?, _ request: Request
  ) throws {
    let directory = ResultsDirectory(reading: request.ownFolder(in: request.folder))
    let open = task?.left ?? trainings
    let missing = Set(try directory.missing(of: open) { _ in request.recordings }.map(\.identifier))
    for training in trainings where !request.quiet {
      let isRecorded = !missing.contains(training.identifier)
      write("\(training.identifier)  \(training.configuration.oneLine)\(isRecorded ? "  (recorded)" : "")")
    }
    for run in impossible { write("impossible         \(run.configuration.oneLine): \(run.reason)") }
    try writeEstimate(of: request.force ? trainings : open.filter { missing.contains($0.identifier) }, request)
    write(
      "\(trainings.count) \(trainings.count == 1 ? "run" : "runs"), \(request.force ? trainings.count : missing.count) to train."
    )
  }

  /// Prints the table, and writes what is made of it where training is over: of a grid that was stopped, the differences of the
  /// runs that there are by then are other ones.
  private static func report(
    _ runs: [Training], _ study: TuningStudy?, in directory: ResultsDirectory, _ request: Request, isOver: Bool = true
  ) throws {
    var report: Report
    if let study {
      if isOver { try directory.record(chosenIn: [(study, nil)]) }
      let (analysis, results) = try study.results(in: directory, baseline: request.firstNorm)
      report = Report(analysis: analysis, tuning: (study.tuning, results))
    } else {
      let wanted = Set(runs.map(\.identifier))
      let order = Dictionary(zip(runs.map(\.identifier), runs.indices), uniquingKeysWith: { first, _ in first })
      let records = try directory.records(of: wanted).sorted { order[$0.run] ?? 0 < order[$1.run] ?? 0 }
      report = Report(
        analysis: Analysis(records, outcomes: try directory.outcomes(of: wanted), baseline: request.firstNorm),
        tuning: nil)
    }
    report.isPart = !isOver || request.slice != nil
    guard !report.analysis.rows.isEmpty || request.format == .json else { return }
    if isOver { try directory.write(report.differences, columns: Report.differenceColumns) }
    try emit(report, request)
    if !isOver { tell("This is what is recorded so far, and no comparison yet: the same command goes on.", request) }
    if request.format == .text { write("\nRuns: \(directory.runsPath)   Curves: \(directory.curvesPath)") }
  }

  /// Says that a table is of a part; where the table is for a program, beside it.
  static func tell(_ note: String, _ request: Request) {
    let isText = request.format == .text
    (isText ? StandardStream.output : .errors).write("\(isText ? "\n" : "")\(note)\n")
  }

  /// Says how long runs will take, and which is the dearest, from a few steps.
  static func writeEstimate(of runs: [Training], _ request: Request) throws {
    guard let estimate = try TimeEstimate(runs, jobs: request.jobs, threads: request.threads) else { return }
    write(
      "Some \(timeText(estimate.total)) with \(request.jobs) side by side, by a few steps of each kind. The dearest: "
        + "\(estimate.dearest.run.identifier), some \(timeText(estimate.dearest.seconds)).")
  }

  /// Has Python make its report, or says how; where the table is for a program, beside it.
  static func makeReport(of folder: String, _ request: Request) {
    let isText = request.format == .text
    let stream = isText ? StandardStream.output : .errors
    PythonReport(folder: folder).make(
      saying: { stream.write($0 + "\n") }, output: isText ? .standardOutput : .standardError)
  }
}
