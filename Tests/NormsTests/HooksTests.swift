import Norms
import TestSupport
import Testing

/// Batch normalization with one correction for all statistics.
private struct Corrected: Normalizer {
  var reducedAxes: Axes { [.batch, .position] }
  var state = NormalizerState<Double>(channels: 4)
  var correction: Correction.Rule? { { _, _, _ in Correction(factor: 2, offset: 1) } }
}

/// Layer normalization times two, by a forward pass that hands on the cache of the member it holds.
private struct Doubled: Normalizer {
  var reducedAxes: Axes { [.group, .channel, .position] }
  var state = NormalizerState<Double>(channels: 4)
  private var inner = LayerNorm<Double>(channels: 4)

  mutating func forward(
    _ input: Tensor<Double>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Double>, cache: NormalizerCache<Double>) {
    let (output, cache) = try inner.forward(input, layout: layout, mode: mode)
    return (output.scaled(by: 2), cache)
  }

  mutating func backward(_ gradient: Tensor<Double>, cache: NormalizerCache<Double>) -> Tensor<Double> {
    inner.backward(gradient.scaled(by: 2), cache: cache)
  }
}

@Suite struct HooksTests {
  private let input = Tensor<Double>.random([5, 4, 3], "input")

  @Test("A correction changes what training gives, and inference not at all")
  func correction() throws {
    var (corrected, plain) = (Corrected(), BatchNorm<Double>(channels: 4))
    let found = try corrected.forward(input, mode: .training).output
    let expected = try plain.forward(input, mode: .training).output.scalars.map { 2 * $0 + 1 }
    #expect(mismatch("training", found.scalars, expected, tolerance: 1e-14) == nil)
    #expect(try corrected.inference(input) == plain.inference(input))
  }

  @Test("A forward pass of one's own is followed by the activation each time, whatever cache it hands on")
  func activationAfterOwnForward() throws {
    var (doubled, layer) = (Doubled(), LayerNorm<Double>(channels: 4))
    let plain = try layer.forward(input, mode: .training).output.scaled(by: 2)
    for activation in Activation.allCases {
      let expected = activation.forward(plain)
      for _ in 0..<2 {
        let found = try doubled.forward(input, layout: .channelsFirst, mode: .training, activation: activation)
        #expect(found.output == expected)
      }
    }
  }

  @Test("The activation gives the same bits the first time and fused", arguments: Member.normalizers)
  func fused(member: Member) throws {
    var normalizer = member.normalizer(Double.self, channels: 4, groups: 2)
    for activation in Activation.allCases {
      let first = try normalizer.inference(input, activation: activation)
      _ = try normalizer.forward(input, layout: .channelsFirst, mode: .inference, activation: activation)
      #expect(try normalizer.inference(input, activation: activation) == first)
    }
  }
}
