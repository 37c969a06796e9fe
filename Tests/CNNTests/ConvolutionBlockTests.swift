import CNN
import Layers
import Norms
import Tensors
import TestSupport
import Testing

private let members: [@Sendable (Int) -> any Normalizer<Double>] = [
  { BatchNorm(channels: $0) }, { LayerNorm(channels: $0) }, { InstanceNorm(channels: $0) },
  { GroupNorm(groups: 2, channels: $0) }, { RMSNorm(channels: $0) }, { DynamicTanh(channels: $0) },
]

@Suite struct ConvolutionBlockTests {
  @Test(
    "A block's gradients agree with central differences, wherever its rectifier and its pooling stand",
    arguments: members.indices, [(Placement.before, true), (.before, false), (.after, true), (.after, false)])
  func rectified(member: Int, order: (placement: Placement, pools: Bool)) throws {
    try check(member, .relu, order.placement, pools: order.pools)
  }

  @Test("So do they where the normalizer follows another activation", arguments: members.indices, [true, false])
  func smooth(member: Int, pools: Bool) throws {
    try check(member, .tanh, .after, pools: pools)
    try check(member, .sigmoid, .after, pools: pools)
  }

  @Test("A network of such blocks is no exception", arguments: members.indices)
  func network(member: Int) throws {
    var configuration = CNN<Double>.Configuration(height: 8, width: 7, channels: 2, classes: 3)
    (configuration.firstChannels, configuration.placement) = (4, .after)
    var model = CNN(configuration, seed: 1, normalizer: members[member])
    #expect(model.blocks.map(\.pools) == [true, true])
    let access = ParameterAccess<CNN<Double>> { $0.forEachParameter($1) }
    access.randomize(&model)
    let (input, upstream) = (Tensor<Double>.random([3, 8, 7, 2], "images"), Tensor<Double>.random([3, 3], "upstream"))
    let cache = try model.forward(input, mode: .training).cache
    model.backward(upstream, cache: cache)
    let mismatches = access.gradientMismatches(model) { model in
      weightedSum(try! model.forward(input, mode: .training).logits, upstream)
    }
    #expect(mismatches == [])
  }

  private func check(_ member: Int, _ activation: Activation, _ placement: Placement, pools: Bool) throws {
    var stream = RandomStream(seed: 2, name: "block")
    // Before the normalizer a bias may be without effect, and its gradient nothing to check.
    var block = ConvolutionBlock<Double>(
      convolution: Convolution(
        inputChannels: 2, outputChannels: 4, bias: placement == .after, bound: 0.4, from: &stream),
      normalizer: members[member](4), activation: activation, placement: placement, pools: pools)
    let access = ParameterAccess<ConvolutionBlock<Double>> { $0.forEachParameter($1) }
    access.randomize(&block)
    let input = Tensor<Double>.random([3, 5, 4, 2], "images")
    let activated = activation.forward(block.convolution.forward(input)).scalars
    if activation == .relu && placement == .after {
      // Zeros and others, but seldom a whole window of zeros: its four values would be equal.
      let zeros = activated.count { $0 == 0 }
      #expect(zeros > 10 && zeros < activated.count / 2)
    }
    let start = block
    let (output, cache) = try block.forward(input, mode: .training)
    #expect(output.shape == (pools ? [3, 2, 2, 4] : [3, 5, 4, 4]))
    let upstream = Tensor<Double>.random(output.shape, "upstream")
    let result = block.backward(upstream, cache: cache)
    let gradient = try #require(result)
    let found = gradientMismatch("input", gradient, at: input) { moved in
      var copy = start
      return weightedSum(try! copy.forward(moved, mode: .training).output, upstream)
    }
    #expect(found == nil)
    let mismatches = access.gradientMismatches(block) { block in
      weightedSum(try! block.forward(input, mode: .training).output, upstream)
    }
    #expect(mismatches == [])
  }
}
