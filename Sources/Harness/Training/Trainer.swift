import Layers
import Norms
import Tensors

/// A model in training.
struct Trainer<Model: Classifier<Float>> {
  private(set) var model: Model
  private var optimizer: Optimizer<Float>
  private let rule: Rule
  private let input: (Tensor<Float>) -> Tensor<Float>
  private let dataset: Dataset
  /// What pixels become.
  private let levels: Levels
  private let processor: Processor

  /// What a step follows, read once from the configuration.
  private struct Rule {
    let rate: Double
    let schedule: Schedule
    let warmUp, steps: Int
    let clip, smoothing, l2: Double
  }

  /// A trainer that will take so many steps.
  init(
    _ model: Model, _ run: RunConfiguration, recipe: ModelRecipe, on dataset: Dataset, steps: Int, processor: Processor
  ) {
    self.model = model
    optimizer = Optimizer(
      run[.optimizer], learningRate: run[.learningRate], momentum: run[.momentum], weightDecay: run[.weightDecay],
      decaysAll: run[.weightDecayOf] == .all)
    rule = Rule(
      rate: run[.learningRate], schedule: run[.schedule], warmUp: run[.warmUp], steps: steps, clip: run[.clip],
      smoothing: run[.labelSmoothing], l2: run[.l2])
    levels = dataset.levels(paint: run[.paint])
    input = { recipe.input($0, run) }
    self.dataset = dataset
    self.processor = processor
  }

  /// Trains on some of the training images, as step `number` from 0.
  ///
  /// Where loss or gradient is not finite, no step is taken.
  mutating func step(_ indices: ArraySlice<Int>, number: Int) throws -> TrainingStep {
    let images = input(dataset.batch(indices, of: dataset.train, levels: levels, on: processor))
    let (logits, cache) = try model.forward(images, mode: .training)
    let objective = SoftmaxCrossEntropy(
      logits: logits, labels: indices.map { dataset.train.labels[$0] }, smoothing: rule.smoothing)
    model.clearGradients()
    model.backward(objective.gradient, cache: cache)
    let penalty = rule.l2 > 0 ? model.regularize(by: rule.l2) : 0
    let norm = rule.clip > 0 ? model.clipGradients(toNorm: rule.clip) : model.gradientNorm
    let step = TrainingStep(
      loss: objective.sum + penalty * Double(indices.count), correct: objective.correct,
      samples: indices.count, gradientNorm: norm, steps: 1)
    guard step.isFinite else { return step }
    optimizer.learningRate = rate(ofStep: number)
    optimizer.step(&model)
    return step
  }

  /// The state of the model, and what the optimizer remembers.
  var snapshots: (model: Snapshot<Float>, optimizer: Snapshot<Float>) { (model.snapshot(), optimizer.snapshot()) }

  /// Takes over a state and a memory; what does not fit changes nothing.
  mutating func restore(_ state: Snapshot<Float>, _ memory: Snapshot<Float>) throws(SnapshotError) {
    var optimizer = optimizer
    try optimizer.restore(memory, for: model)
    try model.restore(state)
    self.optimizer = optimizer
  }

  /// The learning rate of a step, counted from 0.
  func rate(ofStep number: Int) -> Double {
    rule.rate * rule.schedule.factor(step: number, of: rule.steps, warmUp: rule.warmUp)
  }
}

/// What became of the samples of a step, or of several.
struct TrainingStep: Codable {
  var loss = 0.0
  var correct = 0
  var samples = 0
  /// The sum of the steps' gradient norms, before clipping.
  var gradientNorm = 0.0
  var steps = 0

  var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }

  static func += (sum: inout TrainingStep, step: TrainingStep) {
    sum.loss += step.loss
    sum.correct += step.correct
    sum.samples += step.samples
    sum.gradientNorm += step.gradientNorm
    sum.steps += step.steps
  }
}

// MARK: - Settings

/// What weight decay shrinks.
public enum WeightDecayTarget: String, SettingValue, CaseIterable {
  /// Weights alone, without γ, β and biases.
  case weights
  /// The word `all` of the command line means all values of a setting.
  case all = "everything"
}

/// What becomes of a last batch that is smaller than the others.
public enum LastBatch: String, SettingValue, CaseIterable {
  case keep, drop
}

extension OptimizerKind: SettingValue {}

extension Setting where Value == OptimizerKind {
  public static let optimizer = Setting("optimizer", "how gradients become steps", standard: .sgd)
}

extension Setting where Value == WeightDecayTarget {
  public static let weightDecayOf = Setting(
    "weight-decay-of", "what decays: weights alone, or γ, β and biases, too", standard: .weights,
    applies: { run, _ in run[.weightDecay] > 0 })
}

extension Setting where Value == LastBatch {
  public static let lastBatch = Setting(
    "last-batch", "what becomes of a last batch that is smaller than the others", standard: .keep)
}

extension Setting where Value == Double {
  public static let learningRate = Setting(
    "learning-rate", "step size", .numbers(.positive), standard: 0.001, absent: 0, tuned: 0.01...30)
  public static let momentum = Setting(
    "momentum", "weight of earlier gradients: momentum of sgd, β₁ of adam", .numbers(.share), standard: 0.9)
  public static let weightDecay = Setting(
    "weight-decay", "decoupled weight decay: the share of a weight lost at each step is this times the rate",
    .numbers(.notNegative), standard: 0)
  public static let l2 = Setting(
    "l2", "λ of L2 regularization: ½·λ·Σw² over the weights is part of the loss that is trained on",
    .numbers(.notNegative), standard: 0)
  public static let labelSmoothing = Setting(
    "label-smoothing", "share of the target that all classes have alike", .numbers(.share), standard: 0)
  public static let clip = Setting(
    "clip", "largest norm of the gradient; 0 for none", .numbers(.notNegative), standard: 0)
  public static let validation = Setting(
    "validation", "share of the training data held out to select on", .numbers(.share), standard: 0)
}

extension Setting where Value == Int {
  public static let epochs = Setting(
    "epochs", "passes over the training data", .integers(1...100_000), standard: 20, absent: 0)
  public static let batchSize = Setting(
    "batch-size", "samples to a step", .integers(1...1_000_000), standard: 32, absent: 0)
  public static let trainLimit = Setting(
    "train-limit", "images to train on, from all classes alike; 0 for all", .integers(0...Int.max), standard: 0)
  public static let evaluateEvery = Setting(
    "evaluate-every", "steps from one evaluation to the next; 0 for once an epoch", .integers(0...Int.max), standard: 0)
}
