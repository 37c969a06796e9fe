import Claims
import Foundation
import Harness
import Tensors

/// The program that trains models which differ in their normalization layers, and compares them.
///
/// A package with a normalizer of its own has the whole program with it:
///
/// ```swift
/// import CompareCommand
/// import Harness
///
/// CompareCommand.main(normalizers: NormalizerChoice.all + [NormalizerChoice("mine") { MyNorm(channels: $0.channels) }])
/// ```
public enum CompareCommand {
  /// Does what the command line asks for, and ends the program with the exit code of `sysexits.h` that fits.
  public static func main(
    normalizers: [NormalizerChoice] = NormalizerChoice.all, models: [ModelRecipe] = ModelRecipe.all,
    claims: [any Claim] = Literature.claims
  ) -> Never {
    StandardStream.prepare()
    let catalogue = Catalogue(normalizers: normalizers, models: models)
    for (place, claim) in claims.enumerated() {
      require(
        Catalogue.isName(claim.name) && !claims[..<place].contains { $0.name == claim.name },
        "A claim has a name of its own, a word that is not 'all'; one of \(claims.map(\.name)) is '\(claim.name)'.")
    }
    do {
      switch try Command(Array(CommandLine.arguments.dropFirst()), catalogue, claims) {
      case .help: write(Command.helpText(catalogue))
      case .helpOfClaims: write(Command.helpTextOfClaims(catalogue, claims))
      case .helpOfVerb(let verb): write(Command.helpText(of: verb, catalogue))
      case .version: write("\(programName) \(packageVersion)")
      case .columns: write(ColumnGuide.text)
      case .schema: write(PlanSchema(catalogue).text)
      case .completion(let shell): write(shell.script(Option.all(catalogue), claims))
      case .compare(let request): try compare(request)
      case .show(let request): try show(request)
      case .claims(let request): try ask(claims, request)
      case .merge(let request): try merge(request)
      }
    } catch let error as HarnessError {
      fail(error.description, error.exitCode)
    } catch {
      fail("\(error)", EXIT_FAILURE)
    }
    if let failure = StandardStream.output.failure { fail(failure.message, failure.exitCode) }
    exit(EXIT_SUCCESS)
  }

  // MARK: - Training

  private static func compare(_ request: Request) throws {
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
    let display = ProgressDisplay(isQuiet: request.quiet)
    let terminal = Terminal(on: display, titles: Titles(grid, skipped: left))
    let interruption = Interruption(first: display.announceStop, second: display.clear)
    let directory = try directory(at: request.ownFolder(in: request.folder), request, display, interruption)
    CommandFile.add(Array(CommandLine.arguments.dropFirst()), to: directory)
    try study?.record(in: directory)
    try directory.record(datasetsOf: grid)
    terminal.skip(left)
    let comparison = Comparison(trainings, in: directory) { _ in request.recordings }
    do {
      let use = use(of: directory, display)
      defer {
        display.clear()
        withExtendedLifetime(use) {}
      }
      try comparison.run(
        jobs: request.jobs, threads: request.threads, force: request.force, within: request.timeLimit
      ) { event in
        tellFit(event)
        terminal.show(event)
        return !interruption.isRequested
      }
    } catch {
      // What is finished is shown before what went wrong is told.
      try report(task?.runs ?? runs, study, in: directory, request, isOver: false)
      try stop(error, trainings, request, interruption, recording: { _ in request.recordings }, in: directory)
    }
    try report(task?.runs ?? runs, study, in: directory, request)
    if let task { tell(task.note, request) }
    if request.makesReport { makeReport(of: directory.path, request) }
  }

  /// Says how many runs are trained side by side, where memory has room for fewer than are asked for.
  static func tellFit(_ event: Comparison.Event) {
    if case .planned(_, _, let fit?) = event { StandardStream.errors.write("\(fit.text)\n") }
  }

  /// The folder to record in; while another program keeps it locked, that is said, and Ctrl-C or the time limit ends the wait.
  static func directory(
    at path: String, _ request: Request, _ display: ProgressDisplay, _ interruption: Interruption
  ) throws -> ResultsDirectory {
    let wait = LockWait(begin: display.insist) {
      if interruption.isRequested { throw HarnessError.interrupted }
      if request.timeLimit?.isOver ?? false { throw HarnessError.outOfTime }
    }
    do {
      let directory = try ResultsDirectory(path: path, whileLocked: wait)
      if let limit = request.timeLimit { display.remark("Training ends within \(timeText(limit.seconds)).") }
      return directory
    } catch {
      display.clear()
      guard case HarnessError.interrupted = error else { throw error }
      fail(HarnessError.interrupted.description, interruption.exitCode)
    }
  }

  /// Shows others that this program is at work in a folder, and says if another one is.
  static func use(of directory: ResultsDirectory, _ display: ProgressDisplay) -> FolderUse {
    let use = FolderUse(of: directory.path)
    if use.isShared {
      display.say(
        "Another program is at work in \(directory.path): a run that both have begun is trained twice. --task I/N divides a grid."
      )
    }
    return use
  }

  /// Ends the program where Ctrl-C or the time limit ended the training, with what is left.
  static func stop(
    _ error: any Error, _ trainings: [Training], _ request: Request, _ interruption: Interruption,
    recording: @Sendable (Training) -> Set<String>, in directory: ResultsDirectory
  ) throws -> Never {
    guard let error = error as? HarnessError, [.interrupted, .outOfTime].contains(error) else { throw error }
    let isInterrupted = error == .interrupted
    let left = try directory.missing(of: trainings, recording: recording).count
    let count = "\(trainings.count - left) of \(trainings.count) runs are recorded, and the same command goes on."
    fail(
      // What is to be trained anew is recorded before, too.
      request.force ? error.description : "\(isInterrupted ? "interrupted" : "the time limit is over"); \(count)",
      isInterrupted ? interruption.exitCode : error.exitCode)
  }

  /// Says that a table is of a part; where the table is for a program, beside it.
  static func tell(_ note: String, _ request: Request) {
    let isText = request.format == .text
    (isText ? StandardStream.output : .errors).write("\(isText ? "\n" : "")\(note)\n")
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

  /// Says how long runs will take, and which is the dearest, from a few steps.
  static func writeEstimate(of runs: [Training], _ request: Request) throws {
    guard let estimate = try TimeEstimate(runs, jobs: request.jobs, threads: request.threads) else { return }
    write(
      "Some \(timeText(estimate.total)) with \(request.jobs) side by side, by a few steps of each kind. The dearest: "
        + "\(estimate.dearest.run.identifier), some \(timeText(estimate.dearest.seconds)).")
  }

  // MARK: - Tables

  private static func show(_ request: Request) throws {
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
      let norms = Set(all.map { $0.configuration[.norm] }).sorted().joined(separator: ", ")
      throw HarnessError.noInput(
        "None of the \(all.count) runs in \(request.folder) is asked for; recorded are the normalizers \(norms).")
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

  /// Prints the table, and writes what is made of it where training is over: of a grid that was stopped, the differences of the
  /// runs that there are by then are other ones.
  private static func report(
    _ runs: [Training], _ study: TuningStudy?, in directory: ResultsDirectory, _ request: Request, isOver: Bool = true
  ) throws {
    let report: Report
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
    guard !report.analysis.rows.isEmpty || request.format == .json else { return }
    if isOver { try directory.write(report.differences, columns: Report.differenceColumns) }
    try emit(report, request)
    if !isOver { tell("This is what is recorded so far, and no comparison yet: the same command goes on.", request) }
    if request.format == .text { write("\nRuns: \(directory.runsPath)   Curves: \(directory.curvesPath)") }
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

  private static func emit(_ report: Report, _ request: Request) throws {
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

  /// Has Python make its report, or says how; where the table is for a program, beside it.
  static func makeReport(of folder: String, _ request: Request) {
    let isText = request.format == .text
    let stream = isText ? StandardStream.output : .errors
    PythonReport(folder: folder).make(
      saying: { stream.write($0 + "\n") }, output: isText ? .standardOutput : .standardError)
  }

  static func write(_ text: String) {
    StandardStream.output.write(text + "\n")
  }

  static func fail(_ message: String?, _ code: Int32) -> Never {
    if let message { StandardStream.errors.write("\(programName): \(message)\n") }
    exit(code)
  }
}
