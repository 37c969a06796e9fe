import Layers
import Tensors
import TestSupport
import Testing

private struct Single: Trainable {
  var weight = Parameter(Tensor<Double>([1, -2], shape: [2]))

  mutating func visitState(_ visitor: StateVisitor<Double>) {
    visitor.visit("weight", &weight)
  }
}

@Suite struct MomentumTests {
  @Test("SGD keeps the momentum it is given: v ← m·v + g, w ← w − rate·v", arguments: [0, 0.25, 0.5, 0.99])
  func momentum(momentum: Double) {
    var single = Single()
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1, momentum: momentum)
    var (weights, velocities) = ([1.0, -2.0], [0.0, 0.0])
    for gradient in [[1.0, -2], [3, 0.5], [-4, 0]] {
      single.weight.gradient = Tensor(gradient, shape: [2])
      optimizer.step(&single)
      for index in 0..<2 {
        velocities[index] = momentum * velocities[index] + gradient[index]
        weights[index] -= 0.1 * velocities[index]
      }
      #expect(mismatch("weights", single.weight.value.scalars, weights, tolerance: 1e-15) == nil)
    }
  }
}
