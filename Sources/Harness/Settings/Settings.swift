import Layers
import Tensors

extension AnySetting {
  /// Every setting, in the order of the options and of the CSV columns.
  ///
  /// The next one is a line here.
  public static let all: [AnySetting] = [
    Setting.model.erased, Setting.norm.erased, Setting.data.erased, Setting.seed.erased,
    Setting.batchSize.erased, Setting.learningRate.erased, Setting.optimizer.erased, Setting.groups.erased,
    Setting.activation.erased, Setting.placement.erased, Setting.initialScale.erased, Setting.width.erased,
    Setting.depth.erased, Setting.epochs.erased, Setting.clip.erased, Setting.momentum.erased,
    Setting.weightDecay.erased, Setting.weightDecayOf.erased, Setting.schedule.erased, Setting.warmUp.erased,
    Setting.dropout.erased, Setting.dropoutPlace.erased, Setting.labelSmoothing.erased, Setting.epsilon.erased,
    Setting.decay.erased, Setting.affine.erased, Setting.initialGamma.erased, Setting.trainLimit.erased,
    Setting.validation.erased, Setting.lastBatch.erased, Setting.evaluateEvery.erased,
    Setting.sequence.erased, Setting.timeSteps.erased, Setting.initialNoise.erased,
    Setting.normNoise.erased, Setting.statisticsBatch.erased, Setting.l2.erased, Setting.paint.erased,
    Setting.inferenceStatistics.erased, Setting.evaluationBatch.erased, Setting.testImages.erased,
    Setting.testLimit.erased,
  ]

  /// The setting of a column or an option.
  public static func named(_ name: String) -> AnySetting? {
    all.first { $0.name == name || $0.column == name }
  }

  /// Whether a value belongs to the normalizer, so that runs which differ in it still differ in the normalizer alone: it
  /// changes nothing without one.
  var isOfNormalizer: Bool { Self.ofNormalizer.contains(name) }

  private static let ofNormalizer: Set<String> = {
    let choices = NormalizerChoice.all
    let plain = choices.first { $0.isNone }.map { ($0, RunConfiguration(model: .cnn, norm: $0)) }
    let settings = all.filter { setting in
      plain.map { none, run in
        !setting.applies(run, none) && choices.contains { setting.applies(run, $0) }
      } ?? false
    }
    let others = [Setting.norm.erased, Setting.placement.erased, Setting.evaluationBatch.erased]
    return Set((settings + others).map(\.name))
  }()
}

// MARK: - What is trained, on what

extension Setting where Value == String {
  public static let model = Setting("model", "models to train", .names, standard: "rnn", absent: "")
  public static let norm = Setting("norm", "normalizers to compare", .names, standard: "layer", absent: "")
  public static let data = Setting(
    "data", "data sets, or folders of IDX, NumPy (.npy, .npz) or CSV files", .names, standard: "digits", absent: "")
}

extension Setting where Value == UInt64 {
  public static let seed = Setting(
    "seed", "seeds of the initial weights and the batches", .integers(0...Int.max), standard: 0)
}
