import CNN
import Layers
import Norms
import RNN
import Tensors

/// Training steps of the models.
extension Case {
  /// The channels of the CNN's first block, where a name says nothing.
  static let defaultWidth = 16

  /// A training step of the CNN with two blocks; the second has twice the channels of the first.
  static func cnn(_ norm: String, side: Int, batch: Int, width: Int = defaultWidth) -> Case {
    let name = "cnn/\(norm)/\(side)x\(side)/\(batch)" + (width == defaultWidth ? "" : "/\(width)")
    return Case(name: name, costs: Cost.cnn(norm, side: side, batch: batch, width: width)) { processor in
      func configuration<Scalar>(of type: Scalar.Type) -> CNN<Scalar>.Configuration {
        var configuration = CNN<Scalar>.Configuration(height: side, width: side, channels: 1, classes: 10)
        configuration.firstChannels = width
        return configuration
      }
      let model = CNN(configuration(of: Float.self), seed: 1, on: processor) { make(norm, channels: $0) }
      let exact = CNN(configuration(of: Double.self), seed: 1) { make(norm, channels: $0) }
      return step(model, exact, random([batch, side, side, 1], 3, on: processor))
    }
  }

  /// A training step of the RNN with one layer.
  static func rnn(_ norm: String, steps: Int, inputs: Int, batch: Int, hidden: Int) -> Case {
    let name = "rnn/\(norm)/\(steps)x\(inputs)/\(batch)/\(hidden)"
    let costs = Cost.rnn(norm, steps: steps, inputs: inputs, batch: batch, hidden: hidden)
    return Case(name: name, costs: costs) { processor in
      func configuration<Scalar>(of type: Scalar.Type) -> RNN<Scalar>.Configuration {
        var configuration = RNN<Scalar>.Configuration(inputs: inputs, classes: 10)
        configuration.width = hidden
        return configuration
      }
      let model = RNN(configuration(of: Float.self), seed: 1, on: processor) { make(norm, channels: $0) }
      let exact = RNN(configuration(of: Double.self), seed: 1) { make(norm, channels: $0) }
      return step(model, exact, random([batch, steps, inputs], 3, on: processor))
    }
  }

  /// A training step: forward, loss, backward, SGD.
  private static func step<Model: Classifier<Float>, Exact: Classifier<Double>>(
    _ model: Model, _ exact: Exact, _ input: Tensor<Float>
  ) -> Work {
    var subject = model
    var optimizer = Optimizer<Float>(.sgd, learningRate: 1e-4)
    let labels = (0..<input.shape[0]).map { $0 % 10 }
    return Work {
      try Check.gradients(model, exact, input, labels: labels)
    } run: {
      let (logits, cache) = try subject.forward(input, mode: .training)
      let loss = SoftmaxCrossEntropy(logits: logits, labels: labels)
      subject.clearGradients()
      subject.backward(loss.gradient, cache: cache)
      optimizer.step(&subject)
    }
  }
}
