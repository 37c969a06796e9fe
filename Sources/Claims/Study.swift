import Harness
import Tensors

/// What a claim is asked with: the normalizers, the data, the seeds.
public struct Study: Sendable {
  /// The rates that tuning tries for each seed.
  public static let budget = 8
  /// Steps between evaluations of which a run never has so many: it is evaluated at its end alone.
  public static let atTheEnd = 1_000_000

  public let catalogue: Catalogue
  /// All that take part.
  public let norms: [NormalizerChoice]
  /// No normalizer, what the others are compared with.
  public let none: NormalizerChoice
  /// What the data are called in runs.
  public let data: String
  public let dataset: Dataset
  public let seeds: [UInt64]
  /// How many images are trained on, unless a claim says otherwise; 0 for all.
  public let trainLimit: Int
  /// How many images are tested on; 0 for all.
  public let testLimit: Int
  /// Whether the machinery is to be tried with as little training as that takes.
  public let isQuick: Bool

  public init(
    _ norms: [NormalizerChoice], on data: String, _ dataset: Dataset, seeds: [UInt64], trainLimit: Int = 0,
    testLimit: Int = 0, isQuick: Bool = false, in catalogue: Catalogue = Catalogue()
  ) throws {
    guard let none = catalogue.normalizers.first(where: \.isNone) else {
      throw HarnessError.usage("Claims compare with no normalizer, and the catalogue has no such choice.")
    }
    (self.norms, self.none, self.data, self.dataset) = (norms, none, data, dataset)
    (self.seeds, self.trainLimit, self.testLimit) = (seeds, trainLimit, testLimit)
    (self.isQuick, self.catalogue) = (isQuick, catalogue)
  }

  /// Those of ``norms`` that normalize.
  public var members: [NormalizerChoice] { norms.filter { !$0.isNone } }

  /// A run of a model as it is trained when nothing is asked for, of no seed yet.
  ///
  /// - Precondition: the catalogue has the model.
  public func run(_ model: String, _ norm: NormalizerChoice) -> RunConfiguration {
    guard let recipe = catalogue.model(model) else {
      stop("The catalogue has no model of the name \(model).")
    }
    return RunConfiguration(model: recipe, norm: norm, data: data).with(.trainLimit, trainLimit).with(
      .testLimit, testLimit)
  }

  /// So many images to train on, or all if there are not as many.
  public func images(_ count: Int) -> Int { min(count, dataset.train.count) }

  /// A run that is evaluated so many times in the course of its training, however many images there are.
  ///
  /// It is a few times more where the division leaves a rest, and only a few to try the machinery.
  public func evaluated(_ times: Int, _ run: RunConfiguration) -> RunConfiguration {
    let images = run[.trainLimit] == 0 ? dataset.train.count : run[.trainLimit]
    let batches = (images + run[.batchSize] - 1) / run[.batchSize]
    return run.with(.evaluateEvery, max(run[.epochs] * batches / enough(times, quick: 3), 1))
  }

  /// A number of epochs or the like, and what is enough to try the machinery.
  public func enough<Value>(_ value: Value, quick: Value) -> Value { isQuick ? quick : value }
}

extension NormalizerChoice {
  /// What it is called in the title of a question: `none` would be read as a word.
  public var title: String { isNone ? "no normalizer" : name }
}
