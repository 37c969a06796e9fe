import Foundation
import Layers
import Norms
import Tensors

/// The version of the package, recorded with every run.
public let packageVersion = "2.0.0"

/// One run: a model, trained on a data set as its configuration says.
public struct Training: Sendable {
  public let configuration: RunConfiguration
  public let dataset: Dataset
  public let identifier: String
  private let recipe: ModelRecipe
  private let normalizer: NormalizerChoice

  /// What has happened so far in a run.
  public struct Progress: Sendable {
    public var epoch: Int
    /// The part of all steps that is done, 0...1.
    public var fraction: Double
    /// Over the mini-batches since the last evaluation.
    public var trainLoss: Double
    /// From the last evaluation; NaN before the first.
    public var testAccuracy: Double
    public var samplesPerSecond: Double
    public var secondsLeft: Double
  }

  /// A run of the given configuration, with what does not concern it at its absent value.
  ///
  /// - Throws: `HarnessError.usage` if the configuration does not fit the data or itself.
  public init(_ configuration: RunConfiguration, on dataset: Dataset, in catalogue: Catalogue = Catalogue()) throws {
    try self.init(configuration, on: dataset, in: catalogue, isTried: false)
  }

  /// A run like one that was tried out already need not be: they differ in seed or rate.
  init(_ configuration: RunConfiguration, on dataset: Dataset, in catalogue: Catalogue, isTried: Bool) throws {
    guard let recipe = catalogue.model(configuration[.model]) else {
      throw HarnessError.usage("There is no model '\(configuration[.model])'.")
    }
    guard let normalizer = catalogue.normalizer(configuration[.norm]) else {
      throw HarnessError.usage("There is no normalizer '\(configuration[.norm])'.")
    }
    self.configuration = configuration.canonical(recipe, normalizer)
    self.dataset = dataset
    self.recipe = recipe
    self.normalizer = normalizer
    identifier = self.configuration.identifier(fingerprint: dataset.fingerprintText)
    try validate(isTried: isTried)
  }

  private func validate(isTried: Bool) throws {
    let run = configuration
    for setting in AnySetting.all where setting.canonical(run[setting]) == nil {
      // What does not apply may stand at a value that means so.
      guard run[setting] == setting.absent, !setting.concerns(run, recipe, normalizer) else {
        throw HarnessError.usage("'\(run[setting])' is no value of --\(setting.name): it takes \(setting.domain.text).")
      }
    }
    if let flaw = recipe.flaw(run, dataset) { throw HarnessError.usage(flaw) }
    try dataset.checkPartition(limit: run[.trainLimit], validation: run[.validation])
    let samples = partition.train.count
    guard run[.batchSize] <= samples else {
      throw HarnessError.usage(
        "--batch-size \(run[.batchSize]) is larger than \(run[.data]), which has \(samples) samples to train on.")
    }
    let layers = recipe.channels(run)
    guard layers.allSatisfy({ $0 <= 4096 }) else {
      throw HarnessError.usage(
        "--width \(run[.width]) and --depth \(run[.depth]) make a layer of \(layers.max() ?? 0) channels; 4096 are the most."
      )
    }
    if normalizer.hasGroups, let channels = layers.first(where: { $0 % run[.groups] != 0 }) {
      throw HarnessError.usage(
        "--groups \(run[.groups]) does not divide the \(channels) channels of a layer of \(recipe.name).")
    }
    guard recipe.placements.contains(run[.placement]) else {
      let own = recipe.placements.map(\.rawValue).joined(separator: " and ")
      throw HarnessError.usage(
        "--placement \(run[.placement].rawValue) is not for the \(recipe.name), which has \(own).")
    }
    let sizes = batchSizes(of: samples)
    let steps = run[.epochs].multipliedReportingOverflow(by: sizes.count)
    guard steps.overflow || run[.warmUp] < steps.partialValue || run[.warmUp] == 0 else {
      throw HarnessError.usage(
        "--warm-up \(run[.warmUp]) is not over before the run, which has \(steps.partialValue) steps.")
    }
    guard !isTried else { return }
    let smallest = sizes.last ?? 1
    for count in Set([min(2, run[.batchSize]), min(2, smallest)]).sorted(by: >) {
      do {
        try tryOut(on: count)
      } catch {
        let remedy =
          count < min(2, run[.batchSize])
          ? " The last batch of an epoch has \(smallest) of \(run[.batchSize]) samples; --last-batch drop leaves it out."
          : ""
        throw HarnessError.usage(
          "--norm \(run[.norm]) does not fit the \(recipe.name) as configured. \(error)\(remedy)")
      }
    }
  }

  /// Sends the first samples through the model, so that what cannot work is known before anything is trained.
  private func tryOut(on count: Int) throws {
    let samples = recipe.input(dataset.batch(0..<count, of: dataset.train, on: .serial), configuration)
    func forward(_ model: some Classifier<Float>) throws {
      var model = model
      _ = try model.forward(samples, mode: .training)
    }
    try forward(makeModel(on: .serial))
  }

  /// What measures recordings on the first training images; `nil` if there are none.
  private func recorder(of recordings: [Recording], on processor: Processor) -> Recorder? {
    guard !recordings.isEmpty else { return nil }
    let count = min(Moment.probeSize, dataset.train.count)
    return Recorder(
      recordings, of: self,
      images: recipe.input(dataset.batch(0..<count, of: dataset.train, on: processor), configuration),
      labels: Array(dataset.train.labels.prefix(count)))
  }

  private func makeModel(on processor: Processor) -> any Classifier<Float> {
    recipe.make(configuration, dataset, processor) { [normalizer, configuration] channels in
      normalizer.normalizer(channels: channels, in: configuration)
    }
  }

  private var partition: (train: [Int], validation: [Int]) {
    dataset.partition(
      limit: configuration[.trainLimit], validation: configuration[.validation], seed: configuration[.seed])
  }

  /// The sizes of an epoch's batches.
  private func batchSizes(of samples: Int) -> [Int] {
    let (whole, rest) = samples.quotientAndRemainder(dividingBy: configuration[.batchSize])
    let sizes = Array(repeating: configuration[.batchSize], count: whole)
    return rest > 0 && configuration[.lastBatch] == .keep ? sizes + [rest] : sizes
  }

  /// Trains and evaluates the model.
  ///
  /// - Parameters:
  ///   - processor: what the model is trained on.
  ///   - share: the threads with which samples per second are measured; they may come and go.
  ///   - recordings: what is recorded of the inside of the model; the numbers of the run are the same with any.
  ///   - report: called after each step; training stops when it returns `false`.
  /// - Returns: what it came to; also for a run that diverged.
  /// - Throws: `HarnessError.interrupted` if `report` says so.
  public func run(
    on processor: Processor, share: Int? = nil, recording recordings: [Recording] = [],
    report: (Progress) -> Bool = { _ in true }
  ) throws -> RunResult {
    func train(_ model: some Classifier<Float>) throws -> RunResult {
      try self.train(model, on: processor, share: share, recorder(of: recordings, on: processor), report)
    }
    return try train(makeModel(on: processor))
  }

  private func train(
    _ model: some Classifier<Float>, on processor: Processor, share: Int?, _ recorder: Recorder?,
    _ report: (Progress) -> Bool
  ) throws -> RunResult {
    var recorder = recorder
    let (samples, heldOut) = partition
    let sizes = batchSizes(of: samples.count)
    let (epochs, every) = (configuration[.epochs], configuration[.evaluateEvery])
    let steps = epochs * sizes.count
    var trainer = Trainer(model, configuration, recipe: recipe, on: dataset, steps: steps, processor: processor)
    var stopwatch = Stopwatch(share: share)
    var observations: [Observation] = []
    var isDiverged = false
    var (step, recent) = (0, TrainingStep())
    try stopwatch.pause { try recorder?.look(at: trainer.model, step: 0, rate: trainer.rate(ofStep: 0)) }

    training: for epoch in 1...epochs {
      var stream = RandomStream(seed: configuration[.seed], purpose: "batches", epoch: epoch)
      var rest = stream.permutation(of: samples.count).map { samples[$0] }[...]
      for size in sizes {
        let batch = rest.prefix(size)
        rest = rest.dropFirst(size)
        let taken = try stopwatch.time(batch.count, on: processor) { try trainer.step(batch, number: step) }
        step += 1
        recent += taken
        isDiverged = !taken.isFinite
        let isDue = every > 0 ? step % every == 0 || step == steps : step % sizes.count == 0
        if isDue || isDiverged {
          let validation =
            heldOut.isEmpty || isDiverged ? nil : try trainer.evaluate(heldOut, of: dataset.train)
          let test = isDiverged ? nil : try trainer.evaluate(0..<dataset.test.count, of: dataset.test)
          isDiverged = isDiverged || [validation, test].contains { $0.map { !$0.loss.isFinite } ?? false }
          observations.append(
            Observation(
              step: step, epoch: epoch, trainLoss: recent.loss / Double(recent.samples),
              trainAccuracy: Double(recent.correct) / Double(recent.samples),
              gradientNorm: recent.gradientNorm / Double(recent.steps), validation: validation, test: test,
              elapsedSeconds: stopwatch.elapsed))
        }
        if isDue && !isDiverged {
          try stopwatch.pause {
            try recorder?.look(at: trainer.model, step: step, rate: trainer.rate(ofStep: step - 1))
          }
        }
        let progress = Progress(
          epoch: epoch, fraction: Double(step) / Double(steps),
          trainLoss: recent.loss / Double(recent.samples),
          testAccuracy: observations.last?.test?.accuracy ?? .nan, samplesPerSecond: stopwatch.samplesPerSecond,
          secondsLeft: stopwatch.elapsed * (Double(steps) / Double(step) - 1))
        guard report(progress) else { throw HarnessError.interrupted }
        if isDiverged { break training }
        if isDue { recent = TrainingStep() }
      }
    }
    let course = Course(
      observations: observations, isDiverged: isDiverged, stepsPerEpoch: sizes.count, epochs: epochs,
      guessAccuracy: dataset.guessAccuracy, parameters: trainer.model.parameterCount, seconds: stopwatch.elapsed,
      samplesPerSecond: stopwatch.samplesPerSecond.rounded())
    return RunResult(self, course, recorder?.recorded ?? [:])
  }
}

extension RunConfiguration {
  /// The same run with what does not concern it at its absent value, if the catalogue has its model and normalizer.
  func canonical(in catalogue: Catalogue) -> RunConfiguration {
    guard let model = catalogue.model(self[.model]), let normalizer = catalogue.normalizer(self[.norm]) else {
      return self
    }
    return canonical(model, normalizer)
  }

  /// The same run with what does not concern it at its absent value, and a place for its normalizer, so that a grid has no
  /// run twice.
  func canonical(_ model: ModelRecipe, _ normalizer: NormalizerChoice) -> RunConfiguration {
    var result = self
    if normalizer.isNone { result[.placement] = .standard(of: normalizer, in: model) }
    for setting in AnySetting.all where !setting.concerns(self, model, normalizer) { result[setting] = setting.absent }
    return result
  }
}
