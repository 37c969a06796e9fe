import Layers
import Tensors

/// A group of runs in the middle of its training.
struct GroupTraining<Model: Classifier<Float>> {
  private let runs: [Training]
  private let evaluations: EvaluationSteps
  private let examiner: Examiner
  /// The sizes of an epoch's batches.
  private let sizes: [Int]
  private let processor: Processor

  private var trainer: Trainer<Model>
  private var stopwatch: Stopwatch
  private var courses: [CourseSoFar]
  private var (epochsDone, step) = (0, 0)
  /// Those that a checkpoint had.
  private var stepsBefore = 0
  /// The steps since the last evaluation.
  private var recent = TrainingStep()
  private var firstLoss = Double.nan

  /// What one run has come to so far.
  private struct CourseSoFar {
    var observations: [Observation] = []
    var isDiverged = false
    var recorder: Recorder?

    mutating func look(at trainer: Trainer<some Classifier<Float>>, step: Int) throws {
      guard !isDiverged else { return }
      try recorder?.look(at: trainer.model, step: step, rate: trainer.rate(ofStep: max(step - 1, 0)))
    }
  }

  /// - Precondition: the runs are one training; see ``TrainingGroup``.
  init(
    _ runs: [Training], of model: Model, on processor: Processor, share: Int?, recording: (Training) -> [Recording]
  ) {
    (self.runs, self.processor) = (runs, processor)
    let training = runs[0]
    examiner = training.examiner(on: processor)
    sizes = training.batchSizes(of: examiner.samples.count)
    evaluations = EvaluationSteps(
      epochs: training.configuration[.epochs], batches: sizes.count, interval: training.configuration[.evaluateEvery])
    trainer = training.trainer(of: model, steps: evaluations.last, on: processor)
    stopwatch = Stopwatch(share: share)
    courses = runs.map { CourseSoFar(recorder: $0.recorder(of: recording($0), on: processor)) }
  }

  /// Goes on from a checkpoint.
  ///
  /// - Returns: what is wrong with it, and then nothing is changed; otherwise `nil`.
  mutating func resume(from checkpoint: Checkpoint) -> String? {
    let flaw = checkpoint.flaw(
      of: runs.count, evaluatedAfter: evaluations, heldOut: examiner.heldOut.count,
      tested: runs.map { examiner.count(in: $0.examination) })
    if let flaw { return flaw }
    do throws(SnapshotError) {
      try trainer.restore(checkpoint.model.snapshot, checkpoint.optimizer.snapshot)
    } catch { return error.description }
    for (place, course) in checkpoint.courses.enumerated() {
      courses[place].observations = course.observations.map(\.observation)
      courses[place].isDiverged = course.isDiverged
    }
    stopwatch.resume(from: checkpoint.time)
    (epochsDone, step, stepsBefore) = (checkpoint.epoch, checkpoint.step, checkpoint.step)
    (recent, firstLoss) = (checkpoint.recent, checkpoint.firstLoss)
    return nil
  }

  /// No checkpoint has more bytes: several times the numbers of the model, what every evaluation came to, and room for statistics
  /// of time steps, which a model that is not trained yet does not have.
  var largestCheckpoint: Int {
    let tensors = trainer.snapshots.model.tensors.values
    let numbers = tensors.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.size
    let images = runs.map { examiner.count(in: $0.examination) + examiner.heldOut.count }.reduce(0, +)
    return (1 << 28) + 16 * numbers + evaluations.most * (images / 8 + 2_000 * runs.count)
  }

  /// What it takes to go on from here, at the end of an epoch; what was recorded of the inside is not part of it.
  private var checkpoint: Checkpoint {
    let (model, optimizer) = trainer.snapshots
    return Checkpoint(
      runs: runs.map(\.identifier), numerics: numerics, epoch: epochsDone, step: step, model: StoredSnapshot(model),
      optimizer: StoredSnapshot(optimizer), recent: recent, firstLoss: firstLoss, time: stopwatch.reading,
      courses: courses.map { course in
        Checkpoint.StoredCourse(
          observations: course.observations.map(Checkpoint.StoredObservation.init), isDiverged: course.isDiverged)
      })
  }

  /// The bytes of memory that training and testing take beside the data, by one step and one batch of each test, and a checkpoint.
  mutating func measureMemory() throws -> Int {
    _ = try trainer.step(examiner.samples.prefix(sizes.max() ?? 0), number: 0)
    try examiner.examineOneBatch(trainer.model, by: runs.map(\.examination))
    // The model as it is made is still there when that of a checkpoint is read.
    return processor.allocated.bytes + trainer.model.parameterCount * MemoryLayout<Float>.size
  }

  /// Trains the epochs that are left.
  ///
  /// - Parameters:
  ///   - report: called after each step; training stops when it returns `false`.
  ///   - atEpochEnd: called after each epoch but the last, with what makes a checkpoint; training stops if it throws.
  /// - Throws: `HarnessError.interrupted` if `report` says so, and what `atEpochEnd` throws.
  mutating func train(
    report: (Training.Progress) -> Bool, atEpochEnd: (_ checkpoint: () -> Checkpoint) throws -> Void
  ) throws {
    if epochsDone == 0 { try look() }
    while epochsDone < epochs && !isOver {
      try trainEpoch(report)
      epochsDone += 1
      guard epochsDone < epochs && !isOver else { continue }
      // The closure needs the rest of what this is.
      var watch = stopwatch
      try watch.pause { try atEpochEnd { checkpoint } }
      stopwatch = watch
    }
  }

  private var isOver: Bool { courses.allSatisfy(\.isDiverged) }

  private mutating func trainEpoch(_ report: (Training.Progress) -> Bool) throws {
    let epoch = epochsDone + 1
    var stream = RandomStream(seed: runs[0].configuration[.seed], purpose: "batches", epoch: epoch)
    var rest = stream.permutation(of: examiner.samples.count).map { examiner.samples[$0] }[...]
    for size in sizes {
      let batch = rest.prefix(size)
      rest = rest.dropFirst(size)
      var watch = stopwatch
      let taken = try watch.time(batch.count, on: processor) { try trainer.step(batch, number: step) }
      stopwatch = watch
      if step == 0 { firstLoss = taken.loss / Double(taken.samples) }
      step += 1
      recent += taken
      let isDue = evaluations.contain(step)
      if isDue || !taken.isFinite { try observe(isFinite: taken.isFinite, epoch: epoch) }
      if isDue { try look() }
      guard report(progress(in: epoch)) else { throw HarnessError.interrupted }
      if isOver { return }
      if isDue { recent = TrainingStep() }
    }
  }

  private var epochs: Int { evaluations.epochs }
  private var steps: Int { evaluations.last }

  private mutating func observe(isFinite: Bool, epoch: Int) throws {
    let open = runs.indices.filter { !courses[$0].isDiverged }
    let results = isFinite ? try examiner.examine(trainer.model, by: open.map { runs[$0].examination }) : []
    for (place, run) in open.enumerated() {
      let result = isFinite ? results[place] : nil
      courses[run].isDiverged =
        !isFinite || [result?.validation, result?.test].contains { $0.map { !$0.loss.isFinite } ?? false }
      courses[run].observations.append(
        Observation(
          step: step, epoch: epoch, trainLoss: recent.loss / Double(recent.samples),
          trainAccuracy: Double(recent.correct) / Double(recent.samples),
          gradientNorm: recent.gradientNorm / Double(recent.steps), validation: result?.validation,
          test: result?.test, elapsedSeconds: stopwatch.elapsed))
    }
  }

  /// Records the inside, whose time is none of the run's.
  private mutating func look() throws {
    // The closure needs the rest of what this is.
    var watch = stopwatch
    try watch.pause { for run in runs.indices { try courses[run].look(at: trainer, step: step) } }
    stopwatch = watch
  }

  private func progress(in epoch: Int) -> Training.Progress {
    Training.Progress(
      epoch: epoch, fraction: Double(step) / Double(steps), fractionBefore: Double(stepsBefore) / Double(steps),
      trainLoss: recent.loss / Double(recent.samples),
      testAccuracy: courses[0].observations.last?.test?.accuracy ?? .nan,
      samplesPerSecond: stopwatch.samplesPerSecond,
      secondsLeft: stopwatch.elapsed * (Double(steps) / Double(step) - 1))
  }

  /// What each run came to.
  var results: [RunResult] {
    let (parameters, rate) = (trainer.model.parameterCount, stopwatch.samplesPerSecond.rounded())
    return zip(runs, courses).map { run, course in
      RunResult(
        run,
        Course(
          observations: course.observations, isDiverged: course.isDiverged, stepsPerEpoch: sizes.count,
          epochs: epochs, firstLoss: firstLoss, guessAccuracy: examiner.guessAccuracy(in: run.examination),
          parameters: parameters, seconds: course.observations.last?.elapsedSeconds ?? 0, samplesPerSecond: rate),
        course.recorder?.recorded ?? [:])
    }
  }
}
