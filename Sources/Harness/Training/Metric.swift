/// A number that is measured, declared once: its column, what it is, and how it follows from what was observed.
///
/// The next one is a declaration like these and a word in `all`.
public struct Metric<Observed: Sendable>: Sendable {
  public let column: String
  /// What it is, in a few words, with its unit.
  public let help: String
  let isWhole: Bool
  /// Whether the files have its column only once a run has such a number: a column that nothing fills has no type.
  let isOptional: Bool
  /// Whether it is of the clock, and another one each time.
  let isTime: Bool
  /// NaN where there is no such number.
  let measure: @Sendable (Observed) -> Double

  init(
    _ column: String, _ help: String, isWhole: Bool = false, isOptional: Bool = false, isTime: Bool = false,
    _ measure: @escaping @Sendable (Observed) -> Double
  ) {
    self.column = column
    self.help = help
    self.isWhole = isWhole
    self.isOptional = isOptional
    self.isTime = isTime
    self.measure = measure
  }
}

/// What is known at an evaluation in the course of a run.
public struct Observation: Sendable {
  let step: Int
  /// Counted from 1, as the epoch that the step belongs to.
  let epoch: Int
  /// Of the steps since the last evaluation, as they were trained on.
  let trainLoss, trainAccuracy, gradientNorm: Double
  let validation, test: Evaluation?
  let elapsedSeconds: Double
}

extension Metric where Observed == Observation {
  /// The columns of `curves.csv`.
  public static let all = [
    step, epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy, testLoss, testAccuracy, gradientNorm,
    elapsedSeconds,
  ]

  public static let step = Metric("step", "steps trained so far", isWhole: true) { Double($0.step) }
  public static let epoch = Metric("epoch", "the epoch that the step belongs to, from 1", isWhole: true) {
    Double($0.epoch)
  }
  public static let trainLoss = Metric(
    "train_loss",
    "mean loss, in nats, of the batches since the last evaluation, as they were trained on, with the term of --l2"
  ) { $0.trainLoss }
  public static let trainAccuracy = Metric("train_accuracy", "share of their images that was right") {
    $0.trainAccuracy
  }
  public static let validationLoss = Metric("validation_loss", "mean loss on the images held out", isOptional: true) {
    $0.validation?.loss ?? .nan
  }
  public static let validationAccuracy = Metric(
    "validation_accuracy", "share of the images held out that was right", isOptional: true
  ) {
    $0.validation?.accuracy ?? .nan
  }
  public static let testLoss = Metric("test_loss", "mean loss on the test images") { $0.test?.loss ?? .nan }
  public static let testAccuracy = Metric("test_accuracy", "share of the test images that was right") {
    $0.test?.accuracy ?? .nan
  }
  public static let gradientNorm = Metric(
    "gradient_norm", "norm of the gradient before clipping, mean over the steps since the last evaluation"
  ) { $0.gradientNorm }
  public static let elapsedSeconds = Metric("elapsed_seconds", "since the run began", isTime: true) {
    $0.elapsedSeconds
  }
}

/// What is known at the end of a run.
public struct Course: Sendable {
  /// At least one.
  let observations: [Observation]
  let isDiverged: Bool
  let stepsPerEpoch: Int
  /// Those of the configuration; a run that diverged did not come to them.
  let epochs: Int
  /// Of the first batch, before any step.
  var firstLoss = Double.nan
  /// The accuracy of naming the largest class of the images tested on.
  let guessAccuracy: Double
  let parameters: Int
  let seconds, samplesPerSecond: Double

  var last: Observation { observations[observations.count - 1] }

  /// The first observation of the highest validation accuracy.
  fileprivate var selected: Observation? {
    let measured = observations.filter { $0.validation != nil }
    let best = measured.compactMap { $0.validation?.accuracy }.max()
    return measured.first { $0.validation?.accuracy == best }
  }

  fileprivate func epochs(to observation: Observation) -> Double {
    Double(observation.step) / Double(stepsPerEpoch)
  }

  fileprivate var firstAtNinety: Observation? { observations.first { ($0.test?.accuracy ?? 0) >= 0.9 } }
}

extension Metric where Observed == Course {
  /// The columns of `runs.csv` that are measured.
  public static let all = [
    steps, trainLoss, trainAccuracy, validationLoss, validationAccuracy, testLoss, testAccuracy, guessAccuracy,
    bestValidationAccuracy, bestEpoch, testAccuracyAtBest, epochsToNinety, reachedNinety, parameters, seconds,
    samplesPerSecond, firstLoss,
  ]

  public static let steps = Metric("steps", "steps trained", isWhole: true) { Double($0.last.step) }
  public static let trainLoss = Metric("train_loss", "as in the last row of curves.csv") { $0.last.trainLoss }
  public static let trainAccuracy = Metric("train_accuracy", "likewise") { $0.last.trainAccuracy }
  public static let validationLoss = Metric(
    "validation_loss", "likewise; empty unless images are held out", isOptional: true
  ) {
    $0.last.validation?.loss ?? .nan
  }
  public static let validationAccuracy = Metric(
    "validation_accuracy", "likewise; empty unless images are held out", isOptional: true
  ) {
    $0.last.validation?.accuracy ?? .nan
  }
  public static let testLoss = Metric("test_loss", "likewise") { $0.last.test?.loss ?? .nan }
  public static let testAccuracy = Metric("test_accuracy", "likewise") { $0.last.test?.accuracy ?? .nan }
  public static let guessAccuracy = Metric(
    "guess_accuracy", "share of the largest class of the test images: what guessing comes to"
  ) { $0.guessAccuracy }
  public static let bestValidationAccuracy = Metric(
    "best_validation_accuracy", "highest validation accuracy of the run; empty unless images are held out",
    isOptional: true
  ) { $0.selected?.validation?.accuracy ?? .nan }
  public static let bestEpoch = Metric("best_epoch", "when that was, in epochs", isOptional: true) { course in
    course.selected.map(course.epochs(to:)) ?? .nan
  }
  public static let testAccuracyAtBest = Metric(
    "test_accuracy_at_best", "test accuracy at that moment", isOptional: true
  ) {
    $0.selected?.test?.accuracy ?? .nan
  }
  public static let epochsToNinety = Metric(
    "epochs_to_90", "epochs until the test accuracy was first 90 %; all of the run's where it never was"
  ) { course in course.firstAtNinety.map(course.epochs(to:)) ?? Double(course.epochs) }
  public static let reachedNinety = Metric("reached_90", "1 if it came to 90 %, 0 if not", isWhole: true) {
    $0.firstAtNinety == nil ? 0 : 1
  }
  public static let parameters = Metric("parameters", "numbers that were learned", isWhole: true) {
    Double($0.parameters)
  }
  public static let seconds = Metric("seconds", "from the first step to the last evaluation", isTime: true) {
    $0.seconds
  }
  public static let firstLoss = Metric(
    "first_loss", "mean loss, in nats, of the first batch before any step, with the term of --l2"
  ) { $0.firstLoss }
  public static let samplesPerSecond = Metric(
    "samples_per_second", "training samples over the time of their steps, on the threads that each run of the grid has",
    isWhole: true, isTime: true
  ) { $0.samplesPerSecond }
}
