import Foundation
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@Suite struct FamilyTests {
  @Test("Without scale and shift, the output is that of 1 and 0, and neither is learned", arguments: Member.normalizers)
  func notAffine(member: Member) throws {
    for layout in TensorLayout.allCases {
      let shape = shape(4, 6, [5], layout)
      let (input, upstream) = (
        Tensor<Double>.random(shape, "input", offset: 0.5), Tensor<Double>.random(shape, "upstream")
      )
      var plain = member.normalizer(Double.self, channels: 6, affine: false)
      let own = member == .dyt ? ["slope"] : []
      #expect(plain.parameters.map(\.name) == own)
      #expect(member.normalizer(Double.self, channels: 6).parameters.map(\.name) == own + ["scale", "shift"])

      let start = plain
      let (output, cache) = try plain.forward(input, layout: layout, mode: .training)
      let gradient = plain.backward(upstream, cache: cache)
      let expected =
        member == .dyt
        ? input.scalars.map { tanh(0.5 * $0) }
        : plainNormalize(
          input, plain.reducedAxes, layout: layout, channels: 6, groups: member == .group ? 2 : 1,
          scale: .init(repeating: 1, count: 6), shift: .init(repeating: 0, count: 6), epsilon: 1e-5,
          centres: member != .rms)
      #expect(mismatch("output", output.scalars, expected, tolerance: 1e-13) == nil)
      let mismatches = gradientMismatches(
        plain, inputGradient: gradient, function: start, at: input, upstream: upstream, layout: layout, mode: .training)
      #expect(mismatches == [])
      for parameter in [plain.state.scale, plain.state.shift] {
        #expect(parameter.gradient.scalars.allSatisfy { $0 == 0 })
      }
      #expect(plain.state.scale.value.scalars.allSatisfy { $0 == 1 })
      #expect(plain.state.shift.value.scalars.allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "The members that average and no more differ in their axes alone: any axes of a user's give the same bits",
    arguments: zip(
      [Member.batch, .layer, .instance, .group],
      [[.batch, .position], [.group, .channel, .position], .position, [.channel, .position]] as [Axes]))
  func axesAlone(member: Member, axes: Axes) throws {
    for layout in TensorLayout.allCases {
      try compare(member, axes, layout, Float.self)
      try compare(member, axes, layout, Double.self)
    }
  }

  private func compare<Scalar: TensorScalar>(
    _ member: Member, _ axes: Axes, _ layout: TensorLayout, _ type: Scalar.Type
  ) throws {
    var normalizer = member.normalizer(Scalar.self, channels: 6, groups: 3)
    let state = NormalizerState<Scalar>(channels: 6, groups: member == .group ? 3 : 1)
    var other: any Normalizer<Scalar> = AnyAxesNorm(axes, state)
    #expect(normalizer.reducedAxes == axes)
    #expect(normalizer.centres && normalizer.correction == nil)
    #expect(normalizer.mixesSamples == other.mixesSamples)
    #expect(normalizer.needsWholeSequence == other.needsWholeSequence)
    randomizeParameters(&normalizer)
    randomizeParameters(&other)

    func results(_ normalizer: inout any Normalizer<Scalar>, _ mode: Mode, _ activation: Activation?, _ step: Int)
      throws
      -> [[Scalar]]
    {
      let shape = shape(4, 6, [5, 7], layout)
      let (output, cache) = try normalizer.forward(
        .random(shape, "input \(step)", offset: 0.5), layout: layout, mode: mode, activation: activation)
      let gradient = normalizer.backward(.random(shape, "upstream \(step)"), cache: cache)
      return [output.scalars, gradient.scalars] + normalizer.parameters.map(\.parameter.gradient.scalars)
    }
    let runs: [(Mode, Activation?)] = [(.training, nil), (.training, .tanh), (.inference, .relu), (.inference, nil)]
    for (step, (mode, activation)) in runs.enumerated() {
      let found = try results(&normalizer, mode, activation, step)
      #expect(try results(&other, mode, activation, step) == found, "\(layout) \(mode) \(Scalar.self)")
      #expect(found.count == 4)
    }
    // The same names with the same contents.
    #expect(normalizer.snapshot() == other.snapshot())
  }
}
