import Foundation
import Harness
import Norms

@testable import Claims
@testable import Harness

/// Records of runs that nobody trained, of which a quantity is whatever a test wants it to be.
enum MadeEvidence {
  /// A run of a configuration that came to these numbers.
  static func run(
    _ configuration: RunConfiguration, status: RunStatus = .finished, accuracies: [Double] = [0.9],
    steps: [Int]? = nil, trainAccuracy: Double = 0.9, trainLoss: Double = 0.1, firstLoss: Double = 2.3,
    validation: Double = 0.9, testLoss: Double = 1, rows: [String: [RecordedRow]] = [:], images: Int = 1000
  ) -> Evidence {
    let observations = accuracies.enumerated().map { index, accuracy in
      Observation(
        step: steps?[index] ?? (index + 1) * 10, epoch: index + 1, trainLoss: trainLoss, trainAccuracy: trainAccuracy,
        gradientNorm: 1, validation: evaluation(validation, images), test: evaluation(accuracy, images, loss: testLoss),
        elapsedSeconds: 1)
    }
    let course = Course(
      observations: observations, isDiverged: status == .diverged, stepsPerEpoch: 10, epochs: accuracies.count,
      firstLoss: firstLoss, guessAccuracy: 0.1, parameters: 1, seconds: 1, samplesPerSecond: 1)
    let run = configuration.identifier(fingerprint: "made")
    let record = RunRecord(
      run: run, configuration: configuration, fingerprint: "made", status: status, measuring: course)
    let curve = observations.map { CurveRecord(run: run, configuration: configuration, measuring: $0) }
    return Evidence(
      record: record, curve: curve, outcomes: observations.last?.test.map { Outcomes($0.correct) }, rows: rows,
      images: images)
  }

  private static func evaluation(_ accuracy: Double, _ images: Int, loss: Double = 1) -> Evaluation {
    Evaluation(loss: loss, correct: (0..<images).map { Double($0) < accuracy * Double(images) - 1e-9 })
  }

  /// What the runs of an arm come to if the quantity of a question is `value`, as far as the grid has it.
  static func runs(where quantity: Quantity, is value: Double, of runs: Arm.Runs) -> [Evidence] {
    let configurations = runs.configurations
    func values(of setting: Setting<Double>) -> [Double] { configurations.map { $0[setting] } }
    func row(_ step: Int, _ values: Recording.Values, of recording: Recording) -> RecordedRow {
      RecordedRow(run: "made", configuration: configurations[0], step: step, values, of: recording)
    }
    /// Four layers of four time steps each, before and after training.
    func layered(_ columns: [String], _ size: (_ place: Int) -> Double) -> [String: [RecordedRow]] {
      let rows = [0, 100].flatMap { step in
        (0..<16).map { place in
          let (layer, time) = (place / 4, place % 4)
          var values: Recording.Values = ["layer": .text("layer\(layer)"), "time_step": .number(Double(time))]
          for column in columns { values[column] = .number(size(layer + (column == "gradient_norm" ? time : 0))) }
          return row(step, values, of: .layers)
        }
      }
      return ["layers": rows]
    }
    switch quantity.name {
    case "test accuracy": return [run(configurations[0], accuracies: [value])]
    case "gap of the loss": return [run(configurations[0], testLoss: 1), run(configurations[1], testLoss: 1 + value)]
    case "steps to the target":
      return [run(configurations[0], accuracies: [0.5, 0.95, 0.95], steps: [1, Int(value), 100_000])]
    case "largest learning-rate that trains":
      return configurations.map { configuration in
        let trains = configuration[.learningRate] <= value * 1.01
        return run(configuration, status: trains ? .finished : .collapsed, validation: trains ? 0.9 : 0.1)
      }
    case "best learning-rate":
      return configurations.map { run($0, validation: 0.9 - 0.1 * abs(log2($0[.learningRate] / value)) / 20) }
    case "decades of init-scale that learn":
      let count = Int((value / (4.0 / 15)).rounded())
      return configurations.enumerated().map { run($1, trainAccuracy: $0 < count ? 0.9 : 0.1) }
    case "first loss":
      return [run(configurations[0], firstLoss: value)]
    case let name where name.hasPrefix("first loss −"):
      return [run(configurations[0], firstLoss: log(10) + value)]
    case "least loss on 20 images": return configurations.map { run($0, trainLoss: value) }
    case "largest layer beside the first":
      return [run(configurations[0], rows: layered(["output_size"]) { $0 == 0 ? 1 : exp2(value) })]
    case "growth from layer to layer", "growth from step to step":
      return [run(configurations[0], rows: layered(["gradient_norm"]) { exp2(value * Double($0)) })]
    case "drift, in deviations in 100 steps", "share in the linear part":
      return [run(configurations[0], rows: layered(["drift", "linear_share"]) { _ in value })]
    default:
      let columns = ["loss_high", "gradient_change", "gradient_change_relative", "smoothness"]
      let rows = ["rate", "relative"].flatMap { along in
        (0..<3).map { step in
          var values: Recording.Values = ["along": .text(along), "loss_low": .number(0)]
          for column in columns { values[column] = .number(value) }
          return row(step, values, of: .landscape)
        }
      }
      return [run(configurations[0], rows: ["landscape": rows])]
    }
  }
}
