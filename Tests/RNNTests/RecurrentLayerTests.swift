import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@Suite struct RecurrentLayerTests {
  @Test(
    "Gradients add up over backward passes, of every parameter, in pieces of a batch as in one",
    arguments: [5, 40], [RecurrentPlacement.timeStep, .inputPath])
  func gradientsAddUp(batch: Int, placement: RecurrentPlacement) throws {
    var layer = made(placement)
    let input = Tensor<Double>.random([4, batch, 3], "sequences")
    let cache = try layer.forward(input, mode: .training).cache
    let upstreams = ["first", "second"].map { Tensor<Double>.random([4, batch, 6], $0) }
    let start = layer
    let alone = upstreams.map { upstream in
      var layer = start
      _ = layer.backward(.all(upstream), cache: cache)
      return layer.parameters
    }
    for upstream in upstreams { _ = layer.backward(.all(upstream), cache: cache) }
    let names = layer.parameters.map(\.name)
    #expect(
      names == ["inputToHidden.weights", "hiddenToHidden.weights", "normalizer.scale", "normalizer.shift"])
    for (index, found) in layer.parameters.enumerated() {
      let (first, second) = (alone[0][index].parameter.gradient, alone[1][index].parameter.gradient)
      #expect(rootMeanSquare(first.scalars) > 1e-2 && rootMeanSquare(second.scalars) > 1e-2)
      #expect(mismatch(found.name, found.parameter.gradient, first.plus(second), tolerance: 1e-13) == nil)
    }
  }

  @Test("A batch in pieces has the gradients of its samples one by one")
  func pieces() throws {
    var layer = made(.timeStep)
    let input = Tensor<Double>.random([4, 40, 3], "sequences")
    let upstream = Tensor<Double>.random([4, 40, 6], "upstream")
    var oneByOne = layer
    let cache = try layer.forward(input, mode: .training).cache
    _ = layer.backward(.all(upstream), cache: cache)
    // Samples are the second axis.
    let (inputs, upstreams) = (input.transposed(axes: [1, 0, 2]), upstream.transposed(axes: [1, 0, 2]))
    for sample in 0..<40 {
      func only(_ tensor: Tensor<Double>) -> Tensor<Double> {
        tensor.slices(sample..<sample + 1).transposed(axes: [1, 0, 2])
      }
      let cache = try oneByOne.forward(only(inputs), mode: .training).cache
      _ = oneByOne.backward(.all(only(upstreams)), cache: cache)
    }
    for (found, expected) in zip(layer.parameters, oneByOne.parameters) {
      #expect(
        mismatch(found.name, found.parameter.gradient, expected.parameter.gradient, tolerance: 1e-12) == nil)
    }
  }

  /// A layer of three inputs and six units, with random parameters and layer normalization.
  private func made(_ placement: RecurrentPlacement) -> RecurrentLayer<Double> {
    var stream = RandomStream(seed: 2, name: "layer")
    var layer = RecurrentLayer<Double>(
      inputToHidden: Linear(inputs: 3, outputs: 6, bias: false, bound: 0.6, from: &stream),
      hiddenToHidden: Linear(weights: Tensor(orthogonalOfSize: 6, factor: 1, from: &stream)),
      normalizer: LayerNorm(channels: 6), placement: placement)
    ParameterAccess<RecurrentLayer<Double>> { $0.forEachParameter($1) }.randomize(&layer)
    return layer
  }
}
