import Norms
import Tensors
import TestSupport
import Testing

@Suite struct WorkedExampleTests {
  @Test("1, 2, …, 20 normalized without ε")
  func oneToTwenty() throws {
    var normalizer = GroupNorm<Double>(groups: 1, channels: 20, epsilon: 0)
    let input = Tensor((1...20).map(Double.init), shape: [1, 20])
    let output = try normalizer.forward(input, mode: .training).output.scalars
    #expect(abs(output[0] - -1.64750894) < 5e-9)
    #expect(abs(output[1] - -1.47408695) < 5e-9)
    #expect(abs(output[19] - 1.64750894) < 5e-9)
    let mean = output.reduce(0, +) / 20
    #expect(abs(mean) < 1e-15)
    #expect(abs(output.reduce(0) { $0 + $1 * $1 } / 20 - 1) < 1e-14)
  }

  @Test("A mini-batch of 100 RGB images of 10×10 has three means, each over 10,000 values")
  func images() throws {
    var normalizer = BatchNorm<Float>(channels: 3)
    let input = Tensor<Float>.random([100, 3, 10, 10], "images", offset: 0.5)
    let (_, cache) = try normalizer.forward(input, mode: .training)
    #expect(cache.means.count == 3)
    #expect(cache.valuesPerStatistic == 10_000)
    let values = input.scalars
    for channel in 0..<3 {
      let own = values.indices.filter { $0 / 100 % 3 == channel }.map { Double(values[$0]) }
      #expect(abs(cache.means[channel] - own.reduce(0, +) / 10_000) < 1e-7)
    }
  }

  @Test("An RNN of vector size 8, mini-batch 100, 10 steps: 8 means over 1,000 values, or 1,000 over 8")
  func sequences() throws {
    let input = Tensor<Float>.random([10, 100, 8], "drive")
    var batch = BatchNorm<Float>(channels: 8)
    let overBatchAndTime = try batch.forward(input, layout: .timeMajor, mode: .training).cache
    #expect(overBatchAndTime.means.count == 8)
    #expect(overBatchAndTime.valuesPerStatistic == 1_000)
    // Layer normalization stands within the time step, where the time axis is not there.
    var layer = LayerNorm<Float>(channels: 8)
    let perStep = try (0..<10).map { step in
      let values = Array(input.scalars[(step * 800)..<((step + 1) * 800)])
      return try layer.forward(Tensor(values, shape: [100, 8]), mode: .training).cache
    }
    #expect(perStep.map(\.means.count).reduce(0, +) == 1_000)
    #expect(perStep.allSatisfy { $0.valuesPerStatistic == 8 })
  }

  @Test("γ = √(variance + ε) and β = mean give the input back")
  func identity() throws {
    var normalizer = BatchNorm<Float>(channels: 4)
    let input = Tensor<Float>.random([50, 4, 6], "input", bound: 2, offset: 1)
    let values = input.doubles
    let moments = (0..<4).map { channel in
      let own = values.indices.filter { $0 / 6 % 4 == channel }.map { values[$0] }
      let mean = own.reduce(0, +) / Double(own.count)
      return (mean: mean, variance: own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count))
    }
    normalizer.state.scale.value = Tensor(moments.map { Float(($0.variance + 1e-5).squareRoot()) }, shape: [4])
    normalizer.state.shift.value = Tensor(moments.map { Float($0.mean) }, shape: [4])
    let output = try normalizer.forward(input, mode: .training).output
    let largest = zip(output.doubles, values).map { abs($0 - $1) }.max()!
    #expect(largest < 1e-6)
  }
}
