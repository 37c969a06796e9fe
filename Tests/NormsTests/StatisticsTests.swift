import Norms
import Tensors
import TestSupport
import Testing

/// Channels-first data of 3 samples, 6 channels and 5 positions in each of the layouts, and the way back.
private let orders: [(layout: TensorLayout, there: [Int], back: [Int])] = [
  (.channelsFirst, [0, 1, 2], [0, 1, 2]), (.channelsLast, [0, 2, 1], [0, 2, 1]), (.timeMajor, [2, 0, 1], [1, 2, 0]),
]

@Suite struct StatisticsTests {
  @Test(
    "Statistics are numbered batch, group, channel, position, whatever the layout", arguments: everyAxes, orders.indices
  )
  func numbers(axes: Axes, order: Int) throws {
    let input = Tensor<Double>.random([3, 6, 5], "input", offset: 2)
    let places = Places(axes, .channelsFirst, .init(3, 6, 2, 5))
    let expected = places.moments(input.scalars)
    let (layout, there, _) = orders[order]
    var normalizer = AnyAxesNorm<Double>(axes, channels: 6, groups: 2)
    let cache = try normalizer.forward(permuted(input, there), layout: layout, mode: .training).cache
    #expect(cache.valuesPerStatistic == places.valuesPerStatistic)
    #expect(mismatch("means", cache.means, expected.means, tolerance: 1e-12) == nil)
    #expect(mismatch("variances", cache.variances, expected.variances, tolerance: 1e-12) == nil)
    guard axes.contains(.batch) else {
      #expect(normalizer.state.runningMean.count == 0 && normalizer.state.recordedBatches == 0)
      return
    }
    let bessel = Double(places.valuesPerStatistic) / Double(places.valuesPerStatistic - 1)
    let (means, variances) = (normalizer.state.runningMean.scalars, normalizer.state.runningVariance.scalars)
    #expect(mismatch("running means", means, expected.means.map { 0.1 * $0 }, tolerance: 1e-12) == nil)
    let averaged = expected.variances.map { 0.9 + 0.1 * bessel * $0 }
    #expect(mismatch("running variances", variances, averaged, tolerance: 1e-12) == nil)
    #expect(normalizer.state.recordedBatches == 1)
  }

  @Test(
    "What was recorded in one layout serves inference in another", arguments: everyAxes.filter { $0.contains(.batch) },
    orders.indices)
  func inferenceInAnotherLayout(axes: Axes, order: Int) throws {
    let (earlier, input) = (
      Tensor<Double>.random([3, 6, 5], "earlier", offset: 1), Tensor<Double>.random([3, 6, 5], "input")
    )
    let (layout, there, _) = orders[order]
    var normalizer: any Normalizer<Double> = AnyAxesNorm(axes, channels: 6, groups: 2)
    randomizeParameters(&normalizer)
    _ = try normalizer.forward(permuted(earlier, there), layout: layout, mode: .training)
    let state = normalizer.state
    let places = Places(axes, .channelsFirst, .init(3, 6, 2, 5))
    let expected = input.scalars.enumerated().map { element, x in
      let (statistic, channel) = (places.statistic(of: element), places.channel(of: element))
      let deviation = (state.runningVariance[statistic] + 1e-5).squareRoot()
      return (x - state.runningMean[statistic]) / deviation * state.scale.value[channel] + state.shift.value[channel]
    }
    for (other, there, back) in orders {
      let output = try normalizer.inference(permuted(input, there), layout: other)
      #expect(mismatch("\(other)", permuted(output, back).scalars, expected, tolerance: 1e-12) == nil)
    }
  }

  @Test("One value to a statistic is enough in inference, where it is none of the statistic's")
  func oneValue() throws {
    var normalizer = BatchNorm<Double>(channels: 5)
    _ = try normalizer.forward(.random([7, 5], "earlier", offset: 1), mode: .training)
    let (state, input) = (normalizer.state, Tensor<Double>.random([1, 5], "input"))
    let expected = (0..<5).map {
      (input[0, $0] - state.runningMean[$0]) / (state.runningVariance[$0] + 1e-5).squareRoot()
    }
    let (output, cache) = try normalizer.forward(input, mode: .inference)
    #expect(mismatch("output", output.scalars, expected, tolerance: 1e-14) == nil)
    let upstream = Tensor<Double>.random([1, 5], "upstream")
    let gradient = normalizer.backward(upstream, cache: cache)
    let slopes = (0..<5).map { upstream[0, $0] / (state.runningVariance[$0] + 1e-5).squareRoot() }
    #expect(mismatch("gradient", gradient.scalars, slopes, tolerance: 1e-14) == nil)
    let products = (0..<5).map { upstream[0, $0] * expected[$0] }
    #expect(mismatch("scale", normalizer.state.scale.gradient.scalars, products, tolerance: 1e-14) == nil)
    #expect(throws: NormalizerError.self) { try normalizer.forward(input, mode: .training) }
    #expect(normalizer.state.runningMean == state.runningMean, "A pass that throws records nothing")
  }
}
