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
