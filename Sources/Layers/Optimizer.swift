import Foundation
import Tensors

/// How gradients become steps.
public enum OptimizerKind: String, Hashable, Sendable, CaseIterable {
  /// Stochastic gradient descent with momentum.
  case sgd
  /// Adam, with the momentum for β₁ and the paper's constants β₂ = 0.999 and ε = 1e-8.
  case adam

  /// What is remembered of each parameter.
  fileprivate var memories: [String] {
    switch self {
    case .sgd: ["velocity"]
    case .adam: ["mean", "square"]
    }
  }
}

/// Changes parameters against their gradients, and remembers what it needs for each.
///
/// A step begins with the decay of the weights, w ← (1 − rate · decay) · w, apart from the gradient (decoupled; Loshchilov
/// & Hutter, 2019), for SGD as for Adam. Tensors of two axes or more decay: weights, and no scale, shift or bias.
public struct Optimizer<Scalar: TensorScalar>: Sendable {
  public let kind: OptimizerKind
  /// How far a step goes; a schedule changes it between steps.
  ///
  /// - Precondition: it is finite and not negative.
  public var learningRate: Double {
    didSet { checkLearningRate() }
  }
  /// The weight that a running mean of gradients keeps in a step: the momentum of SGD, Adam's β₁.
  public let momentum: Double
  /// What a step takes from the weights, in parts of them for each unit of the learning rate.
  public let weightDecay: Double
  /// Whether scales, shifts and biases decay, too.
  public let decaysAll: Bool

  private var steps = 0
  private var memories: [Memory] = []

  /// What is remembered of a parameter: the velocity of SGD, or Adam's running means of gradients and of their squares.
  private struct Memory: Sendable {
    let name: String
    var first: Tensor<Scalar>
    /// Not used by SGD.
    var second: Tensor<Scalar>

    mutating func stepAdam(_ parameter: inout Parameter<Scalar>, rate: Double, momentum: Double, step: Int) {
      parameter.stepAdam(
        rate: rate, decays: (momentum, 0.999), epsilon: 1e-8, step: step, mean: &first, square: &second)
    }
  }

  /// - Precondition: the learning rate and the weight decay are finite and not negative, and the momentum is from 0 to
  ///   below 1.
  public init(
    _ kind: OptimizerKind, learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    decaysAll: Bool = false
  ) {
    require((0..<1).contains(momentum), "An optimizer's momentum is from 0 to below 1, and not \(momentum).")
    require(
      weightDecay >= 0 && weightDecay.isFinite,
      "An optimizer's weight decay is finite and 0 or more, and not \(weightDecay).")
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decaysAll = decaysAll
    checkLearningRate()
  }

  private func checkLearningRate() {
    require(
      learningRate >= 0 && learningRate.isFinite,
      "An optimizer's learning rate is finite and 0 or more, and not \(learningRate).")
  }

  /// Takes one step on every parameter of `model`.
  ///
  /// - Precondition: the parameters have the names and shapes that they had in the step before.
  public mutating func step(_ model: inout some Trainable<Scalar>) {
    steps += 1
    var index = 0
    model.forEachParameter { name, parameter in
      if steps == 1 {
        let zeros = Tensor<Scalar>.zeros(parameter.value.shape, on: parameter.value.processor)
        memories.append(Memory(name: name, first: zeros, second: zeros))
      }
      require(
        index < memories.count && memories[index].name == name,
        """
        The optimizer remembers \(index < memories.count ? memories[index].name : "\(memories.count) parameters") where the \
        model has \(name): it belongs to another model.
        """)
      if weightDecay > 0 && (decaysAll || parameter.value.shape.count > 1) {
        parameter.decay(by: learningRate * weightDecay)
      }
      switch kind {
      case .sgd: parameter.stepSGD(rate: learningRate, momentum: momentum, velocity: &memories[index].first)
      case .adam: memories[index].stepAdam(&parameter, rate: learningRate, momentum: momentum, step: steps)
      }
      index += 1
    }
    require(index == memories.count, "The optimizer remembers \(memories.count) parameters; the model has \(index).")
  }

  /// What it remembers, and how many steps it took.
  public func snapshot() -> Snapshot<Scalar> {
    var snapshot = Snapshot<Scalar>(counters: ["steps": steps])
    for memory in memories {
      for (kind, tensor) in zip(kind.memories, [memory.first, memory.second]) {
        snapshot.tensors["\(kind).\(memory.name)"] = tensor
      }
    }
    return snapshot
  }

  /// Takes over what an optimizer of this kind remembered of the parameters of `model`.
  ///
  /// - Throws: ``SnapshotError`` if the snapshot is not of such an optimizer, and then nothing is changed.
  public mutating func restore(
    _ snapshot: Snapshot<Scalar>, for model: some Trainable<Scalar>
  ) throws(SnapshotError) {
    guard let steps = snapshot.counters["steps"], snapshot.counters.count == 1 else {
      throw .names(
        missing: snapshot.counters["steps"] == nil ? ["steps"] : [],
        unknown: snapshot.counters.keys.filter { $0 != "steps" }.sorted())
    }
    if let flaw = Snapshot<Scalar>.flaw(ofCounter: steps) { throw .value(name: "steps", flaw: flaw) }
    // Before its first step, an optimizer remembers nothing.
    let parameters = steps == 0 ? [] : model.parameters
    let names = Set(parameters.flatMap { parameter in kind.memories.map { "\($0).\(parameter.name)" } })
    guard names == Set(snapshot.tensors.keys) else {
      throw .names(
        missing: names.subtracting(snapshot.tensors.keys).sorted(),
        unknown: Set(snapshot.tensors.keys).subtracting(names).sorted())
    }
    var restored: [Memory] = []
    for (name, parameter) in parameters {
      let tensors = kind.memories.compactMap { snapshot.tensors["\($0).\(name)"] }
      for (kind, tensor) in zip(kind.memories, tensors) where tensor.shape != parameter.value.shape {
        throw .shape(name: "\(kind).\(name)", found: tensor.shape, expected: parameter.value.shape)
      }
      let own = tensors.map { $0.copied(to: parameter.value.processor) }
      restored.append(Memory(name: name, first: own[0], second: own[own.count - 1]))
    }
    (self.steps, memories) = (steps, restored)
  }
}
