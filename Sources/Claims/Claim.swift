import Harness
import Tensors

/// Something that is said of normalization, as an experiment.
///
/// All of it is stated before anything is measured: which runs, what is measured of them, and what would support or contradict
/// the sentence. The next claim is a file with a conformance and a word in ``Literature/claims``:
///
/// ```swift
/// struct Harmless: Claim {
///   let name = "harmless"
///   let sentence = "Normalization costs no accuracy."
///   let source = "Said in many places."
///   let disputed = "…"
///   let standIn = "The small CNN."
///   let norms = ["batch", "layer"]
///
///   func questions(in study: Study) -> [Question] {
///     study.members.map { norm in
///       Question(
///         "\(norm.name) is as accurate as none", about: norm, .difference, of: .accuracy,
///         .tuned(study.run("cnn", norm)), .tuned(study.run("cnn", study.none)), .equal(within: 0.02))
///     }
///   }
/// }
/// ```
public protocol Claim: Sendable {
  /// One word, by which it is asked for.
  var name: String { get }
  /// What is said.
  var sentence: String { get }
  /// Who says it and where, with the figures that were read there.
  var source: String { get }
  /// What disputes or refines it.
  var disputed: String { get }
  /// What stands here for the set-up of the source.
  var standIn: String { get }
  /// The normalizers that take part unless others are named, at most five.
  var norms: [String] { get }

  /// What is asked, in the order of the table.
  ///
  /// - Throws: `HarnessError.usage` if nothing can be asked of these normalizers and data.
  func questions(in study: Study) throws -> [Question]
}

/// What a claim is asked with: the normalizers, the data, the seeds.
public struct Study: Sendable {
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
  /// Whether the machinery is to be tried with as little training as that takes.
  public let isQuick: Bool

  public init(
    _ norms: [NormalizerChoice], on data: String, _ dataset: Dataset, seeds: [UInt64], trainLimit: Int = 0,
    isQuick: Bool = false, in catalogue: Catalogue = Catalogue()
  ) throws {
    guard let none = catalogue.normalizers.first(where: \.isNone) else {
      throw HarnessError.usage("Claims compare with no normalizer, and the catalogue has no such choice.")
    }
    (self.norms, self.none, self.data, self.dataset) = (norms, none, data, dataset)
    (self.seeds, self.trainLimit, self.isQuick, self.catalogue) = (seeds, trainLimit, isQuick, catalogue)
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
    return RunConfiguration(model: recipe, norm: norm, data: data).with(.trainLimit, trainLimit)
  }

  /// What a normalizer is called in a title: `none` would be read as a word.
  public func title(of norm: NormalizerChoice) -> String { norm.isNone ? "no normalizer" : norm.name }

  /// So many images to train on, or all if there are not as many.
  public func images(_ count: Int) -> Int { min(count, dataset.train.count) }

  /// A number of epochs or the like, and what is enough to try the machinery.
  public func enough<Value>(_ value: Value, quick: Value) -> Value { isQuick ? quick : value }
}
