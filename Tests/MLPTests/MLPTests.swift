import Layers
import MLP
import Norms
import Tensors
import TestSupport
import Testing

/// One position has nothing to average over.
private let members = Member.allCases.filter { $0 != .instance }

@Suite struct MLPTests {
  private let inputs = 5
  private let classes = 3
  private let samples = Tensor<Double>.random([7, 5], "samples")
  private let upstream = Tensor<Double>.random([7, 3], "upstream")

  private func network(
    _ norm: Member, _ placement: Placement = .before, _ activation: Activation = .sigmoid, randomized: Bool = true
  ) -> MLP<Double> {
    var configuration = MLP<Double>.Configuration(inputs: inputs, classes: classes)
    // Of the two channels to a group that a narrower network has, normalization leaves −1 and 1.
    (configuration.width, configuration.placement, configuration.activation) = (6, placement, activation)
    var model = MLP(configuration, seed: 1, normalizer: norm.factory())
    if randomized { ParameterAccess<MLP<Double>> { $0.forEachParameter($1) }.randomize(&model) }
    return model
  }

  @Test("Every parameter's gradient agrees with central differences", arguments: members, Placement.allCases)
  func gradients(norm: Member, placement: Placement) throws {
    try check(network(norm, placement))
  }

  @Test("So it does with every activation", arguments: Activation.allCases)
  func activations(activation: Activation) throws {
    try check(network(.batch, .before, activation))
    try check(network(.layer, .after, activation))
  }

  private func check(_ made: MLP<Double>) throws {
    let access = ParameterAccess<MLP<Double>> { $0.forEachParameter($1) }
    var model = made
    let cache = try model.forward(samples, mode: .training).cache
    model.backward(upstream, cache: cache)
    #expect(model.gradientNorm > 0.1)
    let mismatches = access.gradientMismatches(model) { [samples, upstream] model in
      weightedSum(try! model.forward(samples, mode: .training).logits, upstream)
    }
    #expect(mismatches == [])
  }

  @Test("A block's input gradient agrees with central differences", arguments: Placement.allCases)
  func inputGradient(placement: Placement) throws {
    let start = network(.layer, placement).layers[0]
    var block = start
    let (output, cache) = try block.forward(samples, mode: .training)
    #expect(output.shape == [7, 6])
    let upstream = Tensor<Double>.random([7, 6], "upstream")
    let result = block.backward(upstream, cache: cache)
    let gradient = try #require(result)
    let found = gradientMismatch("input", gradient, at: samples) { moved in
      var copy = start
      return weightedSum(try! copy.forward(moved, mode: .training).output, upstream)
    }
    #expect(found == nil)
    var first = start
    #expect(first.backward(upstream, cache: cache, inputGradient: false) == nil)
    #expect(first.parameters.map(\.parameter.gradient) == block.parameters.map(\.parameter.gradient))
  }

  @Test("It is what its parts are, one after the other", arguments: Placement.allCases)
  func parts(placement: Placement) throws {
    var model = network(.group, placement)
    var signal = samples
    for layer in model.layers {
      var normalizer = layer.normalizer!
      let linear = layer.linear.forward(signal)
      let normalizes = placement == .before
      signal = normalizes ? linear : Activation.sigmoid.forward(linear)
      signal = try normalizer.forward(signal, layout: .channelsLast, mode: .training).output
      if normalizes { signal = Activation.sigmoid.forward(signal) }
    }
    #expect(model.layers.count == 3)
    #expect(try model.forward(samples, mode: .training).logits == model.classifier.forward(signal))
  }

  @Test(
    "A watched pass has the bits of one that nobody watches", arguments: members,
    Activation.allCases.flatMap { activation in Placement.allCases.map { (activation, $0) } })
  func watched(norm: Member, form: (activation: Activation, placement: Placement)) throws {
    let model = network(norm, form.placement, form.activation)
    let sightings = Sightings<Double>()
    let alone = try trainingPass(model, on: samples, upstream: upstream)
    let watched = try trainingPass(model, on: samples, upstream: upstream, watch: Watch(sightings))
    #expect(watched.logits == alone.logits && watched.gradients == alone.gradients && watched.state == alone.state)
    for layer in ["layer0", "layer1", "layer2"] {
      for signal in Signal.allCases { #expect(sightings.tensors(signal, of: layer).map(\.shape) == [[7, 6]]) }
    }
    #expect(sightings.all.count == 9)
  }

  @Test("With one seed, every normalizer starts from the same weights")
  func sameWeights() {
    let models = members.map { network($0, randomized: false) }
    for model in models.dropFirst() {
      #expect(model.classifier.weights.value == models[0].classifier.weights.value)
      for (layer, first) in zip(model.layers, models[0].layers) {
        #expect(layer.linear.weights.value == first.linear.weights.value)
      }
    }
    #expect(models[0].layers[1].linear.weights.value != models[0].layers[2].linear.weights.value)
  }

  @Test("Weights keep the variance of a signal: they are within √(3·gain / inputs) times the scale")
  func bounds() {
    var configuration = MLP<Double>.Configuration(inputs: 50, classes: 10)
    (configuration.activation, configuration.initialScale) = (.relu, 0.5)
    let model = MLP(configuration, seed: 1) { _ in nil }
    for (layer, inputs) in zip(model.layers, [50.0, 100, 100]) {
      let (bound, largest) = ((6 / inputs).squareRoot() / 2, layer.linear.weights.value.scalars.map(abs).max() ?? 0)
      #expect(largest <= bound && largest > 0.99 * bound)
    }
  }

  @Test("A layer that a normalizer follows has no bias; with none, or after the activation, it has one")
  func biases() {
    #expect(network(.none).layers.allSatisfy { $0.linear.bias != nil })
    #expect(network(.batch).layers.allSatisfy { $0.linear.bias == nil })
    #expect(network(.batch, .after).layers.allSatisfy { $0.linear.bias != nil })
  }

  @Test("Its parts have names, in the order of the layers")
  func names() {
    #expect(
      network(.layer).parameters.map(\.name) == [
        "layer0.linear.weights", "layer0.normalizer.scale", "layer0.normalizer.shift",
        "layer1.linear.weights", "layer1.normalizer.scale", "layer1.normalizer.shift",
        "layer2.linear.weights", "layer2.normalizer.scale", "layer2.normalizer.shift",
        "classifier.weights", "classifier.bias",
      ])
  }

  @Test("Instance normalization has one value to average, and says so")
  func onePosition() {
    var model = network(.instance)
    let error = #expect(throws: ModelError.self) { try model.forward(samples, mode: .training) }
    #expect("\(error!)".hasPrefix("layer0.normalizer: "))
  }

  @Test("Without layers it is its classifier")
  func linear() throws {
    var configuration = MLP<Double>.Configuration(inputs: inputs, classes: classes)
    configuration.depth = 0
    var model = MLP(configuration, seed: 1) { _ in nil }
    #expect(try model.forward(samples, mode: .training).logits == model.classifier.forward(samples))
    try check(model)
  }
}
