import Foundation
import Layers
import Norms
import Tensors

@testable import Harness

// Data, models and records that are made up, so that a test knows every number.

let digits = Result { try DataSource.digits.load() }

extension Dataset {
  /// Images of 2×2 with so many of each class, the classes in turn as long as they last.
  static func made(_ sizes: [Int], test: [Int] = [0], name: String = "made", pixel: UInt8 = 7) -> Dataset {
    func images(_ labels: [Int]) -> LabelledImages {
      let pixels = [pixel] + [UInt8](repeating: 1, count: 4 * labels.count - 1)
      return LabelledImages(count: labels.count, height: 2, width: 2, pixels: pixels, labels: labels)
    }
    let turns = (0..<(sizes.max() ?? 0)).flatMap { turn in sizes.indices.filter { turn < sizes[$0] } }
    return Dataset(name: name, train: images(turns), test: images(test), classes: sizes.count)
  }

  /// Two classes in turn; image `i` is of nothing but pixels of value `i`, so that a model can tell which one it is given.
  ///
  /// Of the test images, 19 in 20 are of class 1.
  static func numbered(_ count: Int = 40, test: Int = 100) -> Dataset {
    func images(_ labels: [Int]) -> LabelledImages {
      LabelledImages(
        count: labels.count, height: 2, width: 2,
        pixels: labels.indices.flatMap { [UInt8](repeating: UInt8($0), count: 4) },
        labels: labels)
    }
    return Dataset(
      name: "numbered", train: images((0..<count).map { $0 % 2 }),
      test: images((0..<test).map { $0 % 20 == 0 ? 0 : 1 }),
      classes: 2)
  }
}

func choice(_ name: String) -> NormalizerChoice { Catalogue().normalizer(name)! }

extension RunConfiguration {
  static func made(_ model: ModelRecipe = .rnn, _ norm: String = "layer", seed: UInt64 = 0) -> RunConfiguration {
    RunConfiguration(model: model, norm: choice(norm)).with(.seed, seed)
  }

  /// Of a ``ModelRecipe/scripted(_:)``: SGD without momentum at a rate of 0.1, two epochs of batches of 10.
  static func scripted(_ model: ModelRecipe, norm: String = "none") -> RunConfiguration {
    RunConfiguration(model: model, norm: choice(norm), data: "numbered").with(.momentum, 0)
  }
}

// MARK: - A model that does what a test says

/// A classifier with one parameter, which answers every image alike.
struct ScriptedModel: Classifier {
  var parameter = Parameter(Tensor<Float>([0], shape: [1]))
  /// Training passes so far.
  var passes = 0
  let script: Script

  /// What it does, by the number of training passes, counted from 1.
  struct Script: Sendable {
    /// The class of every image, and how sure the model is of it: the loss is infinite if it is infinitely sure of the wrong
    /// one, and no number if it is no number.
    var answer: @Sendable (_ passes: Int, Mode) -> (label: Int, logit: Float) = { _, _ in (0, 1) }
    var gradient: @Sendable (_ passes: Int) -> Float = { _ in 1 }
    /// Is shown every input, and throws to fail.
    var look: @Sendable (_ passes: Int, Mode, Tensor<Float>) throws(ModelError) -> Void = { _, _, _ in }
  }

  mutating func forward(
    _ input: Tensor<Float>, mode: Mode, watch: Watch<Float>?
  ) throws(ModelError) -> (logits: Tensor<Float>, cache: Int) {
    if mode == .training { passes += 1 }
    try script.look(passes, mode, input)
    let (label, logit) = script.answer(passes, mode)
    let row: [Float] = [0, 1].map { $0 == label ? logit : 0 }
    return (Tensor((0..<input.shape[0]).flatMap { _ in row }, shape: [input.shape[0], 2]), passes)
  }

  mutating func backward(_ gradient: Tensor<Float>, cache: Int, watch: Watch<Float>?) {
    parameter.gradient[0] += script.gradient(cache)
  }

  mutating func visitState(_ visitor: StateVisitor<Float>) {
    visitor.visit("parameter", &parameter)
  }
}

extension ModelRecipe {
  static func scripted(_ script: ScriptedModel.Script = .init()) -> ModelRecipe {
    ModelRecipe(
      name: "scripted", placements: [.before], placement: { _ in .before },
      setDefaults: { run in
        run[.learningRate] = 0.1
        run[.batchSize] = 10
        run[.epochs] = 2
      },
      channels: { [$0[.width]] }, input: { $0 }, make: { _, _, _, _ in ScriptedModel(script: script) })
  }
}

/// A run of a scripted model on ``Dataset/numbered(_:test:)``.
func scriptedRun(
  _ script: ScriptedModel.Script, on dataset: Dataset = .numbered(),
  _ change: (inout RunConfiguration) -> Void = { _ in }
) throws -> RunResult {
  let model = ModelRecipe.scripted(script)
  var configuration = RunConfiguration.scripted(model)
  change(&configuration)
  return try Training(configuration, on: dataset, in: Catalogue(models: [model])).run(on: .serial)
}

/// What was seen, by several threads.
final class Seen<Element: Sendable>: Sendable {
  private let elements = Lock<[Element]>([])

  var all: [Element] { elements.withLock { $0 } }

  func append(_ element: Element) { elements.withLock { $0.append(element) } }

  func clear() { elements.withLock { $0 = [] } }
}

// MARK: - Records that are made up

extension RunRecord {
  /// A run on data with the fingerprint `d1`, with some numbers.
  static func made(
    _ configuration: RunConfiguration, status: RunStatus = .finished, fingerprint: String = "d1",
    numerics: Int = Harness.numerics, _ values: [(Metric<Course>, Double)] = []
  ) -> RunRecord {
    var record = RunRecord(
      run: configuration.identifier(fingerprint: fingerprint + (numerics == Harness.numerics ? "" : " \(numerics)")),
      configuration: configuration, fingerprint: fingerprint, status: status, measuring: .made)
    for (metric, value) in values { record[metric] = value }
    guard numerics != Harness.numerics else { return record }
    let columns = RunRecord.columns
    let fields = columns.map { $0 == "numerics" ? String(numerics) : record.field($0) }
    return try! RunRecord(CSV.Row(columns: CSV.Columns(columns), fields: fields, line: 2))
  }
}

extension Course {
  /// Two epochs, the second at 90 %.
  static var made: Course {
    Course(
      observations: [.made(epoch: 1), .made(epoch: 2)], isDiverged: false, stepsPerEpoch: 45, epochs: 20,
      guessAccuracy: 0.1, parameters: 100, seconds: 1.5, samplesPerSecond: 12345)
  }
}

extension Observation {
  static func made(epoch: Int) -> Observation {
    Observation(
      step: 45 * epoch, epoch: epoch, trainLoss: 0.1 / 3, trainAccuracy: 0.9, gradientNorm: 1.25, validation: nil,
      test: Evaluation(loss: 0.2, correct: (0..<10).map { $0 < 7 + epoch }), elapsedSeconds: 0.7)
  }
}

extension RunResult {
  static func made(_ configuration: RunConfiguration, fingerprint: String = "d1") -> RunResult {
    let record = RunRecord.made(configuration, fingerprint: fingerprint)
    return RunResult(
      record: record,
      curve: Course.made.observations.map { CurveRecord(run: record.run, configuration: configuration, measuring: $0) },
      outcomes: Outcomes((0..<10).map { $0 < 9 }))
  }

  static func made(seed: Int) -> RunResult { made(.made(seed: UInt64(seed))) }
}
