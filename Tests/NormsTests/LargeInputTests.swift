import Norms
import Tensors
import TestSupport
import Testing

/// Inputs whose cells are cut in parts, or whose rows are walked as memory lies instead of strip by strip.
private let large: [(layout: TensorLayout, extents: Extents)] = [
  // More than 2,048 positions in a row.
  (.channelsFirst, .init(3, 4, 2, 2_100)), (.channelsFirst, .init(2, 3, 1, 4_097)),
  // More than 128 rows of few channels, in one sample or together.
  (.channelsLast, .init(3, 4, 2, 150)), (.channelsLast, .init(2, 6, 3, 300)), (.timeMajor, .init(3, 5, 1, 100)),
  // At least 64 columns by more than 128 rows; an odd number of vectors, and no whole number of them.
  (.channelsLast, .init(2, 64, 4, 131)), (.channelsLast, .init(3, 67, 1, 50)), (.timeMajor, .init(5, 70, 2, 40)),
  (.channelsFirst, .init(150, 70, 7, 1)),
  // Rows wider than 2,048.
  (.channelsFirst, .init(5, 5_000, 1, 1)), (.channelsFirst, .init(3, 5_000, 2, 1)),
  (.channelsLast, .init(2, 2_050, 1, 3)),
]

@Suite struct LargeInputTests {
  @Test("Outputs of large inputs are those of the definition", arguments: everyAxes, large.indices)
  func forward(axes: Axes, index: Int) throws {
    guard let made = try Large(axes, index) else { return }
    var normalizer = made.normalizer
    let (output, _) = try normalizer.forward(made.input, layout: made.places.layout, mode: .training)
    let expected = plain(made, scale: made.scale, shift: made.shift)
    #expect(mismatch("\(made.places)", output.scalars, expected, tolerance: 1e-11) == nil)
  }

  @Test("So are their gradients", arguments: everyAxes, large.indices)
  func backward(axes: Axes, index: Int) throws {
    guard let made = try Large(axes, index) else { return }
    var normalizer = made.normalizer
    let (places, values) = (made.places, made.input.scalars)
    let cache = try normalizer.forward(made.input, layout: places.layout, mode: .training).cache
    let gradient = normalizer.backward(made.upstream, cache: cache)
    let standardized = plain(
      made, scale: made.scale.map { _ in 1 }, shift: made.shift.map { _ in 0 })
    let upstream = made.upstream.scalars
    let inner = upstream.indices.map { upstream[$0] * made.scale[places.channel(of: $0)] }
    let deviations = places.moments(values).variances.map { ($0 + 1e-5).squareRoot() }
    let sums = places.sums { element, _ in inner[element] }
    let products = places.sums { element, _ in inner[element] * standardized[element] }
    let count = Double(places.valuesPerStatistic)
    let expected = values.indices.map { element in
      let statistic = places.statistic(of: element)
      return (inner[element] - sums[statistic] / count - standardized[element] * products[statistic] / count)
        / deviations[statistic]
    }
    // Two values are −1 and 1 whatever they are, so that next to no gradient comes back.
    #expect(rootMeanSquare(expected) > 0.1 || places.valuesPerStatistic == 2)
    #expect(mismatch("input, \(places)", gradient.scalars, expected, tolerance: 1e-9) == nil)
    var (scale, shift) = (made.scale.map { _ in 0.0 }, made.shift.map { _ in 0.0 })
    for element in values.indices {
      scale[places.channel(of: element)] += upstream[element] * standardized[element]
      shift[places.channel(of: element)] += upstream[element]
    }
    #expect(mismatch("scale, \(places)", normalizer.state.scale.gradient.scalars, scale, tolerance: 1e-10) == nil)
    #expect(mismatch("shift, \(places)", normalizer.state.shift.gradient.scalars, shift, tolerance: 1e-10) == nil)
  }

  @Test(
    "Members meet wide rows as the axes that they are", arguments: [Member.batch, .layer, .group, .positional, .rms])
  func members(member: Member) throws {
    var normalizer = member.normalizer(Double.self, channels: 5_000, groups: 2)
    randomizeParameters(&normalizer)
    let input = Tensor<Double>.random([5, 5_000], "input", offset: 3)
    let output = try normalizer.forward(input, mode: .training).output
    let state = normalizer.state
    let expected = plainNormalize(
      input, normalizer.reducedAxes, layout: .channelsFirst, channels: 5_000, groups: state.groups,
      scale: state.scale.value.scalars, shift: state.shift.value.scalars, epsilon: 1e-5,
      centres: normalizer.centres)
    #expect(mismatch("output", output.scalars, expected, tolerance: 1e-11) == nil)
  }

  private func plain(_ made: Large, scale: [Double], shift: [Double]) -> [Double] {
    plainNormalize(
      made.input, made.places.axes, layout: made.places.layout, channels: made.places.channels,
      groups: made.places.groups, scale: scale, shift: shift, epsilon: 1e-5)
  }
}

/// A normalizer with a random scale and shift, what it is given and what comes back.
private struct Large {
  let places: Places
  let normalizer: any Normalizer<Double>
  let input, upstream: Tensor<Double>

  var scale: [Double] { normalizer.state.scale.value.scalars }
  var shift: [Double] { normalizer.state.shift.value.scalars }

  /// `nil` for axes that leave one value to each statistic: after seeing them refused, there is nothing to compare.
  init?(_ axes: Axes, _ index: Int) throws {
    places = Places(axes, large[index].layout, large[index].extents)
    var normalizer: any Normalizer<Double> = AnyAxesNorm(axes, channels: places.channels, groups: places.groups)
    randomizeParameters(&normalizer)
    self.normalizer = normalizer
    input = .random(places.shape, "input", offset: 3)
    upstream = .random(places.shape, "upstream")
    if places.valuesPerStatistic == 1 {
      #expect(throws: NormalizerError.self) {
        try normalizer.forward(input, layout: places.layout, mode: .training)
      }
      return nil
    }
  }
}
