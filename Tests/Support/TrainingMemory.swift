import Layers
import Tensors

/// The blocks of memory that each of four training steps has asked the system for, and those before it.
public func blocksAskedFor<Model: Classifier<Double>>(
  byTraining trained: Model, on input: Tensor<Double>, labels: [Int]
) throws -> [Int] {
  var model = trained
  var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1)
  return try (0..<4).map { _ in
    let (logits, cache) = try model.forward(input, mode: .training)
    model.clearGradients()
    model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels).gradient, cache: cache)
    optimizer.step(&model)
    return input.processor.allocated.blocks
  }
}
