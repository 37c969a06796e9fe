import Norms
import Tensors
import TestSupport
import Testing

@Suite struct ModeTests {
  private func batch(_ values: Double...) -> Tensor<Double> { Tensor(values, shape: [values.count, 1]) }

  @Test("Calibration averages the batches since training, plainly and with the unbiased variance (Algorithm 2)")
  func population() throws {
    var normalizer = BatchNorm<Double>(channels: 1)
    _ = try normalizer.forward(batch(50, 90), mode: .training)
    // Means 2, 8 and 5, unbiased variances 1, 16 and 4.
    for values in [batch(1, 2, 3), batch(4, 8, 12), batch(3, 5, 7)] {
      _ = try normalizer.forward(values, mode: .calibration)
    }
    #expect(abs(normalizer.state.runningMean.scalars[0] - 5) < 1e-14)
    #expect(abs(normalizer.state.runningVariance.scalars[0] - 7) < 1e-14)
    #expect(normalizer.state.calibrationPasses == 3 && normalizer.state.recordedBatches == 1)
    // Training goes on from there, and ends the calibration.
    _ = try normalizer.forward(batch(1, 2, 3), mode: .training)
    #expect(abs(normalizer.state.runningMean.scalars[0] - (0.9 * 5 + 0.1 * 2)) < 1e-14)
    #expect(normalizer.state.calibrationPasses == 0 && normalizer.state.recordedBatches == 2)
    _ = try normalizer.forward(batch(4, 8, 12), mode: .calibration)
    #expect(normalizer.state.runningMean.scalars == [8] && normalizer.state.runningVariance.scalars == [16])
  }

  @Test("Statistics that were taken over are forgotten by the first calibration pass")
  func takenOver() throws {
    var normalizer = BatchNorm<Double>(channels: 1)
    _ = try normalizer.forward(batch(0, 2), mode: .calibration)
    let snapshot = normalizer.snapshot()
    #expect(snapshot.counters == ["recordedBatches": 0])
    _ = try normalizer.forward(batch(4, 6), mode: .calibration)
    try normalizer.restore(snapshot)
    _ = try normalizer.forward(batch(10, 14), mode: .calibration)
    #expect(normalizer.state.runningMean.scalars == [12] && normalizer.state.calibrationPasses == 1)
    let (mean, variance) = (Tensor<Double>([1], shape: [1]), Tensor<Double>([3], shape: [1]))
    try normalizer.state.setRunningStatistics(mean: mean, variance: variance)
    _ = try normalizer.forward(batch(10, 14), mode: .calibration)
    #expect(normalizer.state.runningMean.scalars == [12])
  }

  @Test("Without dropout, a member in any mode but inference normalizes as in training", arguments: Member.normalizers)
  func sameOutput(member: Member) throws {
    let input = Tensor<Double>.random([5, 4, 3], "input", offset: 2)
    for mode in Mode.allCases {
      var normalizer = member.normalizer(Double.self, channels: 4, groups: 2)
      var trained = normalizer
      let expected = try trained.forward(input, mode: .training).output
      let state = normalizer.snapshot()
      let found = try normalizer.forward(input, mode: mode).output
      #expect((found == expected) == (mode != .inference || !normalizer.mixesSamples), "\(mode)")
      let records = normalizer.mixesSamples && (mode == .training || mode == .calibration)
      #expect((normalizer.snapshot() != state) == records, "\(mode)")
    }
  }

  @Test("Batch renormalization corrects in training alone")
  func renorm() throws {
    var (renorm, batch) = (BatchRenorm<Double>(channels: 4, schedule: .short), BatchNorm<Double>(channels: 4))
    for step in 0..<4 {
      _ = try renorm.forward(.random([5, 4, 3], "earlier \(step)", offset: Double(step)), mode: .training)
    }
    let input = Tensor<Double>.random([5, 4, 3], "input")
    let expected = try batch.forward(input, mode: .training).output
    for mode in [Mode.batchInference, .calibration] {
      #expect(try renorm.forward(input, mode: mode).output == expected)
    }
    #expect(try renorm.forward(input, mode: .training).output != expected)
  }

  @Test("One value to a statistic is an error in every mode that uses statistics of the batch")
  func oneValue() throws {
    var normalizer = BatchNorm<Float>(channels: 2)
    let one = Tensor<Float>([1, 2], shape: [1, 2])
    for mode in Mode.allCases where mode != .inference {
      #expect(throws: NormalizerError.oneValuePerStatistic(shape: [1, 2], layout: .channelsFirst)) {
        try normalizer.forward(one, mode: mode)
      }
    }
    _ = try normalizer.forward(one, mode: .inference)
  }

  @Test("The gradient in batch inference is that of the statistics, too", arguments: [Member.batch, .renorm])
  func gradient(member: Member) throws {
    var normalizer = member.normalizer(Double.self, channels: 4)
    for step in 0..<4 { _ = try normalizer.forward(.random([5, 4, 3], "earlier \(step)", bound: 2), mode: .training) }
    randomizeParameters(&normalizer)
    let (input, upstream) = (Tensor<Double>.random([5, 4, 3], "input"), Tensor<Double>.random([5, 4, 3], "upstream"))
    let start = normalizer
    let (_, cache) = try normalizer.forward(input, mode: .batchInference)
    let gradient = normalizer.backward(upstream, cache: cache)
    let mismatches = gradientMismatches(
      normalizer, inputGradient: gradient, function: start, at: input, upstream: upstream, layout: .channelsFirst,
      mode: .batchInference)
    #expect(mismatches == [])
  }
}
