import Foundation
import Tensors

/// How gradients become steps.
public enum OptimizerKind: String, Hashable, Sendable, CaseIterable {
  /// Stochastic gradient descent with momentum 0.9.
  case sgd
  /// Adam, with the paper's constants 0.9, 0.999 and 1e-8.
  case adam
}

/// Changes parameters against their gradients, and remembers what it needs for each.
public struct Optimizer<Scalar: TensorScalar>: Sendable {
  public let kind: OptimizerKind
  public let learningRate: Double
  public let momentum: Double

  private var steps = 0
  private var memories: [Memory] = []

  /// The velocity of SGD, or Adam's running means of gradients and of their squares.
  private struct Memory: Sendable {
    var first: Tensor<Scalar>
    var second: Tensor<Scalar>

    mutating func descendAdaptively(_ parameter: inout Parameter<Scalar>, rate: Double, step: Int) {
      parameter.descendAdaptively(
        rate: rate, decays: (0.9, 0.999), epsilon: 1e-8, step: step, mean: &first, square: &second)
    }
  }

  public init(_ kind: OptimizerKind, learningRate: Double, momentum: Double = 0.9) {
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
  }

  /// Takes one step on every parameter of `model`, which must be the same model each time.
  public mutating func step(_ model: inout some Trainable<Scalar>) {
    steps += 1
    var index = 0
    model.forEachParameter { _, parameter in
      if index == memories.count {
        let zeros = Tensor<Scalar>(repeating: 0, shape: parameter.value.shape, on: parameter.value.processor)
        memories.append(Memory(first: zeros, second: zeros))
      }
      switch kind {
      case .sgd:
        parameter.descend(rate: learningRate, momentum: momentum, velocity: &memories[index].first)
      case .adam:
        memories[index].descendAdaptively(&parameter, rate: learningRate, step: steps)
      }
      index += 1
    }
  }
}
