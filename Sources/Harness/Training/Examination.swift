import Norms

/// How a model is tested: with which statistics, and on which images, and how many of them.
///
/// It is what runs of one training differ in.
struct Examination: Sendable {
  let inference: Inference
  let images: TestImages
  /// How many of the test images; 0 for all.
  let limit: Int

  init(_ run: RunConfiguration) {
    inference = Inference(statistics: run[.inferenceStatistics], batchSize: run[.evaluationBatch])
    (images, limit) = (run[.testImages], run[.testLimit])
  }
}

/// How a model classifies images that it is not trained on.
struct Inference: Hashable, Sendable {
  let statistics: InferenceStatistics
  let batchSize: Int

  var mode: Mode { statistics == .batch ? .batchInference : .inference }

  /// Where each batch of so many images begins and ends.
  ///
  /// With statistics of the batch, one image that is left over goes with the batch before it.
  func batches(of count: Int) -> [Range<Int>] {
    if statistics == .batch { return GhostBatches<Float>.parts(of: count, size: batchSize) }
    return stride(from: 0, to: count, by: batchSize).map { $0..<min($0 + batchSize, count) }
  }
}

/// The statistics of normalizers that average over the batch, where nothing is trained.
public enum InferenceStatistics: String, SettingValue, CaseIterable {
  /// The averages that training recorded.
  case moving
  /// The plain averages over batches of training images, with the weights as they are (Ioffe & Szegedy, 2015, Algorithm 2).
  case population
  /// Those of the batch at hand.
  case batch
}

extension Setting where Value == InferenceStatistics {
  public static let inferenceStatistics = Setting(
    "inference-statistics",
    "statistics of the batch where nothing is trained: of training, of its images, of the batch",
    standard: .moving, isOfEvaluation: true, applies: { $1.mixesSamples })
}

extension Setting where Value == Int {
  public static let evaluationBatch = Setting(
    "evaluation-batch", "images that share the statistics of a batch where nothing is trained",
    .integers(1...1_000_000), standard: 256, isOfEvaluation: true,
    applies: { run, norm in norm.mixesSamples && run[.inferenceStatistics] == .batch })
}
