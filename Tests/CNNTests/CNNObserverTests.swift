import CNN
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@Suite struct CNNObserverTests {
  private let images = Tensor<Double>.random([3, 6, 5, 2], "images")
  private let upstream = Tensor<Double>.random([3, 3], "upstream")

  private func network(_ norm: Member, _ placement: Placement, _ activation: Activation) -> CNN<Double> {
    var configuration = CNN<Double>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
    (configuration.firstChannels, configuration.placement, configuration.activation) = (4, placement, activation)
    var model = CNN(configuration, seed: 1, normalizer: norm.factory())
    ParameterAccess<CNN<Double>> { $0.forEachParameter($1) }.randomize(&model)
    return model
  }

  @Test(
    "A watched pass has the bits of one that nobody watches", arguments: Member.allCases,
    Activation.allCases.flatMap { activation in Placement.allCases.map { (activation, $0) } })
  func bits(norm: Member, form: (activation: Activation, placement: Placement)) throws {
    let model = network(norm, form.placement, form.activation)
    let sightings = Sightings<Double>()
    let alone = try trainingPass(model, on: images, upstream: upstream)
    let watched = try trainingPass(model, on: images, upstream: upstream, watch: Watch(sightings))
    #expect(watched.logits == alone.logits && watched.gradients == alone.gradients && watched.state == alone.state)
    #expect(sightings.all.map(\.layer) == ["block0", "block0", "block1", "block1", "block1", "block0"])
    let forward: [Signal] = [.preActivation, .output, .preActivation, .output]
    #expect(sightings.all.map(\.signal) == forward + [.outputGradient, .outputGradient])
    #expect(sightings.all.allSatisfy { $0.layout == .channelsLast })
  }

  @Test("What is seen is what the activation takes and what the block gives", arguments: Placement.allCases)
  func signals(placement: Placement) throws {
    let model = network(.layer, placement, .sigmoid)
    let sightings = Sightings<Double>()
    _ = try trainingPass(model, on: images, upstream: upstream, watch: Watch(sightings))
    var normalizer = model.blocks[0].normalizer!
    func normalized(_ map: Tensor<Double>) throws -> Tensor<Double> {
      try normalizer.forward(map, layout: .channelsLast, mode: .training).output
    }
    let linear = model.blocks[0].convolution.forward(images)
    let taken = placement == .before ? try normalized(linear) : linear
    let activated = Activation.sigmoid.forward(taken)
    let given = placement == .before ? activated : try normalized(activated)
    #expect(sightings.tensors(.preActivation, of: "block0") == [taken])
    #expect(sightings.tensors(.output, of: "block0") == [MaxPool.forward(given)])
  }

  @Test("The gradient that is seen is that of the loss with respect to the block's output")
  func gradient() throws {
    let model = network(.batch, .before, .tanh)
    let sightings = Sightings<Double>()
    _ = try trainingPass(model, on: images, upstream: upstream, watch: Watch(sightings))
    let output = try #require(sightings.tensors(.output, of: "block0").first)
    let gradient = try #require(sightings.tensors(.outputGradient, of: "block0").first)
    let found = gradientMismatch("block0", gradient, at: output) { moved in
      var rest = model
      let second = try! rest.blocks[1].forward(moved, mode: .training).output
      return weightedSum(rest.classifier.forward(second.reshaped(to: [3, second.count / 3])), upstream)
    }
    #expect(found == nil)
  }

  @Test("The name of a part follows that of the whole")
  func names() {
    let sightings = Sightings<Double>()
    Watch(sightings).within("network").within("block0").see(images, .output, layout: .channelsLast)
    #expect(sightings.all.map(\.layer) == ["network.block0"])
  }
}
