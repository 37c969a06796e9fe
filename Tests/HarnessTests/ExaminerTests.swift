import Foundation
import Layers
import Norms
import Tensors
import Testing

@testable import Harness

@Suite struct ExaminerTests {
  private typealias Script = ScriptedModel.Script

  @Test("An evaluation says of every image whether it was right, in their order, without smoothing or a step")
  func evaluation() throws {
    let seen = Seen<(Mode, Int)>()
    let dataset = Dataset.numbered(10, test: 250).repeated(3)
    let script = Script(look: { _, mode, input throws(ModelError) in seen.append((mode, input.shape[0])) })
    let model = ScriptedModel(script: script)
    let examiner = examiner(script, on: dataset) { $0[.labelSmoothing] = 0.5 }
    let found = try #require(try examiner.examine(model, by: [.init(.scripted(.scripted()))]).first).test
    #expect(found.correct == dataset.test.labels.map { $0 == 0 })
    #expect(abs(found.accuracy - 39.0 / 750) < 1e-15)
    let (right, wrong) = (-Double.log(softmax: 1), -Double.log(softmax: 0))
    let loss: Double = (39 * right + 711 * wrong) / 750
    #expect(abs(found.loss - loss) < 1e-6)
    #expect(seen.all.allSatisfy { $0.0 == .inference } && seen.all.map(\.1) == [256, 256, 238])
  }

  @Test("Validation images are classified as the test images are, and never changed")
  func validation() throws {
    let data = Dataset.numbered(40, test: 20)
    let seen = Seen<[Float]>()
    let script = Script(look: { _, _, input throws(ModelError) in seen.append(input.scalars) })
    let run = RunConfiguration.scripted(.scripted()).with(.testImages, .inverted)
    let found = try examiner(script, on: data) { $0[.validation] = 0.25 }
      .examine(ScriptedModel(script: script), by: [.init(run)])
    let heldOut = data.partition(limit: 0, validation: 0.25, seed: 0).validation
    #expect(found[0].validation?.correct == heldOut.map { data.train.labels[$0] == 0 })
    #expect(seen.all[0] == data.batch(heldOut, of: data.train, on: .serial).scalars)
    let inverted = data.batch(0..<20, of: data.test, levels: data.levels(images: .inverted), on: .serial).scalars
    #expect(seen.all[1] == inverted && seen.all.count == 2)
  }

  @Test("With --test-images train, the images trained on are those tested on, and guessing is of their classes")
  func trainingImages() throws {
    let data = Dataset.made([9, 21], test: [0, 0, 1])
    let run = RunConfiguration.scripted(.scripted()).with(.testImages, .train)
    let examiner = examiner(Script(), on: data) { $0[.trainLimit] = 10 }
    let samples = data.partition(limit: 10, validation: 0, seed: 0).train
    let found = try examiner.examine(ScriptedModel(script: Script()), by: [.init(run)])
    #expect(found[0].test.correct == samples.map { data.train.labels[$0] == 0 })
    #expect(examiner.guessAccuracy(in: .init(run)) == 0.7)
    #expect(examiner.guessAccuracy(in: .init(.scripted(.scripted()))) == data.guessAccuracy)
  }

  @Test("With --test-limit, as many test images of all classes alike are tested on, in their order, whatever the seed")
  func limit() throws {
    let data = Dataset.made([5, 5], test: [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1])
    let run = RunConfiguration.scripted(.scripted()).with(.testLimit, 6)
    let examiner = examiner(Script(), on: data) { $0[.testLimit] = 6 }
    let tested = data.tested(limit: 6)
    #expect(tested == tested.sorted() && Set(tested).count == 6 && tested != Array(0..<6))
    #expect(tested.count { data.test.labels[$0] == 1 } == 2)
    let found = try examiner.examine(ScriptedModel(script: Script()), by: [.init(run), .init(run.with(.testLimit, 0))])
    #expect(found[0].test.correct == tested.map { data.test.labels[$0] == 0 })
    #expect(found[1].test.correct.count == 12 && data.tested(limit: 12) == Array(0..<12))
    #expect(examiner.guessAccuracy(in: .init(run)) == 4.0 / 6 && examiner.count(in: .init(run)) == 6)
    #expect(throws: HarnessError.usage("--test-limit 13 is not possible: made has 12 images to test on (0 for all).")) {
      try data.checkTested(limit: 13)
    }
  }

  @Test("Population statistics are of whole batches of the images trained on, in their order, and the model stays")
  func population() throws {
    let data = Dataset.numbered(46, test: 20)
    let seen = Seen<(mode: Mode, images: [Float])>()
    let script = Script(look: { _, mode, input throws(ModelError) in seen.append((mode, input.scalars)) })
    let run = RunConfiguration.scripted(.scripted()).with(.inferenceStatistics, .population)
    _ = try examiner(script, on: data).examine(
      ScriptedModel(script: script), by: [.init(run), .init(run.with(.testImages, .inverted))])
    #expect(seen.all.map(\.mode) == [Mode](repeating: .calibration, count: 4) + [.inference, .inference])
    let passed = seen.all.prefix(4).flatMap(\.images)
    #expect(passed == data.batch(0..<40, of: data.train, on: .serial).scalars)
    var (batch, model) = (BatchNorm<Float>(channels: 4), try normalized(data))
    batch.state.scale.value = Self.scale
    let before = model.snapshot()
    for first in stride(from: 0, to: 40, by: 10) {
      let images = data.batch(first..<first + 10, of: data.train, on: .serial).reshaped(to: [10, 4])
      _ = try batch.forward(images, mode: .calibration)
    }
    let expected = try batch.inference(data.batch(0..<20, of: data.test, on: .serial).reshaped(to: [20, 4]))
    let found = try examiner(Script(), on: data).examine(model, by: [.init(run)])[0].test
    let labels = data.test.labels
    #expect(found.loss == SoftmaxCrossEntropy(logits: expected, labels: labels).sum / 20)
    #expect(model.snapshot() == before)
    let moving = try examiner(Script(), on: data).examine(model, by: [.init(run.with(.inferenceStatistics, .moving))])
    #expect(moving[0].test.loss != found.loss)
    _ = try model.forward(data.batch(0..<20, of: data.train, on: .serial), mode: .training)
  }

  @Test("Of more than a hundred batches, a hundred evenly spread are calibrated on")
  func spread() throws {
    let data = Dataset.numbered(250, test: 20)
    let seen = Seen<Float>()
    let script = Script(look: { _, mode, input throws(ModelError) in
      if mode == .calibration { seen.append(input.scalars[0]) }
    })
    let run = RunConfiguration.scripted(.scripted()).with(.inferenceStatistics, .population)
    _ = try examiner(script, on: data) { $0[.batchSize] = 1 }.examine(ScriptedModel(script: script), by: [.init(run)])
    let first = data.batch(0..<250, of: data.train, on: .serial).scalars
    let expected: [Float] = (0..<100).map { (number: Int) -> Float in first[4 * (number * 5 / 2)] }
    #expect(seen.all == expected)
  }

  @Test("Statistics of the batch are of batches in the order of the file, and one image is none by itself")
  func batch() throws {
    let data = Dataset.numbered(40, test: 13)
    let seen = Seen<(mode: Mode, count: Int)>()
    let script = Script(look: { _, mode, input throws(ModelError) in seen.append((mode, input.shape[0])) })
    var run = RunConfiguration.scripted(.scripted())
    (run[.inferenceStatistics], run[.evaluationBatch]) = (.batch, 4)
    _ = try examiner(script, on: data).examine(ScriptedModel(script: script), by: [.init(run)])
    #expect(seen.all.map(\.count) == [4, 4, 5] && seen.all.allSatisfy { $0.mode == .batchInference })
    let model = try normalized(data)
    var batch = BatchNorm<Float>(channels: 4)
    batch.state.scale.value = Self.scale
    var expected = 0.0
    for range in [0..<4, 4..<8, 8..<13] {
      let images = data.batch(range, of: data.test, on: .serial).reshaped(to: [range.count, 4])
      let output = try batch.forward(images, mode: .training).output
      expected += SoftmaxCrossEntropy(logits: output, labels: Array(data.test.labels[range])).sum
    }
    let found = try examiner(Script(), on: data).examine(model, by: [.init(run)])[0].test
    #expect(found.loss == expected / 13)
  }

  /// All pixels of an image are alike; the classes are not.
  private static let scale = Tensor<Float>([1, 2, 3, 4], shape: [4])

  /// A model that is batch normalization, and was trained on nothing but the last images.
  private func normalized(_ data: Dataset) throws -> Normalized {
    var model = Normalized()
    model.normalizer.state.scale.value = Self.scale
    _ = try model.forward(data.batch(30..<40, of: data.train, on: .serial), mode: .training)
    return model
  }

  private func examiner(
    _ script: Script, on dataset: Dataset, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> Examiner {
    let recipe = ModelRecipe.scripted(script)
    var run = RunConfiguration.scripted(recipe)
    change(&run)
    let (samples, heldOut) = dataset.partition(
      limit: run[.trainLimit], validation: run[.validation], seed: run[.seed])
    return Examiner(
      run, recipe: recipe, on: dataset, samples: samples, heldOut: heldOut, processor: .serial)
  }
}

/// A classifier into four classes whose logits are the normalized pixels.
private struct Normalized: Classifier {
  var normalizer = BatchNorm<Float>(channels: 4)

  mutating func forward(
    _ input: Tensor<Float>, mode: Mode, watch: Watch<Float>?
  ) throws(ModelError) -> (logits: Tensor<Float>, cache: Int) {
    do {
      return (try normalizer.forward(input.reshaped(to: [input.shape[0], 4]), mode: mode).output, 0)
    } catch {
      throw .normalizer(layer: "normalizer", error)
    }
  }

  mutating func backward(_ gradient: Tensor<Float>, cache: Int, watch: Watch<Float>?) {}

  mutating func visitState(_ visitor: StateVisitor<Float>) { normalizer.visitState(visitor) }
}

extension Double {
  /// The logarithm of the share of a logit beside the other of 1 and 0.
  fileprivate static func log(softmax logit: Double) -> Double {
    logit - Foundation.log(1 + Foundation.exp(1))
  }
}

extension Dataset {
  /// The same test images, several times.
  fileprivate func repeated(_ times: Int) -> Dataset {
    let test = LabelledImages(
      count: times * self.test.count, height: height, width: width,
      pixels: (0..<times).flatMap { _ in self.test.pixels }, labels: (0..<times).flatMap { _ in self.test.labels })
    return Dataset(name: name, train: train, test: test, classes: classes)
  }
}
