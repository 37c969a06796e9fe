import Testing

@testable import Harness

@Suite struct MetricTests {
  @Test("The epochs to 90 % are those of the first evaluation with that accuracy, not of the last")
  func ninety() {
    let course = course([(0.5, nil), (0.9, nil), (0.8, nil), (0.95, nil)])
    #expect(Metric.epochsToNinety.measure(course) == 1 && Metric.reachedNinety.measure(course) == 1)
  }

  @Test("A run that never comes to 90 % is censored at its budget, also where it stopped before")
  func censored() {
    for isDiverged in [false, true] {
      let course = course([(0.5, nil), (0.899, nil)], isDiverged: isDiverged)
      #expect(Metric.epochsToNinety.measure(course) == 20 && Metric.reachedNinety.measure(course) == 0)
    }
  }

  @Test("What is selected is selected on the validation images, the first of equals")
  func selected() {
    let course = course([(0.99, 0.5), (0.6, 0.8), (0.7, 0.8), (0.98, 0.7)])
    #expect(Metric.bestValidationAccuracy.measure(course) == 0.8)
    #expect(Metric.testAccuracyAtBest.measure(course) == 0.6 && Metric.bestEpoch.measure(course) == 1)
    #expect(Metric.validationAccuracy.measure(course) == 0.7 && Metric.testAccuracy.measure(course) == 0.98)
  }

  @Test("Without validation images nothing is selected")
  func unselected() {
    let course = course([(0.9, nil), (0.5, nil)])
    for metric in [
      Metric.bestValidationAccuracy, .bestEpoch, .testAccuracyAtBest, .validationLoss, .validationAccuracy,
    ] {
      #expect(metric.measure(course).isNaN, "\(metric.column)")
    }
  }

  @Test("What a run ends with is what was observed last")
  func last() {
    let course = course([(0.5, 0.25), (0.75, 0.625)])
    let found = Metric<Course>.all.map { "\($0.column) \(CSV.field($0.measure(course), isWhole: $0.isWhole))" }
    #expect(
      found == [
        "steps 10", "train_loss 2.0", "train_accuracy 0.25", "validation_loss 0.75", "validation_accuracy 0.625",
        "test_loss 0.5", "test_accuracy 0.75", "guess_accuracy 0.1", "best_validation_accuracy 0.625", "best_epoch 1.0",
        "test_accuracy_at_best 0.75", "epochs_to_90 20.0", "reached_90 0", "parameters 7", "seconds 3.0",
        "samples_per_second 99", "first_loss ",
      ])
    let observed = Metric<Observation>.all.map {
      "\($0.column) \(CSV.field($0.measure(course.last), isWhole: $0.isWhole))"
    }
    #expect(
      observed == [
        "step 10", "epoch 1", "train_loss 2.0", "train_accuracy 0.25", "validation_loss 0.75",
        "validation_accuracy 0.625", "test_loss 0.5", "test_accuracy 0.75", "gradient_norm 4.0", "elapsed_seconds 2.5",
      ])
  }

  /// Two evaluations in each epoch of ten steps, with these accuracies on the test and the validation images.
  private func course(_ accuracies: [(test: Double, validation: Double?)], isDiverged: Bool = false) -> Course {
    func evaluation(_ accuracy: Double, loss: Double) -> Evaluation {
      Evaluation(loss: loss, correct: (0..<1000).map { $0 < Int(accuracy * 1000 + 0.5) })
    }
    let observations = accuracies.enumerated().map { index, accuracy in
      Observation(
        step: 5 * (index + 1), epoch: 1 + index / 2, trainLoss: 2, trainAccuracy: 0.25, gradientNorm: 4,
        validation: accuracy.validation.map { evaluation($0, loss: 0.75) }, test: evaluation(accuracy.test, loss: 0.5),
        elapsedSeconds: 2.5)
    }
    return Course(
      observations: observations, isDiverged: isDiverged, stepsPerEpoch: 10, epochs: 20, guessAccuracy: 0.1,
      parameters: 7, seconds: 3, samplesPerSecond: 99)
  }
}
