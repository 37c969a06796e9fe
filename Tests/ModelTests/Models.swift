import CNN
import Layers
import MLP
import Norms
import RNN
import Tensors
import TestSupport

/// A convolutional network of two blocks for images of 6×5 values.
func smallCNN(
  seed: UInt64 = 1, channels: Int = 4, placement: Placement = .before, activation: Activation = .relu,
  dropout: (rate: Double, place: DropoutPlace) = (0, .classifier), on processor: Processor = .serial,
  _ normalizer: @escaping NormalizerFactory<Double>
) -> CNN<Double> {
  var configuration = CNN<Double>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
  (configuration.firstChannels, configuration.placement) = (channels, placement)
  configuration.activation = activation
  (configuration.dropout, configuration.dropoutPlace) = dropout
  return CNN(configuration, seed: seed, on: processor, normalizer: normalizer)
}

/// A recurrent network of six units, in one layer or more, for sequences of three values.
func smallRNN(
  seed: UInt64 = 1, width: Int = 6, depth: Int = 1, placement: RecurrentPlacement? = nil,
  dropout: (rate: Double, place: DropoutPlace) = (0, .classifier), initialNoise: Double = 0,
  on processor: Processor = .serial, _ normalizer: @escaping NormalizerFactory<Double>
) -> RNN<Double> {
  var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
  (configuration.width, configuration.depth, configuration.placement) = (width, depth, placement)
  (configuration.dropout, configuration.dropoutPlace) = dropout
  configuration.initialNoise = initialNoise
  return RNN(configuration, seed: seed, on: processor, normalizer: normalizer)
}

/// A perceptron of six units in two layers, for rows of five values.
func smallMLP(
  seed: UInt64 = 1, dropout: (rate: Double, place: DropoutPlace) = (0, .classifier),
  _ normalizer: @escaping NormalizerFactory<Double>
) -> MLP<Double> {
  var configuration = MLP<Double>.Configuration(inputs: 5, classes: 3)
  (configuration.width, configuration.depth) = (6, 2)
  (configuration.dropout, configuration.dropoutPlace) = dropout
  return MLP(configuration, seed: seed, normalizer: normalizer)
}

func rows(_ count: Int, _ name: String = "rows") -> Tensor<Double> { .random([count, 5], name) }

func images(_ count: Int, _ name: String = "images") -> Tensor<Double> { .random([count, 6, 5, 2], name) }

func sequences(_ count: Int, _ name: String = "sequences", on processor: Processor = .serial) -> Tensor<Double> {
  .random([count, 5, 3], name, on: processor)
}

func labels(_ count: Int) -> [Int] { (0..<count).map { [0, 2, 1][$0 % 3] } }

/// One step of training.
func train<Model: Classifier<Double>>(
  _ model: inout Model, _ optimizer: inout Optimizer<Double>, on input: Tensor<Double>
) throws {
  let (logits, cache) = try model.forward(input, mode: .training)
  model.clearGradients()
  model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels(input.shape[0])).gradient, cache: cache)
  optimizer.step(&model)
}

/// Compares the gradient of every parameter with central differences, at random values of all of them.
func gradientMismatches<Model: Classifier<Double>>(_ made: Model, on input: Tensor<Double>) throws -> [String] {
  let access = ParameterAccess<Model> { $0.forEachParameter($1) }
  var model = made
  access.randomize(&model)
  // A copy of the model as it was before: it draws the same masks.
  var fresh = model
  let (logits, cache) = try model.forward(input, mode: .training)
  let upstream = Tensor<Double>.random(logits.shape, "upstream")
  model.backward(upstream, cache: cache)
  fresh.addGradients(of: model)
  return access.gradientMismatches(fresh) { model in
    weightedSum(try! model.forward(input, mode: .training).logits, upstream)
  }
}

extension Snapshot<Double> {
  /// Everything in it, bit by bit: 0 is not −0 here, and NaN is itself.
  var bits: [String: [UInt64]] {
    var bits = tensors.mapValues { tensor in
      tensor.shape.map { UInt64($0) } + tensor.scalars.map(\.bitPattern)
    }
    for (name, counter) in counters { bits["counter \(name)"] = [UInt64(bitPattern: Int64(counter))] }
    return bits
  }
}
