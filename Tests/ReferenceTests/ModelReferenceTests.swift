import CNN
import Layers
import Norms
import RNN
import TestSupport
import Testing

private struct ModelCase: Decodable {
  let model: String
  let norm: Member
  let loss: Double
  let gradients: [String: [Double]]
  let trained: [String: [String: [Double]]]
}

/// The tests of whole models: loss, the gradient of every parameter, and the weights after ten steps.
@Suite struct ModelReferenceTests {
  @Test("Both models agree with PyTorch in float64 under every normalizer")
  func agreesInDouble() throws {
    try compare(Double.self, tolerance: 1e-10)
  }

  /// Ten steps of training in Float carry the rounding of each on into the next.
  @Test("In Float, too, within its precision")
  func agreesInFloat() throws {
    try compare(Float.self, tolerance: 5e-5)
  }

  private func compare<Scalar: TensorScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture<ModelCase>.read("models")
    var ledger = Ledger()
    for c in fixture.cases {
      let factory = c.norm.factory(Scalar.self)
      if c.model == "cnn" {
        var configuration = CNN<Scalar>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
        configuration.firstChannels = 4
        configuration.activation = .tanh
        try compare(CNN(configuration, seed: 0, normalizer: factory), c, [4, 6, 5, 2], tolerance, &ledger)
      } else {
        var configuration = RNN<Scalar>.Configuration(inputs: 3, classes: 3)
        configuration.width = 6
        try compare(RNN(configuration, seed: 0, normalizer: factory), c, [4, 5, 3], tolerance, &ledger)
      }
    }
    ledger.printList("Models in \(Scalar.self), against \(fixture.by):")
    #expect(ledger.mismatches == [])
  }

  private func compare<Model: Classifier>(
    _ made: Model, _ c: ModelCase, _ shape: [Int], _ tolerance: Double, _ ledger: inout Ledger
  ) throws {
    var start = made
    start.forEachParameter { name, parameter in
      parameter.value = .referenceParameter(name, parameter.value.shape)
    }
    var model = start
    // Only after its warm-up is Batch Renormalization anything but batch normalization.
    for step in c.norm == .renorm ? [7, 8, 9] : [] {
      _ = try model.forward(.random(shape, "batch \(step)"), mode: .training)
    }
    let name = "\(c.model) \(c.norm)"
    let loss = try Self.backward(&model, shape, step: 0)
    ledger.compare("\(name) loss", "", [loss], [c.loss], tolerance: tolerance)
    var seen = 0
    model.forEachParameter { parameterName, parameter in
      seen += 1
      ledger.compare(
        "\(name) gradients", parameterName, parameter.gradient.doubles, c.gradients[parameterName] ?? [],
        tolerance: tolerance)
    }
    #expect(seen == c.gradients.count)
    for kind in OptimizerKind.allCases {
      var model = start
      var optimizer = Optimizer<Model.Scalar>(kind, learningRate: kind == .sgd ? 0.05 : 0.01)
      for step in 0..<10 {
        model.clearGradients()
        _ = try Self.backward(&model, shape, step: step)
        optimizer.step(&model)
      }
      model.forEachParameter { parameterName, parameter in
        ledger.compare(
          "\(name) weights after 10 steps of \(kind)", parameterName, parameter.value.doubles,
          c.trained[kind.rawValue]?[parameterName] ?? [], tolerance: tolerance)
      }
    }
  }

  /// One pass there and back; returns the loss.
  private static func backward<Model: Classifier>(_ model: inout Model, _ shape: [Int], step: Int) throws -> Double {
    let (logits, cache) = try model.forward(.random(shape, "batch \(step)"), mode: .training)
    let loss = SoftmaxCrossEntropy(logits: logits, labels: [0, 2, 1, 2])
    model.backward(loss.gradient, cache: cache)
    return loss.mean
  }
}

extension Tensor {
  /// The values that the generator gives a parameter of a model.
  static func referenceParameter(_ name: String, _ shape: [Int]) -> Tensor {
    if let values = normalizerParameter(name, shape) { return values }
    let bounds = [
      "inputToHidden.weights": 0.7, "hiddenToHidden.weights": 0.5, "classifier.weights": shape[0] == 6 ? 0.7 : 0.4,
    ]
    return .random(shape, name, bound: bounds.first { name.hasSuffix($0.key) }?.value ?? 0.4)
  }
}
