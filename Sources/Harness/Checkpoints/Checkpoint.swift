import Foundation

/// The runs of one training after some of their epochs: enough to go on with the same bits.
///
/// Streams of random numbers are named by seed, purpose, epoch and pass, and have no state of their own.
public struct Checkpoint: Codable, Sendable {
  /// The identifiers of the runs, in their order.
  let runs: [String]
  let numerics: Int
  let epoch, step: Int
  var model, optimizer: StoredSnapshot
  /// What the steps since the last evaluation came to.
  let recent: TrainingStep
  let firstLoss: Double
  let time: Stopwatch.Reading
  let courses: [StoredCourse]

  /// What was observed of one run.
  struct StoredCourse: Codable {
    let observations: [StoredObservation]
    let isDiverged: Bool
  }

  /// An ``Observation`` with the outcomes as bits.
  struct StoredObservation: Codable {
    let step, epoch: Int
    let trainLoss, trainAccuracy, gradientNorm, elapsedSeconds: Double
    let validation, test: StoredEvaluation?

    init(_ observation: Observation) {
      (step, epoch) = (observation.step, observation.epoch)
      (trainLoss, trainAccuracy) = (observation.trainLoss, observation.trainAccuracy)
      (gradientNorm, elapsedSeconds) = (observation.gradientNorm, observation.elapsedSeconds)
      validation = observation.validation.map(StoredEvaluation.init)
      test = observation.test.map(StoredEvaluation.init)
    }

    var isFinite: Bool { [validation, test].allSatisfy { $0?.loss.isFinite ?? true } }

    var observation: Observation {
      Observation(
        step: step, epoch: epoch, trainLoss: trainLoss, trainAccuracy: trainAccuracy, gradientNorm: gradientNorm,
        validation: validation?.evaluation, test: test?.evaluation, elapsedSeconds: elapsedSeconds)
    }
  }

  /// An ``Evaluation`` with a bit for each image.
  struct StoredEvaluation: Codable {
    let loss: Double
    let count: Int
    let bits: Data

    init(_ evaluation: Evaluation) {
      (loss, count) = (evaluation.loss, evaluation.correct.count)
      var bits = Data(repeating: 0, count: (count + 7) / 8)
      for (image, isCorrect) in evaluation.correct.enumerated() where isCorrect {
        bits[image / 8] |= 1 << UInt8(image % 8)
      }
      self.bits = bits
    }

    /// - Precondition: there are as many bits as images.
    var evaluation: Evaluation {
      Evaluation(loss: loss, correct: (0..<count).map { bits[$0 / 8] & 1 << UInt8($0 % 8) != 0 })
    }

    func has(_ images: Int) -> Bool { count == images && bits.count == (images + 7) / 8 }
  }

  /// Whether it is of just these runs, with the numbers of this version.
  func isOf(_ group: TrainingGroup) -> Bool {
    numerics == Harness.numerics && runs == group.runs.map(\.identifier)
  }

  /// Why this is not a checkpoint of a training, or `nil`: of so many runs, which are evaluated after some steps, with so many images
  /// held out, and so many that each is tested on.
  func flaw(of own: Int, evaluatedAfter steps: EvaluationSteps, heldOut: Int, tested: [Int]) -> String? {
    guard courses.count == own else { return "\(courses.count) courses of \(own) runs" }
    guard (1..<steps.epochs).contains(epoch), step == epoch * steps.batches else {
      return "step \(step) at the end of epoch \(epoch)"
    }
    // What is counted on from is no more than any training has.
    let counts = [recent.samples, recent.correct, recent.steps, time.shared.samples, time.any.samples]
    guard counts.allSatisfy({ (0..<1 << 50).contains($0) }) else { return "counts such as \(counts.max() ?? 0)" }
    let seconds = [time.elapsed, time.shared.seconds, time.any.seconds]
    guard seconds.allSatisfy({ (0..<1e12).contains($0) }) else { return "times such as \(seconds.max() ?? 0) s" }
    let due = steps.upTo(step)
    guard recent.steps == step - (due.last ?? 0) else { return "\(recent.steps) steps since the last evaluation" }
    guard courses.contains(where: { !$0.isDiverged }) else { return "no run that goes on" }
    for (course, images) in zip(courses, tested) {
      let observations = course.observations
      guard observations.map(\.step) == (course.isDiverged ? Array(due.prefix(observations.count)) : due),
        observations.allSatisfy({ $0.epoch == steps.epoch(of: $0.step) })
      else { return "\(observations.count) evaluations, where \(due.count) are due" }
      for observation in observations {
        guard observation.test?.has(images) ?? false, observation.validation?.has(heldOut) ?? (heldOut == 0) else {
          return "an evaluation of \(observation.test?.count ?? 0) images"
        }
      }
      // It has no evaluation after that.
      guard observations.dropLast().allSatisfy(\.isFinite), observations.last?.isFinite ?? true != course.isDiverged
      else {
        return "a run that diverged where it did not, or did not where it did"
      }
    }
    return nil
  }
}
