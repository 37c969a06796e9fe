import Foundation
import Harness

@testable import CompareCommand
@testable import Harness

/// A run that was never trained, and came to whatever a test needs.
struct MadeUpRun {
  var configuration: RunConfiguration
  /// Of the first 100 test images; what is beyond is wrong.
  var correct = 90
  var status = RunStatus.finished
  var trainLoss = 0.5
  /// Which images are wrong is shifted by this.
  var shift = 0
  var imageCount = 100

  init(_ norm: String = "layer", model: ModelRecipe = .rnn, seed: UInt64 = 0, correct: Int = 90) {
    let choice = NormalizerChoice.all.first { $0.name == norm }!
    configuration = RunConfiguration(model: model, norm: choice).with(.seed, seed)
    self.correct = correct
    shift = Int(seed) * 7
  }

  var images: [Bool] { (0..<imageCount).map { $0 < 100 && ($0 + shift) % 100 < correct } }

  private var observation: Observation {
    Observation(
      step: 90, epoch: 2, trainLoss: trainLoss, trainAccuracy: 0.9, gradientNorm: 1, validation: nil,
      test: status == .diverged ? nil : Evaluation(loss: 0.4, correct: images), elapsedSeconds: 1)
  }

  /// With a curve of one evaluation.
  var result: RunResult {
    let record = record
    return RunResult(
      record: record,
      curve: [CurveRecord(run: record.run, configuration: configuration, measuring: observation)],
      outcomes: status == .diverged ? nil : Outcomes(images))
  }

  var record: RunRecord {
    let course = Course(
      observations: [observation], isDiverged: status == .diverged, stepsPerEpoch: 45, epochs: 2, guessAccuracy: 0.1,
      parameters: 1000, seconds: 1, samplesPerSecond: 1000)
    return RunRecord(
      run: configuration.identifier(fingerprint: "made up"), configuration: configuration, fingerprint: "made up",
      status: status, measuring: course)
  }
}

extension Report {
  /// The report of made-up runs.
  init(_ runs: [MadeUpRun], baseline: String? = nil) {
    let outcomes = runs.filter { $0.status != .diverged }.map { ($0.record.run, Outcomes($0.images)) }
    self.init(
      analysis: Analysis(
        runs.map(\.record), outcomes: Dictionary(outcomes, uniquingKeysWith: { first, _ in first }), baseline: baseline),
      tuning: nil)
  }
}

extension Table {
  var titles: [String] { columns.map(\.title) }

  subscript(title: String) -> [String] { columns.first { $0.title == title }?.cells ?? [] }
}

/// The command of a line with single spaces.
func command(_ line: String) throws -> Command {
  try Command(line.split(separator: " ").map(String.init), Catalogue())
}

/// The runs that a line asks for, as they are before what does not concern them is left out.
func configurations(_ line: String) throws -> [RunConfiguration] {
  switch try command(line) {
  case .compare(let request), .show(let request): try request.grid.configurations()
  default: []
  }
}
