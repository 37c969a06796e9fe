import Dispatch
import Foundation
import Harness
import Synchronization
import Tensors

/// Trains models that differ in their normalization layers, and compares them.
@main
enum Compare {
  static func main() {
    // A file that may not grow is a failed write like any other, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
    do {
      switch try Command(Array(CommandLine.arguments.dropFirst())) {
      case .help: print(Command.helpText)
      case .version: print("compare \(packageVersion)")
      case .compare(let request): try compare(request)
      }
    } catch let error as HarnessError {
      fail(error.description, error.exitCode)
    } catch {
      fail("\(error)", EXIT_FAILURE)
    }
  }

  private static func compare(_ request: Request) throws {
    let trainings = try prepare(request)
    if request.dryRun { return try list(trainings, request) }
    let directory = try ResultsDirectory(path: request.results)
    let comparison = Comparison(trainings, in: directory)
    let terminal = Terminal(quiet: request.quiet)
    let interruption = Interruption()
    do {
      try comparison.run(jobs: request.jobs, threads: request.threads, force: request.force) { event in
        terminal.show(event)
        return !interruption.isRequested
      }
    } catch HarnessError.interrupted {
      terminal.clear()
      try report(comparison, directory)
      throw HarnessError.interrupted
    }
    try report(comparison, directory)
  }

  /// Reads the data and checks every run before the first is trained.
  private static func prepare(_ request: Request) throws -> [Training] {
    let configurations = try request.configurations()
    var datasets: [String: Dataset] = [:]
    for source in request.sources { datasets[source.name] = try source.load() }
    return try configurations.compactMap { configuration in
      guard let dataset = datasets[configuration.data],
        let normalizer = NormalizerChoice.all.first(where: { $0.name == configuration.norm })
      else { return nil }
      return try Training(configuration, on: dataset, normalizer: normalizer)
    }
  }

  private static func list(_ trainings: [Training], _ request: Request) throws {
    let recorded =
      FileManager.default.fileExists(atPath: request.results)
      ? Set(try ResultsDirectory(path: request.results).read().runs.map(\.run)) : []
    for training in trainings {
      let isRecorded = recorded.contains(training.identifier)
      print("\(training.identifier)  \(training.configuration.oneLine)\(isRecorded ? "  (recorded)" : "")")
    }
    let missing = trainings.filter { !recorded.contains($0.identifier) }.count
    print("\(trainings.count) runs, \(request.force ? trainings.count : missing) to train.")
  }

  private static func report(_ comparison: Comparison, _ directory: ResultsDirectory) throws {
    let summaries = try comparison.summaries()
    guard !summaries.isEmpty else { return }
    print("\n\(Table(summaries).text)\n\nRuns: \(directory.runsPath)   Curves: \(directory.curvesPath)")
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    FileHandle.standardError.write(Data("compare: \(message)\n".utf8))
    exit(code)
  }
}
