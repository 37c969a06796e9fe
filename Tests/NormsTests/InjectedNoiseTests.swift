import Norms
import Tensors
import TestSupport
import Testing

@Suite struct InjectedNoiseTests {
  private func noise(_ member: Member = .batch, channels: Int = 6, amount: Double = 1) -> InjectedNoise<Double> {
    InjectedNoise(after: member.normalizer(channels: channels), amount: amount, seed: 3, name: "layer0")
  }

  @Test("The backward pass agrees with central differences", arguments: TensorLayout.allCases, [Member.batch, .layer])
  func gradients(layout: TensorLayout, member: Member) throws {
    let shape = shape(4, 6, [5], layout)
    var normalizer: any Normalizer<Double> = noise(member)
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

  @Test("The noise is a factor and an offset of each sample and channel, the same in every layout")
  func perSampleAndChannel() throws {
    func noisy(_ layout: TensorLayout) throws -> (plain: Tensor<Double>, noisy: Tensor<Double>) {
      // Sample, channel, position, permuted to the layout and back.
      let (there, back) =
        switch layout {
        case .channelsFirst: ([0, 1, 2], [0, 1, 2])
        case .channelsLast: ([0, 2, 1], [0, 2, 1])
        case .timeMajor: ([2, 0, 1], [1, 2, 0])
        }
      let input = Tensor<Double>.random([4, 6, 5], "input").transposed(axes: there)
      var (noise, plain) = (noise(), BatchNorm<Double>(channels: 6))
      return (
        try plain.forward(input, layout: layout, mode: .training).output.transposed(axes: back),
        try noise.forward(input, layout: layout, mode: .training).output.transposed(axes: back)
      )
    }
    let first = try noisy(.channelsFirst)
    var factors: Set<Int> = []
    for sample in 0..<4 {
      for channel in 0..<6 {
        let x = (0..<5).map { first.plain[sample, channel, $0] }
        let y = (0..<5).map { first.noisy[sample, channel, $0] }
        let factor = (y[1] - y[0]) / (x[1] - x[0])
        for place in 2..<5 { #expect(abs((y[place] - y[0]) - factor * (x[place] - x[0])) < 1e-12) }
        factors.insert(Int(factor * 1e6))
      }
    }
    #expect(factors.count == 24)
    for layout in [TensorLayout.channelsLast, .timeMajor] {
      #expect(mismatch("\(layout)", try noisy(layout).noisy.scalars, first.noisy.scalars, tolerance: 1e-13) == nil)
    }
  }

  @Test("Offsets and factors have the distributions of the paper, of the amount", arguments: [1.0, 2.0])
  func distributions(amount: Double) throws {
    let (samples, units, passes) = (400, 50, 40)
    // Without a normalizer, an input of 0 shows m, and one of 1 beside it shows s.
    var noise = InjectedNoise<Double>(
      after: ScaleAndShift(channels: units), amount: amount, seed: 1, name: "layer0")
    var (means, scales): ([Double], [Double]) = ([], [])
    var (offsets, factors): ([Double], [Double]) = ([], [])
    for _ in 0..<passes {
      let input = Tensor<Double>((0..<samples * units * 2).map { Double($0 % 2) }, shape: [samples, units, 2])
      let output = try noise.forward(input, mode: .training).output.scalars
      for unit in 0..<units {
        let m = (0..<samples).map { output[($0 * units + unit) * 2] }
        let s = (0..<samples).map { output[($0 * units + unit) * 2 + 1] - output[($0 * units + unit) * 2] }
        let (mean, scale) = (m.reduce(0, +) / Double(samples), s.reduce(0, +) / Double(samples))
        means.append(mean)
        scales.append(scale)
        offsets += m.map { $0 - mean }
        factors += s.map { $0 - scale }
      }
    }
    func deviation(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    // 2,000 units and 800,000 samples: four standard errors.
    #expect(abs(mean(means)) < 4 * 0.2887 * amount / 2000.0.squareRoot())
    #expect(abs(deviation(means) - amount / 12.0.squareRoot()) < 0.02 * amount)
    #expect(abs(mean(scales) - (1 + 0.125 * amount)) < 4 * 0.0722 * amount / 2000.0.squareRoot())
    #expect(abs(deviation(scales) - 0.25 * amount / 12.0.squareRoot()) < 0.006 * amount)
    #expect(abs(deviation(offsets) - 0.2 * amount / 12.0.squareRoot()) < 0.0005 * amount)
    #expect(offsets.allSatisfy { abs($0) < 0.115 * amount })
    #expect(abs(deviation(factors) - 0.1 * amount) < 0.0006 * amount)
    // A normal distribution, and no other of this deviation: 4.55 % are beyond two of them.
    let beyond = Double(factors.count { abs($0) > 0.2 * amount }) / Double(factors.count)
    #expect(abs(beyond - 0.0455) < 0.001)
  }

  @Test("Every pass, layer and seed has noise of its own; inference and an amount of 0 have none")
  func streams() throws {
    let input = Tensor<Double>.random([4, 6], "input")
    var (one, plain) = (noise(), BatchNorm<Double>(channels: 6))
    let expected = try plain.forward(input, mode: .training).output
    func other(seed: UInt64, _ name: String) throws -> Tensor<Double> {
      var noise = InjectedNoise<Double>(after: BatchNorm(channels: 6), seed: seed, name: name)
      return try noise.forward(input, mode: .training).output
    }
    let start = one.snapshot()
    let first = try one.forward(input, mode: .training).output
    let second = try one.forward(input, mode: .training).output
    #expect(try first == other(seed: 3, "layer0"))
    for different in [second, try other(seed: 4, "layer0"), try other(seed: 3, "layer1"), expected] {
      #expect(different != first)
    }
    #expect(one.snapshot().counters == ["recordedBatches": 2, "noisePasses": 2])
    try one.restore(start)
    #expect(try one.forward(input, mode: .training).output == first)
    var none = noise(amount: 0)
    #expect(try none.forward(input, mode: .training).output == expected)
    for mode in Mode.allCases where mode != .training {
      var (noisy, quiet) = (noise(), BatchNorm<Double>(channels: 6))
      #expect(try noisy.forward(input, mode: mode).output == quiet.forward(input, mode: mode).output)
    }
  }

  @Test("The activation comes after the noise", arguments: [Mode.training, .inference])
  func activation(mode: Mode) throws {
    let input = Tensor<Double>.random([4, 6], "input")
    var (one, other) = (noise(), noise())
    let plain = try one.forward(input, mode: mode).output
    let found = try other.forward(input, layout: .channelsFirst, mode: mode, activation: .relu).output
    #expect(found == Activation.relu.forward(plain))
  }

  @Test("Without a scale, scale and shift are a bias")
  func scaleAndShift() throws {
    var layer = ScaleAndShift<Double>(channels: 2, learnsScale: false)
    #expect(layer.parameters.map(\.name) == ["shift"])
    layer.state.shift.value = Tensor([1, -1], shape: [2])
    let (output, cache) = try layer.forward(Tensor([1, 2, 3, 4], shape: [2, 2]), mode: .training)
    #expect(output.scalars == [2, 1, 4, 3])
    #expect(layer.backward(Tensor([1, 2, 3, 4], shape: [2, 2]), cache: cache).scalars == [1, 2, 3, 4])
    #expect(layer.state.shift.gradient.scalars == [4, 6] && layer.state.scale.gradient.scalars == [0, 0])
  }
}
