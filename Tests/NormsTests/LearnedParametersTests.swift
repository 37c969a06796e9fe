import Norms
import Tensors
import TestSupport
import Testing

@Suite struct LearnedParametersTests {
  @Test(
    "Scale and shift are learned apart: what is not learned is no parameter and has no gradient",
    arguments: [true, false], [true, false])
  func apart(scale: Bool, shift: Bool) throws {
    var (normalizer, whole) = (BatchNorm<Double>(channels: 6), BatchNorm<Double>(channels: 6))
    (normalizer.state.learnsScale, normalizer.state.learnsShift) = (scale, shift)
    #expect(normalizer.parameters.map(\.name) == (scale ? ["scale"] : []) + (shift ? ["shift"] : []))
    #expect(normalizer.state.isAffine == (scale || shift))
    let (input, upstream) = (Tensor<Double>.random([5, 6], "input"), Tensor<Double>.random([5, 6], "upstream"))
    for _ in 0..<2 {
      let (output, cache) = try normalizer.forward(input, mode: .training)
      let (expected, other) = try whole.forward(input, mode: .training)
      #expect(
        output == expected && normalizer.backward(upstream, cache: cache) == whole.backward(upstream, cache: other))
    }
    let zeros = Tensor<Double>.zeros([6])
    #expect(normalizer.state.scale.gradient == (scale ? whole.state.scale.gradient : zeros))
    #expect(normalizer.state.shift.gradient == (shift ? whole.state.shift.gradient : zeros))
    let names = Set(normalizer.snapshot().tensors.keys)
    #expect(names.contains("scale") == scale && names.contains("shift") == shift)
  }
}
