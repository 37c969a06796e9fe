import Foundation

/// The runs of one training after some of their epochs: enough to go on with the same bits.
///
/// Streams of random numbers are named by seed, purpose, epoch and pass, and have no state of their own.
public struct Checkpoint: Codable, Sendable {
  /// The identifiers of the runs, in their order.
  let runs: [String]
  let numerics: Int
  let epoch, step: Int
  let model, optimizer: StoredSnapshot
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

  /// Why this is not a checkpoint of a training, or `nil`: of so many runs with so many batches in an epoch, so many epochs in all, so
  /// many images held out, and so many that each is tested on.
  func flaw(of own: Int, batches: Int, epochs: Int, heldOut: Int, tested: [Int]) -> String? {
    guard courses.count == own else { return "\(courses.count) courses of \(own) runs" }
    guard (1..<epochs).contains(epoch), step == epoch * batches else {
      return "step \(step) at the end of epoch \(epoch)"
    }
    // What is counted on from is no more than any training has.
    let counts = [recent.samples, recent.correct, recent.steps, time.shared.samples, time.any.samples]
    guard counts.allSatisfy({ (0..<1 << 50).contains($0) }) else { return "counts such as \(counts.max() ?? 0)" }
    let seconds = [time.elapsed, time.shared.seconds, time.any.seconds]
    guard seconds.allSatisfy({ (0..<1e12).contains($0) }) else { return "times such as \(seconds.max() ?? 0) s" }
    for (course, images) in zip(courses, tested) {
      if course.isDiverged && course.observations.isEmpty { return "a run that diverged before it was evaluated" }
      for observation in course.observations {
        guard (1...step).contains(observation.step), (1...epoch).contains(observation.epoch) else {
          return "an evaluation at step \(observation.step)"
        }
        guard observation.test?.has(images) ?? true, observation.validation?.has(heldOut) ?? true else {
          return "an evaluation of \(observation.test?.count ?? 0) images"
        }
      }
    }
    return nil
  }
}
