import Claims
import Foundation
import Harness

extension CompareCommand {
  /// Lists the claims, or measures those that are named.
  static func ask(_ claims: [any Claim], _ request: Request) throws {
    guard !request.claims.isEmpty else { return write(ClaimsReport.list(claims)) }
    let asked = request.claims.compactMap { name in claims.first { $0.name == name } }
    let datasets = try request.datasets()
    let inquiry = try Inquiry(
      request.data.flatMap { data in
        try asked.compactMap { claim in
          try datasets[data].map { dataset in
            let study = try Study(
              request.norms(for: claim), on: data, dataset, seeds: request.seeds,
              trainLimit: request.limit(.trainLimit),
              testLimit: request.limit(.testLimit), isQuick: request.isQuick, in: request.grid.catalogue)
            return (claim, study)
          }
        }
      })
    try measure(inquiry, request)
  }

  private static func measure(_ inquiry: Inquiry, _ request: Request) throws {
    var trainings = inquiry.trainings
    guard inquiry.parts.contains(where: { !$0.questions.isEmpty }) else {
      let warnings = inquiry.parts.flatMap { part in ClaimsReport.warnings(of: part).map { (part.claim.name, $0) } }
      throw HarnessError.usage("Nothing can be asked. \(warnings.map { "\($0): \($1)" }.joined(separator: " "))")
    }
    let recordings = Dictionary(uniqueKeysWithValues: trainings.map { ($0.training.identifier, $0.recordings) })
    let wanted: @Sendable (Training) -> Set<String> = { recordings[$0.identifier] ?? [] }
    let path = request.results ?? "Results/claims"
    let task = try request.slice.map {
      try GridTask($0, of: trainings.map(\.training), in: path, recording: wanted)
    }
    if let task {
      let own = Set(task.left.map(\.identifier))
      trainings = trainings.filter { own.contains($0.training.identifier) }
    }
    let folder = request.ownFolder(in: path)
    if request.dryRun {
      return try list(inquiry, trainings.map(\.training), wanted, in: ResultsDirectory(reading: folder), request)
    }
    let session = try TrainingSession(in: folder, request)
    let directory = session.directory
    try VerdictFile.check(in: directory)
    CommandFile.add(Array(CommandLine.arguments.dropFirst()), to: directory)
    try inquiry.recordTrials(in: directory)
    let terminal = InquiryProgress(on: session.display)
    let owners = inquiry.owners
    for part in inquiry.parts where !request.quiet {
      for line in ClaimsReport.warnings(of: part) { StandardStream.errors.write("\(part.claim.name): \(line)\n") }
    }
    let findings: [(part: Inquiry.Part, findings: [Finding])]
    do {
      try session.train(trainings.map(\.training), recording: wanted) { event in
        var claim = ""
        if case .started(let group, _, _) = event { claim = owners[group.identifier] ?? "" }
        terminal.show(event, of: claim)
      }
      // A part of the runs decides nothing.
      if task == nil { try inquiry.recordChosen(in: directory) }
      findings = task == nil ? try inquiry.findings(in: directory) { session.interruption.isRequested } : []
    } catch {
      if request.format == .json { write(ClaimsReport(findings: []).json) }
      try session.stop(error, trainings.map(\.training), recording: wanted)
    }
    if let task { return tell(task.note, request) }
    // What was tried quickly has no verdicts that could take the place of others.
    if !request.isQuick { try VerdictFile.write(findings, in: directory) }
    let report = ClaimsReport(findings: findings)
    write(request.format == .json ? report.json : report.text(request.format))
    if request.format == .text {
      let verdicts = request.isQuick ? "" : "   Verdicts: \(path)/\(VerdictFile.name)"
      write("\nRuns: \(directory.runsPath)\(verdicts)")
    }
    if request.makesReport { makeReport(of: path, request) }
  }

  private static func list(
    _ inquiry: Inquiry, _ trainings: [Training], _ wanted: @Sendable (Training) -> Set<String>,
    in directory: ResultsDirectory, _ request: Request
  ) throws {
    for part in inquiry.parts where !request.quiet {
      write(ClaimsReport.preface(of: part))
      for question in part.questions { write("  - \(question.title)") }
    }
    let missing = try directory.missing(of: trainings, recording: wanted)
    try writeEstimate(of: missing, request)
    write("\(trainings.count) \(trainings.count == 1 ? "run" : "runs"), \(missing.count) to train.")
  }
}

extension Request {
  /// Those that are named, and otherwise the claim's own.
  fileprivate func norms(for claim: any Claim) -> [NormalizerChoice] {
    (grid[.norm] ?? claim.norms).compactMap(grid.catalogue.normalizer)
  }

  /// All images, unless a number is asked for.
  fileprivate func limit(_ setting: Setting<Int>) -> Int { grid[setting]?.first ?? 0 }

  /// Five, unless others are asked for.
  fileprivate var seeds: [UInt64] { grid[.seed] ?? (isQuick ? [0] : [0, 1, 2, 3, 4]) }
}
