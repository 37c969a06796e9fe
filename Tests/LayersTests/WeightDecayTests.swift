import Foundation
import Layers
import Tensors
import TestSupport
import Testing

/// A matrix and a bias.
private struct Map<Scalar: TensorScalar>: Trainable {
  var weights = Parameter(Tensor<Scalar>([1, -2, 0.5, 3], shape: [2, 2]))
  var bias = Parameter(Tensor<Scalar>([1, -1], shape: [2]))

  mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("weights", &weights)
    visitor.visit("bias", &bias)
  }
}

/// An optimizer of one number, written out.
private struct Plain {
  let kind: OptimizerKind
  let momentum: Double
  let decay: Double
  var value: Double
  var first = 0.0
  var second = 0.0
  var step = 0

  mutating func take(_ gradient: Double, rate: Double) {
    step += 1
    value *= 1 - rate * decay
    switch kind {
    case .sgd:
      first = momentum * first + gradient
      value -= rate * first
    case .adam:
      first = momentum * first + (1 - momentum) * gradient
      second = 0.999 * second + 0.001 * gradient * gradient
      let (mean, square) = (first / (1 - pow(momentum, Double(step))), second / (1 - pow(0.999, Double(step))))
      value -= rate * mean / (square.squareRoot() + 1e-8)
    }
  }
}

@Suite struct WeightDecayTests {
  @Test(
    "Weights decay apart from their gradients, biases only if all do, by the rate of each step",
    arguments: OptimizerKind.allCases, [false, true])
  func definition(kind: OptimizerKind, decaysAll: Bool) {
    for (momentum, decay) in [(0.9, 0.0), (0.9, 0.1), (0, 0.1), (0.5, 2), (0.5, 30)] {
      var map = Map<Double>()
      var optimizer = Optimizer<Double>(
        kind, learningRate: 0.1, momentum: momentum, weightDecay: decay, decaysAll: decaysAll)
      func plain(_ parameter: Parameter<Double>, _ decay: Double) -> [Plain] {
        parameter.value.scalars.map { Plain(kind: kind, momentum: momentum, decay: decay, value: $0) }
      }
      var numbers = plain(map.weights, decay) + plain(map.bias, decaysAll ? decay : 0)
      // A schedule changes the rate between steps.
      for (step, rate) in [0.1, 0.05, 0, 0.2].enumerated() {
        optimizer.learningRate = rate
        map.weights.gradient = .random([2, 2], "weights \(step)")
        map.bias.gradient = .random([2], "bias \(step)")
        let gradients = map.weights.gradient.scalars + map.bias.gradient.scalars
        optimizer.step(&map)
        for index in numbers.indices { numbers[index].take(gradients[index], rate: rate) }
        let values = map.weights.value.scalars + map.bias.value.scalars
        #expect(mismatch("\(momentum), \(decay), step \(step)", values, numbers.map(\.value), tolerance: 1e-14) == nil)
      }
    }
  }

  /// 1 − 1e-7 is 1 − 1.19e-7 as a `Float`: a fifth more.
  @Test("A small decay is as large as it should be in Float, too")
  func smallDecay() {
    var map = Map<Float>()
    let values: [Float] = [1, 1.25, 1.5, 1.75]
    map.weights = Parameter(Tensor(values, shape: [2, 2]))
    var optimizer = Optimizer<Float>(.sgd, learningRate: 1e-3, weightDecay: 1e-4)
    optimizer.step(&map)
    #expect(map.weights.value.scalars == values.map { Float(Double($0) * (1 - 1e-7)) })
  }

  @Test("Without decay, the bits are those of an optimizer that knows none", arguments: OptimizerKind.allCases)
  func noDecay(kind: OptimizerKind) {
    var (plain, zero) = (Map<Float>(), Map<Float>())
    var optimizers = (
      Optimizer<Float>(kind, learningRate: 0.1),
      Optimizer<Float>(kind, learningRate: 0.1, momentum: 0.9, weightDecay: 0, decaysAll: true)
    )
    for step in 0..<5 {
      plain.weights.gradient = .random([2, 2], "gradient \(step)")
      zero.weights.gradient = plain.weights.gradient
      optimizers.0.step(&plain)
      optimizers.1.step(&zero)
    }
    #expect(plain.weights.value.scalars.map(\.bitPattern) == zero.weights.value.scalars.map(\.bitPattern))
  }
}
