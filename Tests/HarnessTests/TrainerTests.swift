import Foundation
import Layers
import Norms
import Tensors
import Testing

@testable import Harness

@Suite struct TrainerTests {
  private typealias Script = ScriptedModel.Script
  private let ten = Array(0..<10)[...]

  @Test(
    "An infinite gradient, or one that is no number, takes no step", arguments: [Float.infinity, -.infinity, .nan],
    [0, 1.0])
  func infiniteGradient(gradient: Float, clip: Double) throws {
    var trainer = trainer(Script(gradient: { $0 == 2 ? gradient : 1 })) { $0[.clip] = clip }
    #expect(try trainer.step(ten, number: 0).isFinite)
    let before = trainer.model.parameter.value[0]
    #expect(before == -0.1)
    #expect(try !trainer.step(ten, number: 1).isFinite)
    #expect(trainer.model.parameter.value[0] == before)
  }

  @Test("A loss that is infinite or no number takes no step", arguments: [Float.infinity, -.infinity, .nan])
  func infiniteLoss(logit: Float) throws {
    var trainer = trainer(Script(answer: { _, _ in (0, logit) }))
    #expect(try !trainer.step(ten, number: 0).isFinite)
    #expect(trainer.model.parameter.value[0] == 0)
  }

  @Test("Each step goes as far as the schedule says", arguments: Schedule.allCases)
  func rates(schedule: Schedule) throws {
    var trainer = trainer(Script(), steps: 8) {
      $0[.schedule] = schedule
      $0[.warmUp] = 2
    }
    var expected = 0.0
    for number in 0..<8 {
      _ = try trainer.step(ten, number: number)
      expected -= 0.1 * schedule.factor(step: number, of: 8, warmUp: 2)
      #expect(abs(Double(trainer.model.parameter.value[0]) - expected) < 1e-6)
    }
  }

  @Test("Momentum and clipping are those of the configuration, and the norm is that before clipping")
  func momentumAndClip() throws {
    var trainer = trainer(Script(gradient: { _ in 4 })) {
      $0[.momentum] = 0.5
      $0[.clip] = 2
    }
    #expect(try trainer.step(ten, number: 0).gradientNorm == 4)
    #expect(abs(trainer.model.parameter.value[0] + 0.2) < 1e-6)
    _ = try trainer.step(ten, number: 1)
    #expect(abs(trainer.model.parameter.value[0] + 0.5) < 1e-6)
  }

  @Test(
    "Decay takes its share, from weights alone unless it is asked to", arguments: [WeightDecayTarget.weights, .all])
  func decay(target: WeightDecayTarget) throws {
    var trainer = trainer(Script(gradient: { $0 == 1 ? 1 : 0 })) {
      $0[.weightDecay] = 0.5
      $0[.weightDecayOf] = target
    }
    for number in 0..<2 { _ = try trainer.step(ten, number: number) }
    #expect(abs(Double(trainer.model.parameter.value[0]) - (target == .all ? -0.095 : -0.1)) < 1e-6)
  }

  @Test("A step counts its loss, what it had right, and its samples; smoothing is part of the loss")
  func counts() throws {
    var plain = trainer(Script())
    let step = try plain.step(ten.dropLast(), number: 0)
    let (right, wrong) = (-Double.log(softmax: 1), -Double.log(softmax: 0))
    #expect(step.correct == 5 && step.samples == 9 && step.steps == 1 && step.gradientNorm == 1)
    #expect(abs(step.loss - (5 * right + 4 * wrong)) < 1e-5)
    var smooth = trainer(Script()) { $0[.labelSmoothing] = 0.5 }
    let (forRight, forWrong) = (0.75 * right + 0.25 * wrong, 0.75 * wrong + 0.25 * right)
    let smoothed: Double = 5 * forRight + 4 * forWrong
    #expect(abs(try smooth.step(ten.dropLast(), number: 0).loss - smoothed) < 1e-5)
    var sum = step
    sum += step
    #expect(
      sum.correct == 10 && sum.samples == 18 && sum.steps == 2 && sum.gradientNorm == 2 && sum.loss == 2 * step.loss)
  }

  @Test("An evaluation says of every image whether it was right, in their order, without smoothing or a step")
  func evaluation() throws {
    let seen = Seen<(Mode, Int)>()
    let dataset = Dataset.numbered(10, test: 250).repeated(3)
    var trainer = trainer(
      Script(look: { _, mode, input throws(ModelError) in seen.append((mode, input.shape[0])) }), on: dataset
    ) { $0[.labelSmoothing] = 0.5 }
    let found = try trainer.evaluate(0..<750, of: dataset.test)
    #expect(found.correct == dataset.test.labels.map { $0 == 0 })
    #expect(abs(found.accuracy - 39.0 / 750) < 1e-15)
    let (right, wrong) = (-Double.log(softmax: 1), -Double.log(softmax: 0))
    let loss: Double = (39 * right + 711 * wrong) / 750
    #expect(abs(found.loss - loss) < 1e-6)
    #expect(seen.all.allSatisfy { $0.0 == .inference } && seen.all.map(\.1) == [256, 256, 238])
    #expect(trainer.model.parameter.value[0] == 0)
    #expect(try trainer.evaluate([3, 20, 40], of: dataset.test).correct == [false, true, true])
  }

  private func trainer(
    _ script: Script, on dataset: Dataset = .numbered(), steps: Int = 100,
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> Trainer<ScriptedModel> {
    let recipe = ModelRecipe.scripted(script)
    var run = RunConfiguration.scripted(recipe)
    change(&run)
    return Trainer(ScriptedModel(script: script), run, recipe: recipe, on: dataset, steps: steps, processor: .serial)
  }
}

extension Double {
  /// The logarithm of the share of a logit beside the other of 1 and 0.
  fileprivate static func log(softmax logit: Double) -> Double {
    logit - Foundation.log(1 + Foundation.exp(1))
  }
}

extension Dataset {
  /// The same test images, several times.
  fileprivate func repeated(_ times: Int) -> Dataset {
    let test = LabelledImages(
      count: times * self.test.count, height: height, width: width,
      pixels: (0..<times).flatMap { _ in self.test.pixels }, labels: (0..<times).flatMap { _ in self.test.labels })
    return Dataset(name: name, train: train, test: test, classes: classes)
  }
}
