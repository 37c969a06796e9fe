import Norms
import Tensors
import TestSupport
import Testing

/// Shapes with primes, single samples and positions, and channels that are no whole vectors.
private let shapes: [(batch: Int, channels: Int, groups: Int, positions: [Int])] = [
  (3, 6, 3, [5]), (2, 4, 2, [3, 5]), (5, 6, 2, []), (1, 6, 3, [7]), (4, 36, 9, [2, 3]), (3, 2, 1, [131]),
]

/// The product of the extents that are averaged over.
private func valuesPerStatistic(_ axes: Axes, _ batch: Int, _ channels: Int, _ groups: Int, _ positions: [Int]) -> Int {
  let extents = Extents(batch, channels, groups, positions.reduce(1, *))
  return Places(axes, .channelsFirst, extents).valuesPerStatistic
}

@Suite struct NormalizerTests {
  @Test("Every set of axes, in every layout, agrees with the definition", arguments: everyAxes, TensorLayout.allCases)
  func agreesWithDefinition(axes: Axes, layout: TensorLayout) throws {
    for (batch, channels, groups, positions) in shapes {
      let input = Tensor<Double>.random(shape(batch, channels, positions, layout), "input", offset: 3)
      var normalizer: any Normalizer<Double> = AnyAxesNorm(axes, channels: channels, groups: groups)
      randomizeParameters(&normalizer)
      let values = valuesPerStatistic(axes, batch, channels, groups, positions)
      guard values > 1 else {
        #expect(throws: NormalizerError.oneValuePerStatistic(shape: input.shape, layout: layout)) {
          try normalizer.forward(input, layout: layout, mode: .training)
        }
        continue
      }
      let (output, cache) = try normalizer.forward(input, layout: layout, mode: .training)
      #expect(cache.valuesPerStatistic == values)
      let expected = plainNormalize(
        input, axes, layout: layout, channels: channels, groups: groups, scale: normalizer.state.scale.value.scalars,
        shift: normalizer.state.shift.value.scalars, epsilon: 1e-5)
      #expect(mismatch("output of \(input.shape)", output.scalars, expected, tolerance: 1e-12) == nil)
    }
  }

  @Test("A normalizer takes inputs of one shape in several layouts in turn", arguments: everyAxes)
  func layoutsInTurn(axes: Axes) throws {
    let input = Tensor<Double>.random([6, 6, 6], "input")
    var normalizer = AnyAxesNorm<Double>(axes, channels: 6, groups: 2)
    for layout in TensorLayout.allCases + [.channelsFirst] {
      var fresh = AnyAxesNorm<Double>(axes, channels: 6, groups: 2)
      let found = try normalizer.forward(input, layout: layout, mode: .training)
      let expected = try fresh.forward(input, layout: layout, mode: .training)
      #expect(found.output == expected.output && found.cache.means == expected.cache.means)
    }
  }

  @Test("Layer normalization is group normalization with one group", arguments: TensorLayout.allCases)
  func layerIsOneGroup(layout: TensorLayout) throws {
    let input = Tensor<Double>.random(shape(3, 6, [5, 2], layout), "input")
    #expect(try output(.layer, input, layout) == output(.group, input, layout, groups: 1))
  }

  @Test("Instance normalization is group normalization with one channel a group", arguments: TensorLayout.allCases)
  func instanceIsOneChannelGroups(layout: TensorLayout) throws {
    let input = Tensor<Double>.random(shape(3, 6, [5, 2], layout), "input")
    #expect(try output(.instance, input, layout) == output(.group, input, layout, groups: 6))
  }

  @Test("Batch normalization of one sample in training is instance normalization", arguments: TensorLayout.allCases)
  func batchOfOneIsInstance(layout: TensorLayout) throws {
    let input = Tensor<Double>.random(shape(1, 6, [5, 2], layout), "input")
    let (batch, instance) = (try output(.batch, input, layout), try output(.instance, input, layout))
    #expect(mismatch("batch of one", batch, instance, tolerance: 1e-14) == nil)
  }

  @Test("The numbers are the same in every layout", arguments: Member.normalizers)
  func sameInEveryLayout(member: Member) throws {
    let first = Tensor<Double>.random([3, 6, 5], "input")
    let expected = try output(member, first, .channelsFirst)
    let last = try output(member, permuted(first, [0, 2, 1]), .channelsLast)
    let major = try output(member, permuted(first, [2, 0, 1]), .timeMajor)
    func tensor(_ values: [Double], _ shape: [Int]) -> Tensor<Double> { Tensor(values, shape: shape) }
    #expect(mismatch("last", permuted(tensor(last, [3, 5, 6]), [0, 2, 1]).scalars, expected, tolerance: 1e-13) == nil)
    #expect(
      mismatch("major", permuted(tensor(major, [5, 3, 6]), [1, 2, 0]).scalars, expected, tolerance: 1e-13) == nil)
  }

  @Test(
    "A sample larger than a cache, which is cut at its statistics, is no exception",
    arguments: Member.normalizers.filter { $0 != .dyt })
  func largeSamples(member: Member) throws {
    let input = Tensor<Double>.random([2, 4, 131, 127], "input", offset: 3)
    let upstream = Tensor<Double>.random(input.shape, "upstream")
    var normalizer = member.normalizer(Double.self, channels: 4, groups: 2)
    randomizeParameters(&normalizer)
    let (output, cache) = try normalizer.forward(input, mode: .training)
    let expected = plainNormalize(
      input, normalizer.reducedAxes, layout: .channelsFirst, channels: 4, groups: normalizer.state.groups,
      scale: normalizer.state.scale.value.scalars, shift: normalizer.state.shift.value.scalars, epsilon: 1e-5,
      centres: member != .rms)
    #expect(mismatch("output", output.scalars, expected, tolerance: 1e-11) == nil)
    let last = try normalizer.forward(permuted(input, [0, 2, 3, 1]), layout: .channelsLast, mode: .training)
    let gradient = normalizer.backward(upstream, cache: cache)
    let gradientLast = normalizer.backward(permuted(upstream, [0, 2, 3, 1]), cache: last.cache)
    let rearranged = permuted(gradientLast, [0, 3, 1, 2]).scalars
    #expect(mismatch("input gradient", gradient.scalars, rearranged, tolerance: 1e-11) == nil)
  }

  @Test(
    "Nor is a tensor larger than the caches, which is written past them",
    arguments: [
      (TensorLayout.channelsFirst, 8, 4100), (.channelsFirst, 8, 4099), (.channelsLast, 20, 1640),
      (.channelsLast, 36, 912),
      (.channelsLast, 37, 890),
    ])
  func largeTensors(layout: TensorLayout, channels: Int, positions: Int) throws {
    let batch = (1 << 22) / (channels * positions) + 1
    let input = Tensor<Float>.random(shape(batch, channels, [positions], layout), "input", on: Processor(threads: 3))
    var normalizer: any Normalizer<Float> = InstanceNorm(channels: channels)
    randomizeParameters(&normalizer)
    func results(_ input: Tensor<Float>) throws -> (output: [Float], gradient: [Float]) {
      let (output, cache) = try normalizer.forward(input, layout: layout, mode: .training)
      return (output.scalars, normalizer.backward(output, cache: cache).scalars)
    }
    let (output, gradient) = try results(input)
    let (values, count) = (input.scalars, channels * positions)
    for start in stride(from: 0, to: values.count, by: count) {
      let sample = start..<start + count
      let alone = try results(Tensor(Array(values[sample]), shape: [1] + input.shape.dropFirst()))
      #expect(alone.output.elementsEqual(output[sample]) && alone.gradient.elementsEqual(gradient[sample]))
    }
  }

  @Test("A large offset costs nothing in Double and little in Float", arguments: Member.axesAlone)
  func offsets(member: Member) throws {
    let input = Tensor<Double>.random([4, 6, 33], "input")
    let shifted = Tensor(input.scalars.map { $0 + 1e4 }, shape: input.shape)
    let expected = try output(member, shifted, .channelsFirst)
    var normalizer = member.normalizer(Float.self, channels: 6, groups: 2)
    randomizeParameters(&normalizer)
    // The input itself is rounded to 2⁻¹⁰ at 1e4; the same rounded numbers go through the definition.
    let rounded = shifted.converted(to: Float.self)
    let (found, _) = try normalizer.forward(rounded, mode: .training)
    let reference = try output(member, rounded.converted(to: Double.self), .channelsFirst)
    #expect(mismatch("Float", found.doubles, reference, tolerance: 2e-6) == nil)
    #expect(mismatch("Double", try output(member, input, .channelsFirst), expected, tolerance: 1e-10) == nil)
  }

  @Test("Nor does it in rows of channels, where an offset of 1e6 leaves Float four bits")
  func offsetsInRows() throws {
    let input = Tensor<Float>.random([5, 37], "rows", offset: 1e6)
    var (single, exact) = (LayerNorm<Float>(channels: 37), LayerNorm<Double>(channels: 37))
    let upstream = Tensor<Float>.random([5, 37], "upstream")
    let (output, cache) = try single.forward(input, mode: .training)
    let (expected, exactCache) = try exact.forward(input.converted(), mode: .training)
    #expect(mismatch("output", output.doubles, expected.scalars, tolerance: 1e-6) == nil)
    let gradient = single.backward(upstream, cache: cache)
    let expectedGradient = exact.backward(upstream.converted(), cache: exactCache)
    #expect(mismatch("gradient", gradient.doubles, expectedGradient.scalars, tolerance: 1e-6) == nil)
  }

  private func output(
    _ member: Member, _ input: Tensor<Double>, _ layout: TensorLayout, groups: Int = 2
  ) throws -> [Double] {
    var normalizer = member.normalizer(Double.self, channels: 6, groups: groups)
    randomizeParameters(&normalizer)
    return try normalizer.forward(input, layout: layout, mode: .training).output.scalars
  }
}

@Suite struct GradientTests {
  @Test(
    "The backward pass agrees with central differences", arguments: Member.normalizers,
    [
      (TensorLayout.channelsFirst, Mode.training), (.channelsLast, .training), (.timeMajor, .training),
      (.channelsFirst, .inference), (.channelsLast, .inference), (.timeMajor, .inference),
    ])
  func members(member: Member, place: (layout: TensorLayout, mode: Mode)) throws {
    for (batch, channels, groups, positions) in [(3, 4, 2, [5]), (2, 6, 3, [2, 2]), (4, 6, 2, [])] {
      let normalizer = member.normalizer(Double.self, channels: channels, groups: groups)
      let (axes, made) = (normalizer.reducedAxes, normalizer.state)
      let values = valuesPerStatistic(axes, batch, channels, made.groups, positions)
      let shape = shape(batch, channels, positions, place.layout)
      try check(normalizer, shape, place.layout, place.mode, values: values)
    }
  }

  @Test("So does that of any axes", arguments: everyAxes, TensorLayout.allCases)
  func anyAxes(axes: Axes, layout: TensorLayout) throws {
    let normalizer = AnyAxesNorm<Double>(axes, channels: 4, groups: 2)
    // Every axis is longer than 1 here.
    try check(
      normalizer, shape(3, 4, [3], layout), layout, .training, values: valuesPerStatistic(axes, 3, 4, 2, [3]))
  }

  private func check(
    _ made: any Normalizer<Double>, _ shape: [Int], _ layout: TensorLayout, _ mode: Mode, values: Int
  ) throws {
    var normalizer = made
    randomizeParameters(&normalizer)
    let input = Tensor<Double>.random(shape, "input", bound: 1.5, offset: 0.5)
    let upstream = Tensor<Double>.random(shape, "upstream")
    guard values > 1 || made.reducedAxes.isEmpty else {
      #expect(throws: NormalizerError.oneValuePerStatistic(shape: shape, layout: layout)) {
        try normalizer.forward(input, layout: layout, mode: mode)
      }
      return
    }
    if mode == .inference {
      let other = Tensor<Double>.random(shape, "earlier batch", bound: 2, offset: -0.3)
      _ = try normalizer.forward(other, layout: layout, mode: .training)
    }
    let start = normalizer
    let (_, cache) = try normalizer.forward(input, layout: layout, mode: mode)
    let gradient = normalizer.backward(upstream, cache: cache)
    let mismatches = gradientMismatches(
      normalizer, inputGradient: gradient, function: start, at: input, upstream: upstream, layout: layout, mode: mode)
    #expect(mismatches == [])
  }

  @Test("Gradients add up over calls")
  func gradientsAddUp() throws {
    var normalizer = LayerNorm<Double>(channels: 4)
    let (input, upstream) = (Tensor<Double>.random([3, 4], "input"), Tensor<Double>.random([3, 4], "upstream"))
    let (_, cache) = try normalizer.forward(input, mode: .training)
    _ = normalizer.backward(upstream, cache: cache)
    let once = normalizer.state.shift.gradient.scalars
    _ = normalizer.backward(upstream, cache: cache)
    #expect(normalizer.state.shift.gradient.scalars == once.map { 2 * $0 })
  }
}
