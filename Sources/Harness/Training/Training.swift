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
    /// That which was done before, of a run that a checkpoint is gone on from; 0 of others.
    public var fractionBefore: Double
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
  package init(_ configuration: RunConfiguration, on dataset: Dataset, in catalogue: Catalogue, isTried: Bool) throws {
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
    if let flaw = dataset.flaw(ofImages: run) ?? recipe.flaw(run, dataset) { throw HarnessError.usage(flaw) }
    try dataset.checkPartition(limit: run[.trainLimit], validation: run[.validation])
    try dataset.checkTested(limit: run[.testLimit])
    let samples = partition.train.count
    guard run[.batchSize] <= samples else {
      throw HarnessError.usage(
        "--batch-size \(run[.batchSize]) is larger than \(run[.data]), which has \(samples) samples to train on.")
    }
    guard run[.testImages] != .repainted || run[.paint] != .none else {
      throw HarnessError.usage("--test-images repainted needs images with a colour: name one with --paint.")
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
    try tryOut(sizes)
  }

  /// Sends the first samples through the model, so that what cannot work is known before anything is trained.
  private func tryOut(_ sizes: [Int]) throws {
    let run = configuration
    func complaint(_ error: any Error, _ remedy: String) -> HarnessError {
      .usage("--norm \(run[.norm]) does not fit the \(recipe.name) as configured. \(error)\(remedy)")
    }
    let smallest = sizes.last ?? 1
    for count in Set([min(2, run[.batchSize]), min(2, smallest)]).sorted(by: >) {
      do {
        try tryOut(on: count, mode: .training)
      } catch {
        throw complaint(
          error,
          count < min(2, run[.batchSize])
            ? " The last batch of an epoch has \(smallest) of \(run[.batchSize]) samples; --last-batch drop leaves it out."
            : "")
      }
    }
    guard run[.inferenceStatistics] == .batch else { return }
    let parts = [partition.validation.count, examiner(on: .serial).count(in: examination)]
    let images = parts.flatMap { examination.inference.batches(of: $0) }.map(\.count).min() ?? 1
    do {
      try tryOut(on: min(2, images), mode: .batchInference)
    } catch {
      throw complaint(error, " The smallest batch of --evaluation-batch \(run[.evaluationBatch]) has \(images) images.")
    }
  }

  private func tryOut(on count: Int, mode: Mode) throws {
    let levels = dataset.levels(paint: configuration[.paint])
    let samples = recipe.input(
      dataset.batch(0..<count, of: dataset.train, levels: levels, on: .serial), configuration)
    func forward(_ model: some Classifier<Float>) throws {
      var model = model
      _ = try model.forward(samples, mode: mode)
    }
    try forward(makeModel(on: .serial))
  }

  /// What measures recordings on the first training images; `nil` if there are none.
  func recorder(of recordings: [Recording], on processor: Processor) -> Recorder? {
    guard !recordings.isEmpty else { return nil }
    let count = min(Moment.probeSize, dataset.train.count)
    return Recorder(
      recordings, of: self,
      images: recipe.input(
        dataset.batch(
          0..<count, of: dataset.train, levels: dataset.levels(paint: configuration[.paint]), on: processor),
        configuration),
      labels: Array(dataset.train.labels.prefix(count)))
  }

  func makeModel(on processor: Processor) -> any Classifier<Float> {
    let layers = Count()
    return recipe.make(configuration, dataset, processor) { [normalizer, configuration] channels in
      normalizer.normalizer(channels: channels, in: configuration, layer: layers.next())
    }
  }

  /// A trainer of a model of this run, which will take so many steps.
  func trainer<Model: Classifier<Float>>(of model: Model, steps: Int, on processor: Processor) -> Trainer<Model> {
    Trainer(model, configuration, recipe: recipe, on: dataset, steps: steps, processor: processor)
  }

  /// How the model is tested.
  var examination: Examination { Examination(configuration) }

  func examiner(on processor: Processor) -> Examiner {
    let (samples, heldOut) = partition
    return Examiner(
      configuration, recipe: recipe, on: dataset, samples: samples, heldOut: heldOut, processor: processor)
  }

  var partition: (train: [Int], validation: [Int]) {
    dataset.partition(
      limit: configuration[.trainLimit], validation: configuration[.validation], seed: configuration[.seed])
  }

  /// The weights of the model; of a stranger's that does not say, each parameter, used once.
  var linearMaps: [LinearMap] {
    recipe.linearMaps?(configuration, dataset) ?? [LinearMap(weights: makeModel(on: .serial).parameterCount)]
  }

  /// How many samples are held out, and trained on, unless classes are so small that fewer can be held out.
  var samplesHeldOut: Int { Dataset.heldOut(configuration[.validation], of: samples) }
  var samplesTrainedOn: Int { samples - samplesHeldOut }

  private var samples: Int {
    configuration[.trainLimit] == 0 ? dataset.train.count : configuration[.trainLimit]
  }

  /// How many images it is tested on.
  package var testedImages: Int { examiner(on: .serial).count(in: examination) }

  /// The sizes of an epoch's batches.
  func batchSizes(of samples: Int) -> [Int] {
    let (whole, rest) = samples.quotientAndRemainder(dividingBy: configuration[.batchSize])
    let sizes = Array(repeating: configuration[.batchSize], count: whole)
    return rest > 0 && configuration[.lastBatch] == .keep ? sizes + [rest] : sizes
  }

  /// Trains and evaluates the model, by itself.
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
    try TrainingGroup([self]).run(on: processor, share: share, recording: { _ in recordings }, report: report)[0]
  }
}

/// Counts from 0.
private final class Count: Sendable {
  private let value = Lock(0)

  func next() -> Int {
    value.withLock { count in
      defer { count += 1 }
      return count
    }
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
