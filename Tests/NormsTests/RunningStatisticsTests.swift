import Norms
import Tensors
import TestSupport
import Testing

@Suite struct RunningStatisticsTests {
  @Test("Running statistics keep the decay of the old value; the variance is unbiased (Ioffe & Szegedy, Algorithm 2)")
  func recorded() throws {
    var normalizer = BatchNorm<Double>(channels: 1, decay: 0.8)
    // Mean 2, biased variance 2/3, unbiased variance 1.
    _ = try normalizer.forward(Tensor([1, 2, 3], shape: [3, 1]), mode: .training)
    #expect(abs(normalizer.state.runningMean.scalars[0] - 0.4) < 1e-15)
    #expect(abs(normalizer.state.runningVariance.scalars[0] - (0.8 + 0.2 * 1)) < 1e-15)
    // Mean 8, unbiased variance 16.
    _ = try normalizer.forward(Tensor([4, 8, 12], shape: [3, 1]), mode: .training)
    #expect(abs(normalizer.state.runningMean.scalars[0] - (0.8 * 0.4 + 0.2 * 8)) < 1e-15)
    #expect(abs(normalizer.state.runningVariance.scalars[0] - (0.8 * 1 + 0.2 * 16)) < 1e-14)
  }

  @Test("Inference uses the running statistics, records nothing, and treats each sample by itself")
  func inference() throws {
    var normalizer = BatchNorm<Double>(channels: 2)
    let input = Tensor<Double>.random([5, 2, 3], "input", offset: 2)
    _ = try normalizer.forward(input, mode: .training)
    let state = normalizer.state
    let whole = try normalizer.forward(input, mode: .inference).output.scalars
    #expect(normalizer.state.runningMean.scalars == state.runningMean.scalars)
    let first = try normalizer.forward(Tensor(Array(input.scalars[..<6]), shape: [1, 2, 3]), mode: .inference).output
    #expect(first.scalars == Array(whole[..<6]))
    let expected =
      (input.scalars[0] - state.runningMean.scalars[0])
      / (state.runningVariance.scalars[0] + 1e-5).squareRoot()
    #expect(abs(whole[0] - expected) < 1e-14)
  }

  @Test("Only a normalizer that averages over the batch records anything", arguments: Member.normalizers)
  func whoRecords(member: Member) throws {
    var normalizer = member.normalizer(Float.self, channels: 4, groups: 2)
    _ = try normalizer.forward(.random([3, 4, 5], "input"), mode: .training)
    let averages = member == .batch || member == .renorm
    #expect(normalizer.state.runningMean.count == (averages ? 4 : 0))
    #expect(normalizer.mixesSamples == averages)
    #expect(normalizer.needsWholeSequence == (averages || member == .instance))
  }
}
