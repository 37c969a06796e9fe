import CNN
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

  @Test("L2 regularization is ½·λ·Σw² in the loss and λ·w in the gradient, of weights alone")
  func regularization() throws {
    var trainer = trainer(Script(gradient: { _ in 0 })) { $0[.l2] = 0.5 }
    let plain = try trainer.step(ten, number: 0)
    // Its parameter has one axis.
    #expect(plain.gradientNorm == 0 && trainer.model.parameter.value[0] == 0)
    let (data, recipe) = (Dataset.numbered(), ModelRecipe.cnn)
    func step(_ l2: Double) throws -> (step: TrainingStep, squares: Double, gradients: [String: Tensor<Float>]) {
      var run = RunConfiguration(model: recipe, norm: choice("batch"))
      (run[.width], run[.depth], run[.l2]) = (4, 1, l2)
      var shape = CNN<Float>.Configuration(height: 2, width: 2, channels: 1, classes: 2)
      (shape.depth, shape.firstChannels) = (1, 4)
      let model = CNN<Float>(shape, seed: 1) { BatchNorm(channels: $0) }
      let squares = model.parameters.filter { $0.parameter.value.shape.count > 1 }
        .reduce(0) { $0 + $1.parameter.value.sumOfSquares() }
      var trainer = Trainer(model, run, recipe: recipe, on: data, steps: 10, processor: .serial)
      let step = try trainer.step(ten, number: 0)
      return (
        step, squares,
        Dictionary(uniqueKeysWithValues: trainer.model.parameters.map { ($0.name, $0.parameter.gradient) })
      )
    }
    let (with, without) = (try step(0.5), try step(0))
    #expect(abs(with.step.loss - without.step.loss - 10 * 0.25 * with.squares) < 1e-5 * with.step.loss)
    var shape = CNN<Float>.Configuration(height: 2, width: 2, channels: 1, classes: 2)
    (shape.depth, shape.firstChannels) = (1, 4)
    for (name, parameter) in CNN<Float>(shape, seed: 1, normalizer: { BatchNorm(channels: $0) }).parameters {
      let factor: Float = parameter.value.shape.count > 1 ? 0.5 : 0
      let (found, plain) = (with.gradients[name]!.scalars, without.gradients[name]!.scalars)
      for (index, weight) in parameter.value.scalars.enumerated() {
        #expect(abs(found[index] - plain[index] - factor * weight) < 1e-5, "\(name)")
      }
    }
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
