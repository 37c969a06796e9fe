import CNN
import Foundation
import Layers
import Norms
import RNN
import Tensors

/// The version of the package, recorded with every run.
public let packageVersion = "1.0.0"

/// One run: a model, trained on a data set as its configuration says.
public struct Training: Sendable {
  public let configuration: RunConfiguration
  public let dataset: Dataset
  public let normalizer: NormalizerChoice
  public let identifier: String

  /// What has happened so far in a run.
  public struct Progress: Sendable {
    public var epoch: Int
    /// The part of all steps that is done, 0...1.
    public var fraction: Double
    /// Over the mini-batches of the epoch so far.
    public var trainLoss: Double
    /// From the last evaluation; NaN before the first.
    public var testAccuracy: Double
    public var samplesPerSecond: Double
    public var secondsLeft: Double
    /// Whether the epoch was just evaluated.
    public var isEvaluation: Bool
  }

  /// - Throws: `HarnessError.usage` if the configuration does not fit the data or itself.
  public init(_ configuration: RunConfiguration, on dataset: Dataset, normalizer: NormalizerChoice) throws {
    self.configuration = configuration
    self.dataset = dataset
    self.normalizer = normalizer
    identifier = configuration.identifier(dataFingerprint: dataset.fingerprint)
    try validate()
  }

  private func validate() throws {
    let c = configuration
    guard c.batchSize <= dataset.train.count else {
      throw HarnessError.usage(
        "--batch-size \(c.batchSize) is larger than \(c.data), which has \(dataset.train.count) samples to train on.")
    }
    let layers = c.model == .cnn ? (0..<c.depth).map { c.width << $0 } : [c.width]
    guard layers.allSatisfy({ $0 <= 4096 }) else {
      throw HarnessError.usage(
        "--width \(c.width) and --depth \(c.depth) make a layer of \(layers.max() ?? 0) channels; 4096 are the most.")
    }
    if normalizer.hasGroups, let channels = layers.first(where: { $0 % c.groups != 0 }) {
      throw HarnessError.usage(
        "--groups \(c.groups) does not divide the \(channels) channels of a layer of \(c.model).")
    }
    guard c.placement.model == c.model else {
      throw HarnessError.usage(
        "--placement \(c.placement.rawValue) is for the \(c.placement.model), not the \(c.model).")
    }
    do {
      try tryOut()
    } catch {
      throw HarnessError.usage("--norm \(c.norm) does not fit the \(c.model) as configured. \(error)")
    }
  }

  /// Sends the first samples through the model, so that what cannot work is known before anything is trained.
  private func tryOut() throws {
    let samples = dataset.batch(0..<min(2, configuration.batchSize), of: dataset.train, on: .serial)
    switch configuration.model {
    case .cnn:
      var model = makeCNN(on: .serial)
      _ = try model.forward(asImages(samples), mode: .training)
    case .rnn:
      var model = makeRNN(on: .serial)
      _ = try model.forward(samples, mode: .training)
    }
  }

  /// Trains and evaluates the model.
  ///
  /// - Parameters:
  ///   - processor: what the model is trained on.
  ///   - report: called after each step; training stops when it returns `false`.
  /// - Returns: what the run came to, and its evaluations.
  /// - Throws: `HarnessError.interrupted` if `report` says so.
  public func run(
    on processor: Processor, report: (Progress) -> Bool = { _ in true }
  ) throws -> (record: RunRecord, curve: [CurveRecord]) {
    switch configuration.model {
    case .cnn:
      var model = makeCNN(on: processor)
      return try train(&model, on: processor, shape: asImages, report)
    case .rnn:
      var model = makeRNN(on: processor)
      return try train(&model, on: processor, shape: { $0 }, report)
    }
  }

  private func makeCNN(on processor: Processor) -> CNN<Float> {
    var shape = CNN<Float>.Configuration(
      height: dataset.height, width: dataset.width, channels: 1, classes: dataset.classes)
    shape.depth = configuration.depth
    shape.firstChannels = configuration.width
    shape.activation = configuration.activation
    shape.placement = configuration.placement == .after ? .after : .before
    shape.initialScale = configuration.initialScale
    return CNN(shape, seed: configuration.seed, on: processor, normalizer: makeNormalizer)
  }

  private func makeRNN(on processor: Processor) -> RNN<Float> {
    var shape = RNN<Float>.Configuration(inputs: dataset.width, classes: dataset.classes)
    shape.depth = configuration.depth
    shape.width = configuration.width
    shape.activation = configuration.activation
    shape.placement = configuration.placement == .timeStep ? .timeStep : .inputPath
    shape.initialScale = configuration.initialScale
    return RNN(shape, seed: configuration.seed, on: processor, normalizer: makeNormalizer)
  }

  private var makeNormalizer: NormalizerFactory<Float> {
    { [normalizer, groups = configuration.groups] in normalizer.make($0, groups) }
  }

  private func asImages(_ batch: Tensor<Float>) -> Tensor<Float> {
    batch.reshaped(to: batch.shape + [1])
  }

  private func train<Model: Classifier<Float>>(
    _ model: inout Model, on processor: Processor, shape: (Tensor<Float>) -> Tensor<Float>,
    _ report: (Progress) -> Bool
  ) throws -> (record: RunRecord, curve: [CurveRecord]) {
    let c = configuration
    let samples = dataset.train.count
    let stepsPerEpoch = (samples + c.batchSize - 1) / c.batchSize
    var optimizer = Optimizer<Float>(c.optimizer, learningRate: c.learningRate)
    var curve: [CurveRecord] = []
    var status = RunStatus.finished
    var steps = 0
    var trainingSeconds = 0.0
    let clock = ContinuousClock()
    let start = clock.now
    func seconds(since instant: ContinuousClock.Instant) -> Double {
      let elapsed = instant.duration(to: clock.now)
      return (elapsed / .microseconds(1)).rounded() / 1e6
    }

    epochs: for epoch in 1...c.epochs {
      var stream = RandomStream(seed: c.seed, purpose: "batches", epoch: epoch)
      let order = stream.permutation(of: samples)
      var (loss, correct, seen, gradientNorm) = (0.0, 0, 0, 0.0)
      for first in Swift.stride(from: 0, to: samples, by: c.batchSize) {
        let stepStart = clock.now
        let batch = order[first..<min(first + c.batchSize, samples)]
        let (logits, cache) = try model.forward(
          shape(dataset.batch(batch, of: dataset.train, on: processor)), mode: .training)
        let objective = SoftmaxCrossEntropy(logits: logits, labels: batch.map { dataset.train.labels[$0] })
        model.clearGradients()
        model.backward(objective.gradient, cache: cache)
        let norm = c.clip.map { model.clipGradients(toNorm: $0) } ?? model.gradientNorm
        optimizer.step(&model)
        steps += 1
        loss += objective.sum
        correct += objective.correct
        seen += batch.count
        gradientNorm += norm
        trainingSeconds += seconds(since: stepStart)
        guard objective.sum.isFinite, norm.isFinite else {
          status = .diverged
          break
        }
        let progress = Progress(
          epoch: epoch, fraction: Double(steps) / Double(c.epochs * stepsPerEpoch), trainLoss: loss / Double(seen),
          testAccuracy: curve.last?.testAccuracy ?? .nan,
          samplesPerSecond: Double((epoch - 1) * samples + seen) / max(trainingSeconds, 1e-9),
          secondsLeft: seconds(since: start) * (Double(c.epochs * stepsPerEpoch) / Double(steps) - 1),
          isEvaluation: false)
        guard report(progress) else { throw HarnessError.interrupted }
      }
      let diverged = status == .diverged
      let test = diverged ? (loss: Double.nan, accuracy: Double.nan) : try evaluate(&model, on: processor, shape: shape)
      if !diverged && !test.loss.isFinite { status = .diverged }
      curve.append(
        CurveRecord(
          run: identifier, configuration: c, step: steps, epoch: epoch, trainLoss: loss / Double(seen),
          trainAccuracy: diverged ? .nan : Double(correct) / Double(seen), testLoss: test.loss,
          testAccuracy: test.accuracy,
          gradientNorm: gradientNorm / Double((seen + c.batchSize - 1) / c.batchSize),
          elapsedSeconds: seconds(since: start)))
      let progress = Progress(
        epoch: epoch, fraction: Double(epoch) / Double(c.epochs), trainLoss: loss / Double(seen),
        testAccuracy: test.accuracy, samplesPerSecond: Double(epoch * samples) / max(trainingSeconds, 1e-9),
        secondsLeft: seconds(since: start) * (Double(c.epochs) / Double(epoch) - 1), isEvaluation: true)
      guard report(progress) else { throw HarnessError.interrupted }
      if status == .diverged { break epochs }
    }

    let last = curve[curve.count - 1]
    let best = curve.map(\.testAccuracy).filter { !$0.isNaN }.max() ?? .nan
    let trained = min(steps * c.batchSize, (steps / stepsPerEpoch) * samples + (steps % stepsPerEpoch) * c.batchSize)
    let record = RunRecord(
      run: identifier, configuration: c, status: status, steps: steps, trainLoss: last.trainLoss,
      trainAccuracy: last.trainAccuracy, testLoss: last.testLoss, testAccuracy: last.testAccuracy,
      bestTestAccuracy: best, parameters: model.parameterCount, seconds: seconds(since: start),
      samplesPerSecond: (Double(trained) / max(trainingSeconds, 1e-9)).rounded(), version: packageVersion)
    return (record, curve)
  }

  private func evaluate<Model: Classifier<Float>>(
    _ model: inout Model, on processor: Processor, shape: (Tensor<Float>) -> Tensor<Float>
  ) throws -> (loss: Double, accuracy: Double) {
    let samples = dataset.test.count
    var (loss, correct) = (0.0, 0)
    for first in Swift.stride(from: 0, to: samples, by: 256) {
      let batch = first..<min(first + 256, samples)
      let (logits, _) = try model.forward(
        shape(dataset.batch(batch, of: dataset.test, on: processor)), mode: .inference)
      let objective = SoftmaxCrossEntropy(logits: logits, labels: batch.map { dataset.test.labels[$0] })
      loss += objective.sum
      correct += objective.correct
    }
    return (loss / Double(samples), Double(correct) / Double(samples))
  }
}
