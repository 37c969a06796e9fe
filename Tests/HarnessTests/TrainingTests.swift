import Foundation
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@testable import Harness

/// Channels normalized over their group alone, at each position: a member that the package does not have.
private struct LocalNorm: Normalizer {
  var reducedAxes: Axes { .channel }
  var state: NormalizerState<Float>
}

@Suite struct TrainingTests {
  @Test("A short training reaches its accuracy", arguments: ["cnn", "rnn"], NormalizerChoice.all.map(\.name))
  func accuracy(model: String, norm: String) throws {
    let run = RunConfiguration.made(Catalogue().model(model)!, norm).with(.epochs, 5)
    let result = try Training(run, on: digits.get()).run(on: .serial)
    let record = result.record
    #expect(record.status == .finished && result.curve.count == 5 && record[.steps] == 5 * 45)
    // Dynamic Tanh is the last to get there: what it does at first is to divide the signal by two.
    let least = model == "rnn" ? 0.86 : norm == "dyt" ? 0.93 : 0.95
    #expect(record[.testAccuracy] > least, "\(record[.testAccuracy])")
    #expect(result.curve[4][.trainLoss] < result.curve[0][.trainLoss])
    #expect(record[.testAccuracy] == result.outcomes?.accuracy && result.outcomes?.count == 360)
    #expect(record[.guessAccuracy] == 37.0 / 360 && record[.parameters] > 1000)
  }

  @Test(
    "A stack of sigmoids learns as it is configured, with and without a normalizer",
    arguments: ["none", "batch", "layer"])
  func perceptron(norm: String) throws {
    let record = try Training(.made(.mlp, norm), on: digits.get()).run(on: .serial).record
    #expect(record[.testAccuracy] > 0.9, "\(record[.testAccuracy])")
    #expect(record.configuration[.width] == 100 && record.configuration[.depth] == 3)
  }

  @Test(
    "Equal runs give equal numbers on any number of threads", arguments: ["cnn", "rnn", "mlp"], ["batch", "group"])
  func threads(model: String, norm: String) throws {
    var run = RunConfiguration.made(Catalogue().model(model)!, norm)
    (run[.epochs], run[.batchSize], run[.validation]) = (2, 100, 0.1)
    let training = try Training(run, on: digits.get())
    func numbers(_ threads: Int) throws -> [String] {
      let result = try training.run(on: Processor(threads: threads))
      let timings = ["seconds", "samples_per_second", "elapsed_seconds"]
      func strip(_ columns: [String], _ field: (String) -> String) -> [String] {
        columns.filter { !timings.contains($0) }.map(field)
      }
      return strip(RunRecord.columns, result.record.field)
        + result.curve.flatMap { strip(CurveRecord.columns, $0.field) } + [result.outcomes?.text ?? ""]
    }
    let expected = try numbers(1)
    #expect(try numbers(2) == expected)
    #expect(try numbers(3) == expected)
  }

  @Test("A normalizer from outside of the package trains like one of its own", arguments: ["cnn", "rnn", "mlp"])
  func userDefined(model: String) throws {
    let local = NormalizerChoice("local", hasGroups: true) {
      LocalNorm(state: NormalizerState(channels: $0.channels, groups: $0.groups))
    }
    let catalogue = Catalogue(normalizers: NormalizerChoice.all + [local])
    var run = RunConfiguration(model: catalogue.model(model)!, norm: local)
    #expect(run[.placement] == (model == "rnn" ? .timeStep : .before))
    (run[.groups], run[.epochs]) = (2, 3)
    let record = try Training(run, on: digits.get(), in: catalogue).run(on: .serial).record
    #expect(record[.testAccuracy] > 0.8 && record.configuration[.groups] == 2)
  }

  @Test("What a normalizer is made with is what the run says")
  func settings() throws {
    let seen = Seen<NormalizerSettings>()
    let spy = NormalizerChoice("spy", hasGroups: true) {
      seen.append($0)
      return BatchNorm(channels: $0.channels, epsilon: $0.epsilon, decay: $0.decay, affine: $0.isAffine)
    }
    let catalogue = Catalogue(normalizers: [spy])
    var run = RunConfiguration(model: .cnn, norm: spy)
    (run[.epsilon], run[.decay], run[.affine], run[.groups]) = (0.25, 0.5, .off, 8)
    seen.clear()
    let training = try Training(run, on: digits.get(), in: catalogue)
    let made = seen.all.suffix(2)
    #expect(made.map(\.channels) == [16, 32] && made.allSatisfy { $0.groups == 8 && $0.epsilon == 0.25 })
    #expect(made.allSatisfy { $0.decay == 0.5 && !$0.isAffine } && training.configuration[.decay] == 0.5)
  }

  @Test("The settings of a model reach it")
  func modelSettings() throws {
    func parameters(_ model: ModelRecipe, _ change: (inout RunConfiguration) -> Void) throws -> Double {
      var run = RunConfiguration.made(model, "layer").with(.epochs, 1).with(.trainLimit, 40)
      change(&run)
      return try Training(run, on: digits.get()).run(on: .serial).record[.parameters]
    }
    // 3×3 weights, γ and β; 2×2 maps of 16 channels to ten classes.
    #expect(try parameters(.cnn) { $0[.width] = 8 } == Double(9 * 8 + 16 + 72 * 16 + 32 + 64 * 10 + 10))
    #expect(try parameters(.cnn) { ($0[.width], $0[.affine]) = (8, .off) } == Double(9 * 8 + 72 * 16 + 64 * 10 + 10))
    #expect(try parameters(.cnn) { ($0[.width], $0[.depth]) = (8, 1) } == Double(9 * 8 + 16 + 128 * 10 + 10))
    // Without a normalizer before the activation, a bias for each channel.
    #expect(try parameters(.cnn) { ($0[.width], $0[.placement]) = (8, .after) } == Double(72 + 24 + 1152 + 48 + 650))
    #expect(try parameters(.rnn) { $0[.width] = 8 } == Double(8 * 8 + 8 * 8 + 16 + 90))
    #expect(try parameters(.rnn) { ($0[.width], $0[.depth]) = (8, 2) } == Double(8 * 8 * 4 + 32 + 90))
  }

  @Test("A run that diverges is a result, and counts as guessing")
  func diverges() throws {
    let run = RunConfiguration.made(.cnn, "none").with(.learningRate, 1e6)
    let result = try Training(run, on: digits.get()).run(on: .serial)
    #expect(result.record.status == .diverged && result.record[.testAccuracy].isNaN && result.outcomes == nil)
    #expect(result.curve.count == 1 && result.record.countedAccuracy == 37.0 / 360)
    #expect(result.record.field("test_accuracy").isEmpty && result.record.field("status") == "diverged")
    #expect(result.record[.epochsToNinety] == 15 && result.record[.reachedNinety] == 0)
  }

  @Test("What does not fit together is refused before anything is trained")
  func refused() throws {
    func refuse(
      _ norm: String = "layer", _ model: ModelRecipe = .cnn, _ change: (inout RunConfiguration) -> Void
    ) -> String {
      var run = RunConfiguration.made(model, norm)
      change(&run)
      let error = #expect(throws: HarnessError.self) { try Training(run, on: digits.get()) }
      #expect(error?.exitCode == 64)
      return error?.description ?? "accepted"
    }
    #expect(
      refuse { $0[.batchSize] = 1438 }
        == "--batch-size 1438 is larger than digits, which has 1437 samples to train on.")
    #expect(refuse { ($0[.batchSize], $0[.trainLimit]) = (101, 100) }.contains("which has 100 samples to train on"))
    #expect(refuse { ($0[.batchSize], $0[.validation]) = (1300, 0.2) }.contains("which has 1150 samples to train on"))
    #expect(refuse("group") { $0[.groups] = 3 } == "--groups 3 does not divide the 16 channels of a layer of cnn.")
    #expect(refuse { $0[.depth] = 12 }.contains("make a layer of 32768 channels; 4096 are the most"))
    #expect(
      refuse { $0[.placement] = .inputPath } == "--placement input-path is not for the cnn, which has before and after."
    )
    #expect(
      refuse("layer", .rnn) { $0[.placement] = .after }.contains(
        "is not for the rnn, which has input-path and time-step"))
    #expect(refuse("group", .rnn) { $0[.groups] = 64 }.contains("leaves one value to each statistic"))
    #expect(refuse { $0[.trainLimit] = 1438 }.contains("--train-limit 1438 is not possible"))
    #expect(refuse { $0[.model] = "transformer" } == "There is no model 'transformer'.")
    #expect(refuse { $0[.norm] = "mine" } == "There is no normalizer 'mine'.")
  }

  @Test("A last batch of one sample, where that cannot be normalized, is known before the first step, with what to do")
  func lastBatch() throws {
    func training(_ change: (inout RunConfiguration) -> Void) throws -> Training {
      var run = RunConfiguration.made(.rnn, "batch").with(.placement, .timeStep)
      change(&run)
      return try Training(run, on: digits.get())
    }
    // 1,437 is 359 times 4, and one.
    let error = #expect(throws: HarnessError.self) { try training { $0[.batchSize] = 4 } }
    #expect(
      error?.exitCode == 64 && error?.description.hasPrefix("--norm batch does not fit the rnn as configured.") == true)
    #expect(error?.description.contains("leaves one value to each statistic") == true)
    #expect(
      error?.description.hasSuffix(" The last batch of an epoch has 1 of 4 samples; --last-batch drop leaves it out.")
        == true)
    _ = try training { ($0[.batchSize], $0[.lastBatch]) = (4, .drop) }
    _ = try training { $0[.batchSize] = 5 }
    _ = try training { ($0[.batchSize], $0[.placement]) = (4, .inputPath) }
    // Where every batch is too small, leaving out the last one is no help.
    let one = #expect(throws: HarnessError.self) { try training { $0[.batchSize] = 1 } }
    #expect(one?.description.contains("--last-batch") == false)
    for batchSize in [4, 5] {
      let never = #expect(throws: HarnessError.self) {
        try training { ($0[.norm], $0[.batchSize]) = ("instance", batchSize) }
      }
      #expect(never?.description.contains("--last-batch") == false, "\(batchSize)")
    }
  }

  @Test("Training stops when it is asked to")
  func interruption() throws {
    let training = try Training(.made(), on: digits.get())
    var steps = 0
    #expect(throws: HarnessError.interrupted) {
      try training.run(on: .serial) { _ in
        steps += 1
        return steps < 7
      }
    }
    #expect(steps == 7)
  }
}

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
