import Foundation
import Tensors

/// A list of runs, and the folder that they are recorded in.
public struct Comparison {
  public let trainings: [Training]
  private let directory: ResultsDirectory

  /// What happens in the course of a comparison.
  public enum Event {
    /// So many runs are recorded already and will not be trained again.
    case skipped(Int)
    case started(Training, number: Int, of: Int)
    case progress(Training, Training.Progress)
    case finished(Training, RunRecord)
  }

  public init(_ trainings: [Training], in directory: ResultsDirectory) {
    self.trainings = trainings
    self.directory = directory
  }

  /// Trains every run that is not recorded, or every run if `force` says so, and records each as it finishes.
  ///
  /// - Parameters:
  ///   - processor: what the models are trained on.
  ///   - force: trains recorded runs anew and replaces their rows.
  ///   - report: called as things happen; returns `false` to stop.
  /// - Throws: `HarnessError`, `.interrupted` if `report` says so.
  public func run(on processor: Processor, force: Bool = false, report: (Event) -> Bool) throws {
    let recorded = force ? [] : Set(try directory.read().runs.map(\.run))
    let missing = trainings.filter { !recorded.contains($0.identifier) }
    if missing.count < trainings.count { _ = report(.skipped(trainings.count - missing.count)) }
    for (index, training) in missing.enumerated() {
      guard report(.started(training, number: index + 1, of: missing.count)) else { throw HarnessError.interrupted }
      let (record, curve) = try training.run(on: processor) { report(.progress(training, $0)) }
      try directory.commit(record, curve: curve, replacing: force)
      guard report(.finished(training, record)) else { throw HarnessError.interrupted }
    }
  }

  /// The table of these runs, as far as they are recorded.
  public func summaries() throws -> [Summary] {
    let (runs, curves) = try directory.read()
    let wanted = Set(trainings.map(\.identifier))
    return Summary.summarize(runs.filter { wanted.contains($0.run) }, curves: curves)
  }
}
