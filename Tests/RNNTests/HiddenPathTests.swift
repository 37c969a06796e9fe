import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@testable import RNN

/// A network of six units for sequences of three values, with normalizers on both paths.
private func model(
  _ placement: RecurrentPlacement, _ norm: Member = .batch, noise: Double = 0, activation: Activation = .tanh,
  depth: Int = 1, on processor: Processor = .serial
) -> RNN<Double> {
  var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
  (configuration.width, configuration.depth, configuration.activation) = (6, depth, activation)
  (configuration.placement, configuration.initialNoise) = (placement, noise)
  return RNN(configuration, seed: 1, on: processor, normalizer: norm.factory())
}

@Suite struct HiddenPathTests {
  private static let placements = RecurrentPlacement.allCases.filter(\.isOnHiddenPath)

  @Test(
    "Every parameter's gradient agrees with central differences", arguments: [Member.batch, .layer],
    Activation.allCases)
  func gradients(norm: Member, activation: Activation) throws {
    for placement in Self.placements {
      for steps in [1, 2, 5] { try check(model(placement, norm, activation: activation), steps: steps) }
    }
  }

  @Test(
    "So it does with noise for an initial state, wherever the normalizer stands",
    arguments: [Member.batch, .layer, .none],
    RecurrentPlacement.allCases)
  func gradientsWithNoise(norm: Member, placement: RecurrentPlacement) throws {
    for steps in [1, 2, 5] { try check(model(placement, norm, noise: 0.4), steps: steps, withNoise: true) }
    try check(model(placement, norm, noise: 0.4, depth: 2), steps: 3, withNoise: true)
  }

  private func check(_ made: RNN<Double>, steps: Int, withNoise: Bool = false) throws {
    let access = ParameterAccess<RNN<Double>> { model, body in
      // Nothing leads through W_h and what is on it where there is one step from a state of zero.
      model.forEachParameter { name, parameter in
        if steps > 1 || withNoise || !name.contains("hidden") { body(name, &parameter) }
      }
    }
    var model = made
    access.randomize(&model)
    // A copy draws the same noise.
    var fresh = model
    let input = Tensor<Double>.random([5, steps, 3], "sequences")
    let (logits, cache) = try model.forward(input, mode: .training)
    let upstream = Tensor<Double>.random(logits.shape, "upstream")
    model.backward(upstream, cache: cache)
    fresh.addGradients(of: model)
    let mismatches = access.gradientMismatches(fresh) { model in
      weightedSum(try! model.forward(input, mode: .training).logits, upstream)
    }
    #expect(mismatches == [], "\(steps) steps")
  }

  @Test("Gradients of all states add up to those of the input", arguments: placements, [Member.batch, .layer])
  func inputGradients(placement: RecurrentPlacement, norm: Member) throws {
    var layer = model(placement, norm, noise: 0.4).layers[0]
    ParameterAccess<RecurrentLayer<Double>> { $0.forEachParameter($1) }.randomize(&layer)
    let fresh = layer
    let input = Tensor<Double>.random([4, 19, 3], "sequences")
    let upstream = Tensor<Double>.random([4, 19, 6], "upstream")
    let cache = try layer.forward(input, mode: .training).cache
    let found = layer.backward(.all(upstream), cache: cache)
    let gradient = try #require(found)
    let mismatch = gradientMismatch("input", gradient, at: input) { moved in
      var layer = fresh
      return weightedSum(try! layer.forward(moved, mode: .training).states, upstream)
    }
    #expect(mismatch == nil)
  }

  @Test(
    "The recurrence is the one in the documentation, with noise before it or without", arguments: placements,
    [0, 0.4])
  func recurrence(placement: RecurrentPlacement, noise: Double) throws {
    for norm in [Member.batch, .layer] {
      var layer = model(placement, norm, noise: noise).layers[0]
      ParameterAccess<RecurrentLayer<Double>> { $0.forEachParameter($1) }.randomize(&layer)
      let input = Tensor<Double>.random([4, 5, 3], "sequence")
      var (x, h) = (try #require(layer.normalizer), try #require(layer.hiddenNormalizer))
      var start = layer.initialNoise
      let states = try layer.forward(input, mode: .training).states
      // By hand, from the layer's parts.
      var state = start?.draw(shape: [5, 6], mode: .training, on: .serial)
      for step in 0..<4 {
        var sum = try x.forward(input.slice(step).times(layer.inputToHidden.weights.value), mode: .training).output
        if let state {
          sum.add(try h.forward(state.times(layer.hiddenToHidden.weights.value), mode: .training).output)
        }
        state = Activation.tanh.forward(sum)
        #expect(mismatch("state \(step)", states.slice(step), state!, tolerance: 1e-14) == nil)
      }
    }
  }

  @Test("Without a normalizer, and with one that records nothing, the running statistics are as good as not there")
  func sameForAll() throws {
    let input = Tensor<Double>.random([19, 5, 3], "sequences")
    func trained(_ placement: RecurrentPlacement, _ norm: Member) throws -> [[Double]] {
      var made = model(placement, norm)
      let (logits, cache) = try made.forward(input, mode: .training)
      made.backward(.random(logits.shape, "upstream"), cache: cache)
      #expect(made.snapshot().counters.isEmpty)
      return [logits.scalars] + made.parameters.map(\.parameter.gradient.scalars)
    }
    for norm in [Member.layer, .rms, .dyt, .none] {
      #expect(try trained(.hiddenPath, norm) == trained(.hiddenPathPerStep, norm))
    }
    #expect(try trained(.hiddenPath, .none) == trained(.inputPath, .none))
  }

  @Test("The number of threads changes no bit", arguments: [Member.batch, .layer, .group, .none], placements)
  func threads(norm: Member, placement: RecurrentPlacement) throws {
    func bits(_ threads: Int) throws -> [[Double]] {
      let processor = Processor(threads: threads)
      var made = model(placement, norm, noise: 0.3, on: processor)
      let (logits, cache) = try made.forward(.random([40, 8, 3], "sequences", on: processor), mode: .training)
      made.backward(.random(logits.shape, "upstream", on: processor), cache: cache)
      return [logits.scalars] + made.parameters.map(\.parameter.gradient.scalars)
        + made.snapshot().tensors.sorted { $0.key < $1.key }.map(\.value.scalars)
    }
    let expected = try bits(1)
    for threads in 2...3 { #expect(try bits(threads) == expected) }
  }

  @Test(
    "A training step asks the system for no memory, once the optimizer has taken what it keeps",
    arguments: [Member.batch, .layer], placements)
  func reusesMemory(norm: Member, placement: RecurrentPlacement) throws {
    let made = model(placement, norm, noise: 0.3, on: Processor(threads: 1))
    let input = Tensor<Double>.random([5, 8, 3], "input", on: Processor(threads: 1))
    let allocated = try blocksAskedFor(byTraining: made, on: input, labels: [0, 1, 2, 0, 1])
    #expect(allocated[1] > 0)
    #expect(allocated.dropFirst().allSatisfy { $0 == allocated[1] }, "\(allocated)")
  }

  @Test("The second normalizer has a scale and no shift, and gradients of it are not kept from step to step")
  func parameters() throws {
    var made = model(.hiddenPath)
    let names = made.parameters.map(\.name)
    #expect(
      names == [
        "layer0.inputToHidden.weights", "layer0.hiddenToHidden.weights", "layer0.normalizer.scale",
        "layer0.normalizer.shift", "layer0.hiddenNormalizer.scale", "classifier.weights", "classifier.bias",
      ])
    let (logits, cache) = try made.forward(.random([5, 4, 3], "sequences"), mode: .training)
    made.backward(.random(logits.shape, "upstream"), cache: cache)
    #expect(made.layers[0].hiddenNormalizer?.state.shift.gradient.scalars == [Double](repeating: 0, count: 6))
  }
}
