import CNN
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@Suite struct CNNTests {
  @Test("Every parameter's gradient agrees with central differences", arguments: Member.allCases, Placement.allCases)
  func gradients(norm: Member, placement: Placement) throws {
    var configuration = CNN<Double>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
    configuration.firstChannels = 4
    configuration.placement = placement
    configuration.activation = .tanh
    try check(configuration, norm.factory())
  }

  @Test(
    "A training step asks the system for no memory, once the optimizer has taken what it keeps",
    arguments: Member.allCases)
  func reusesMemory(norm: Member) throws {
    let processor = Processor(threads: 1)
    let model = CNN<Double>(
      .init(height: 8, width: 8, channels: 1, classes: 3), seed: 1, on: processor, normalizer: norm.factory())
    let input = Tensor<Double>.random([5, 8, 8, 1], "input", on: processor)
    let allocated = try blocksAskedFor(byTraining: model, on: input, labels: [0, 1, 2, 0, 1])
    #expect(allocated[1] > 0)
    #expect(allocated.dropFirst().allSatisfy { $0 == allocated[1] }, "\(allocated)")
  }

  @Test("So it does with every activation", arguments: Activation.allCases)
  func activations(activation: Activation) throws {
    var configuration = CNN<Double>.Configuration(height: 4, width: 4, channels: 1, classes: 3)
    configuration.firstChannels = 2
    configuration.activation = activation
    try check(configuration, { BatchNorm(channels: $0) })
  }

  private func check(_ configuration: CNN<Double>.Configuration, _ make: @escaping NormalizerFactory<Double>) throws {
    let access = ParameterAccess<CNN<Double>> { $0.forEachParameter($1) }
    var model = CNN(configuration, seed: 1, normalizer: make)
    access.randomize(&model)
    let input = Tensor<Double>.random(
      [3, configuration.height, configuration.width, configuration.channels], "images")
    let labels = [0, 2, 1]
    let (logits, cache) = try model.forward(input, mode: .training)
    model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels).gradient, cache: cache)
    let mismatches = access.gradientMismatches(model) { model in
      SoftmaxCrossEntropy(logits: try! model.forward(input, mode: .training).logits, labels: labels).mean
    }
    #expect(mismatches == [])
  }

  @Test("With one seed, every normalizer starts from the same weights")
  func sameWeights() {
    let configuration = CNN<Double>.Configuration(height: 8, width: 8, channels: 1, classes: 10)
    let models = Member.allCases.map { CNN(configuration, seed: 5, normalizer: $0.factory()) }
    for model in models.dropFirst() {
      #expect(model.classifier.weights.value.scalars == models[0].classifier.weights.value.scalars)
      for (block, first) in zip(model.blocks, models[0].blocks) {
        #expect(block.convolution.weights.value.scalars == first.convolution.weights.value.scalars)
      }
    }
    let other = CNN(configuration, seed: 6, normalizer: Member.none.factory())
    #expect(other.classifier.weights.value.scalars != models[0].classifier.weights.value.scalars)
  }

  @Test("A layer that a normalizer follows has no bias; with none, or after the activation, it has one")
  func biases() {
    var configuration = CNN<Double>.Configuration(height: 8, width: 8, channels: 1, classes: 10)
    #expect(
      CNN(configuration, seed: 0, normalizer: Member.none.factory()).blocks.allSatisfy { $0.convolution.bias != nil })
    #expect(
      CNN(configuration, seed: 0, normalizer: Member.batch.factory()).blocks.allSatisfy { $0.convolution.bias == nil })
    configuration.placement = .after
    #expect(
      CNN(configuration, seed: 0, normalizer: Member.batch.factory()).blocks.allSatisfy { $0.convolution.bias != nil })
  }

  @Test("A block stops pooling when its map is 2×2, and channels double with each block")
  func depth() throws {
    var configuration = CNN<Double>.Configuration(height: 8, width: 8, channels: 1, classes: 10)
    configuration.depth = 4
    var model = CNN(configuration, seed: 0, normalizer: Member.group.factory())
    #expect(model.blocks.map(\.pools) == [true, true, false, false])
    #expect(model.blocks.map(\.convolution.outputChannels) == [16, 32, 64, 128])
    let (logits, _) = try model.forward(.random([2, 8, 8, 1], "images"), mode: .training)
    #expect(logits.shape == [2, 10])
  }

  @Test("Batch normalization in a convolution has one mean over m·p·q values for each channel")
  func statistics() throws {
    var block = CNN<Double>(
      .init(height: 6, width: 4, channels: 1, classes: 2), seed: 0, normalizer: { BatchNorm(channels: $0) }
    ).blocks[0]
    _ = try block.forward(.random([5, 6, 4, 1], "images"), mode: .training)
    let input = Tensor<Double>.random([5, 6, 4, 16], "map")
    let cache = try block.normalizer!.forward(input, layout: .channelsLast, mode: .training).cache
    #expect(cache.means.count == 16 && cache.valuesPerStatistic == 5 * 6 * 4)
    #expect(block.normalizer!.state.scale.value.count == 16)
  }
}
