import Foundation
import Layers
import Norms
import Tensors
import Testing

@testable import Harness

/// What becomes of a run, by a model that does what the test says.
@Suite struct CourseTests {
  private typealias Script = ScriptedModel.Script

  @Test(
    "An infinite gradient is a divergence, after which nothing is trained", arguments: [Float.infinity, .nan], [0, 1.0])
  func infiniteGradient(gradient: Float, clip: Double) throws {
    let seen = Seen<Int>()
    let result = try scriptedRun(
      Script(
        gradient: { $0 == 3 ? gradient : 1 },
        look: { passes, mode, _ throws(ModelError) in if mode == .training { seen.append(passes) } })
    ) { $0[.clip] = clip }
    // One pass tries it out.
    #expect(seen.all.dropFirst(seen.all.count - 3) == [1, 2, 3])
    #expect(result.record.status == .diverged && result.record[.steps] == 3 && result.outcomes == nil)
    #expect(result.curve.count == 1 && result.curve[0][.gradientNorm].isNaN != (gradient == .infinity))
    #expect(result.curve[0].field("gradient_norm").isEmpty && result.record[.testAccuracy].isNaN)
  }

  @Test("A loss that is infinite or no number is a divergence", arguments: [Float.infinity, .nan])
  func infiniteLoss(logit: Float) throws {
    let result = try scriptedRun(Script(answer: { passes, _ in (0, passes == 6 ? logit : 1) }))
    #expect(result.record.status == .diverged && result.record[.steps] == 6 && result.outcomes == nil)
    #expect(result.curve.map { $0[.step] } == [4, 6] && result.curve.map { $0[.epoch] } == [1, 2])
    // What was finite before it is in the mean of the loss, so that it is none either.
    #expect(!result.record[.trainLoss].isFinite && result.record.field("train_loss").isEmpty)
  }

  @Test("A divergence that only the evaluation sees is one", arguments: [Float.infinity, .nan], [0, 0.25])
  func divergedEvaluation(logit: Float, validation: Double) throws {
    let result = try scriptedRun(
      Script(answer: { passes, mode in (0, mode == .inference && passes >= 4 ? logit : 1) })
    ) { ($0[.validation], $0[.batchSize]) = (validation, 5) }
    #expect(result.record.status == .diverged && result.outcomes == nil)
    #expect(result.record[.steps] == (validation == 0 ? 8 : 6) && result.curve.count == 1)
    #expect(result.record.countedAccuracy == 0.95 && !result.record[.testLoss].isFinite)
  }

  @Test("A run that ends no better than guessing has collapsed, one image more and it has not")
  func collapsed() throws {
    // Of 100 images, 95 are of class 1: chance has 99 right, or all, in less than 4 % of cases, but not in less than 1 %.
    #expect(Binomial.leastCountAbove(chance: 0.95, trials: 100) == 100)
    #expect(try scriptedRun(Script(answer: { _, _ in (1, 1) })).record.status == .collapsed)
    #expect(try scriptedRun(Script(answer: { _, _ in (0, 1) })).record.status == .collapsed)
    for (right, status) in [(50, RunStatus.collapsed), (51, .finished)] {
      // Ten classes would need 51 of 360; the labels here make as much of it with two.
      let correct = (0..<360).map { $0 < right }
      let course = Course(
        observations: [
          Observation(
            step: 1, epoch: 1, trainLoss: 1, trainAccuracy: 1, gradientNorm: 1, validation: nil,
            test: Evaluation(loss: 1, correct: correct), elapsedSeconds: 1)
        ], isDiverged: false, stepsPerEpoch: 1, epochs: 1, guessAccuracy: 0.1, parameters: 1, seconds: 1,
        samplesPerSecond: 1)
      #expect(RunResult(try Training(.made(), on: digits.get()), course).record.status == status)
    }
  }

  @Test("Where all test images are of one class, nothing is better than guessing")
  func oneClass() throws {
    let dataset = Dataset.made([20, 20], test: [1, 1, 1], name: "numbered")
    let result = try scriptedRun(Script(answer: { _, _ in (1, 1) }), on: dataset)
    #expect(result.record.status == .collapsed && result.record[.testAccuracy] == 1)
  }

  @Test("An evaluation comes after every epoch, or after as many steps as are asked for, and at the end")
  func evaluateEvery() throws {
    func steps(_ every: Int) throws -> [Double] {
      try scriptedRun(Script()) { ($0[.evaluateEvery], $0[.epochs]) = (every, 3) }.curve.map { $0[.step] }
    }
    #expect(try steps(0) == [4, 8, 12])
    #expect(try steps(5) == [5, 10, 12])
    #expect(try steps(6) == [6, 12])
    #expect(try steps(100) == [12])
    let curve = try scriptedRun(Script()) { ($0[.evaluateEvery], $0[.epochs]) = (3, 2) }.curve
    #expect(curve.map { $0[.step] } == [3, 6, 8] && curve.map { $0[.epoch] } == [1, 2, 2])
  }

  @Test("What is observed of the training is over the steps since the last evaluation, by their samples")
  func sinceLast() throws {
    let result = try scriptedRun(
      Script(answer: { passes, _ in (passes <= 4 ? 0 : 1, 1) }, gradient: { Float($0) })
    ) { $0[.batchSize] = 16 }
    // Steps of 16, 16 and 8 samples in each of two epochs: the fourth is the first of the second.
    #expect(result.curve.map { $0[.gradientNorm] } == [2, 5] && result.curve.map { $0[.step] } == [3, 6])
    #expect(result.curve[0][.trainAccuracy] == 0.5 && result.record[.trainAccuracy] == result.curve[1][.trainAccuracy])
    let (right, wrong) = (log1p(exp(1.0)) - 1, log1p(exp(1.0)))
    #expect(abs(result.curve[0][.trainLoss] - (right + wrong) / 2) < 1e-6)
    #expect(result.curve.map { $0[.testAccuracy] } == [0.05, 0.95])
    #expect(result.record[.epochsToNinety] == 2 && result.record[.reachedNinety] == 1)
  }

  @Test("The first evaluation above 90 % counts, in parts of an epoch")
  func ninety() throws {
    let result = try scriptedRun(Script(answer: { passes, _ in ([6, 7, 11, 12].contains(passes) ? 1 : 0, 1) })) {
      ($0[.evaluateEvery], $0[.epochs]) = (2, 3)
    }
    #expect(result.record[.epochsToNinety] == 1.5 && result.record[.reachedNinety] == 1)
    let never = try scriptedRun(Script()) { ($0[.evaluateEvery], $0[.epochs]) = (2, 3) }
    #expect(never.record[.epochsToNinety] == 3 && never.record[.reachedNinety] == 0)
  }

  @Test("A last batch is kept or dropped; every epoch has an order of its own, and every image once")
  func batches() throws {
    for (lastBatch, sizes) in [(LastBatch.keep, [16, 16, 8]), (.drop, [16, 16])] {
      let (batches, result) = try trained { ($0[.batchSize], $0[.lastBatch]) = (16, lastBatch) }
      #expect(batches.map(\.count) == sizes + sizes && result.record[.steps] == Double(2 * sizes.count))
      let epochs = [batches.prefix(sizes.count), batches.suffix(sizes.count)].map { Array($0.joined()) }
      for epoch in epochs { #expect(Set(epoch).count == sizes.reduce(0, +)) }
      #expect(epochs[0] != epochs[1] && epochs[0] != epochs[0].sorted())
    }
    let whole = try trained { ($0[.batchSize], $0[.lastBatch]) = (20, .drop) }.batches
    #expect(whole.map(\.count) == [20, 20, 20, 20] && whole[0] != whole[2])
  }

  @Test("The seed draws the batches, the normalizer does not")
  func seeds() throws {
    let base = try trained { $0[.seed] = 1 }.batches
    #expect(try trained { $0[.seed] = 1 }.batches == base)
    #expect(try trained { ($0[.seed], $0[.norm]) = (1, "layer") }.batches == base)
    #expect(try trained { $0[.seed] = 2 }.batches != base)
  }

  @Test("What is held out is not trained on, is the same for every normalizer, and is what is evaluated")
  func validation() throws {
    let data = Dataset.numbered()
    let held = data.partition(limit: 0, validation: 0.25, seed: 3).validation
    for norm in ["none", "layer", "batch"] {
      let (batches, result) = try trained { ($0[.validation], $0[.seed], $0[.norm]) = (0.25, 3, norm) }
      #expect(Set(batches.joined()) == Set(0..<40).subtracting(held) && held.count == 10)
      #expect(result.record[.validationAccuracy] == 0.5)
    }
    let limited = try trained { ($0[.trainLimit], $0[.validation]) = (20, 0.25) }.batches
    #expect(Set(limited.joined()).count == 15)
    #expect(
      try scriptedRun(Script()) { $0[.validation] = 0.25 }.record[.bestValidationAccuracy] == 0.5)
  }

  /// The training images of each batch, in their order.
  private func trained(
    _ change: (inout RunConfiguration) -> Void
  ) throws -> (batches: [[Int]], result: RunResult) {
    let (seen, evaluated) = (Seen<[Float]>(), Seen<[Float]>())
    let data = Dataset.numbered()
    let model = ModelRecipe.scripted(
      Script(look: { _, mode, input throws(ModelError) in
        let first = input.scalars.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
        (mode == .training ? seen : evaluated).append(first)
      }))
    var run = RunConfiguration.scripted(model)
    change(&run)
    let training = try Training(run, on: data, in: Catalogue(models: [model]))
    seen.clear()
    let result = try training.run(on: .serial)
    let values = data.batch(0..<40, of: data.train, on: .serial).scalars.enumerated().filter { $0.offset % 4 == 0 }
    let index = Dictionary(uniqueKeysWithValues: values.map(\.element).enumerated().map { ($1, $0) })
    if run[.validation] > 0 {
      let held = data.partition(limit: run[.trainLimit], validation: run[.validation], seed: run[.seed]).validation
      #expect(evaluated.all[0].map { index[$0] } == held)
    }
    return (seen.all.map { $0.compactMap { index[$0] } }, result)
  }

  @Test("Progress is of the whole run")
  func progress() throws {
    let model = ModelRecipe.scripted()
    let training = try Training(.scripted(model), on: .numbered(), in: Catalogue(models: [model]))
    var seen: [Training.Progress] = []
    _ = try training.run(on: .serial) {
      seen.append($0)
      return true
    }
    #expect(seen.map(\.fraction) == (1...8).map { Double($0) / 8 } && seen.map(\.epoch) == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(seen.map(\.testAccuracy.isNaN) == [true, true, true] + [Bool](repeating: false, count: 5))
    #expect(seen[7].secondsLeft == 0 && seen[0].secondsLeft > 0 && seen.allSatisfy { $0.samplesPerSecond > 0 })
  }
}
