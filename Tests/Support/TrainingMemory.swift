import Layers
import Tensors

/// How many blocks of memory the system was asked for in all, by the end of each of four training steps.
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
