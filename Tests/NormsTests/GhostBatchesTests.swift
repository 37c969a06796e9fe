import Tensors
import TestSupport
import Testing

@testable import Norms

@Suite struct GhostBatchesTests {
  @Test("The backward pass agrees with central differences", arguments: TensorLayout.allCases)
  func gradients(layout: TensorLayout) throws {
    let shape = shape(7, 6, [2], layout)
    var normalizer: any Normalizer<Double> = GhostBatches(of: 3, through: BatchNorm(channels: 6))
    randomizeParameters(&normalizer)
    let start = normalizer
    let (input, upstream) = (Tensor<Double>.random(shape, "input"), Tensor<Double>.random(shape, "upstream"))
    let (_, cache) = try normalizer.forward(input, layout: layout, mode: .training)
    let gradient = normalizer.backward(upstream, cache: cache)
    let mismatches = gradientMismatches(
      normalizer, inputGradient: gradient, function: start, at: input, upstream: upstream, layout: layout,
      mode: .training)
    #expect(mismatches == [])
  }

  @Test("Each part is normalized and recorded as a batch by itself", arguments: TensorLayout.allCases)
  func parts(layout: TensorLayout) throws {
    let axis = layout == .timeMajor ? 1 : 0
    let input = Tensor<Double>.random(shape(8, 6, [2], layout), "input")
    var (ghost, batch) = (GhostBatches<Double>(of: 3, through: BatchNorm(channels: 6)), BatchNorm<Double>(channels: 6))
    let found = try ghost.forward(input, layout: layout, mode: .training).output
    for samples in [0..<3, 3..<6, 6..<8] {
      let alone = try batch.forward(input.slices(samples, along: axis), layout: layout, mode: .training).output
      #expect(found.slices(samples, along: axis) == alone)
    }
    #expect(ghost.snapshot() == batch.snapshot() && ghost.state.recordedBatches == 3)
  }

  @Test(
    "The last part is what is left, but never one sample",
    arguments: [
      (7, 3, [3, 4]), (8, 3, [3, 3, 2]), (9, 3, [3, 3, 3]), (2, 3, [2]), (1, 3, [1]), (4, 3, [4]), (3, 1, [1, 1, 1]),
      (5, 2, [2, 3]),
    ])
  func sizes(samples: Int, size: Int, expected: [Int]) {
    let parts = GhostBatches<Float>.parts(of: samples, size: size)
    #expect(parts.map(\.count) == expected && parts.first?.lowerBound == 0 && parts.last?.upperBound == samples)
  }

  @Test("In every mode but training, and for a batch that is no larger, it is the normalizer")
  func whole() throws {
    let input = Tensor<Double>.random([8, 6], "input")
    for (mode, size) in [(Mode.inference, 2), (.batchInference, 2), (.calibration, 2), (.training, 8), (.training, 9)] {
      var (ghost, batch) = (
        GhostBatches<Double>(of: size, through: BatchNorm(channels: 6)), BatchNorm<Double>(channels: 6)
      )
      #expect(try ghost.forward(input, mode: mode).output == batch.forward(input, mode: mode).output)
      #expect(ghost.snapshot() == batch.snapshot())
    }
  }

  @Test("Parts of one sample without positions are an error")
  func oneValue() throws {
    var ghost = GhostBatches<Double>(of: 1, through: BatchNorm(channels: 6))
    #expect(throws: NormalizerError.oneValuePerStatistic(shape: [1, 6], layout: .channelsFirst)) {
      try ghost.forward(.random([4, 6], "input"), mode: .training)
    }
    _ = try ghost.forward(.random([4, 6, 2], "input"), mode: .training)
  }
}
