import CNN
import Layers
import RNN
import Tensors
import TestSupport
import Testing

private struct TrainingCase: Decodable {
  let model: String
  let norm: Member
  let optimizer: String
  let learningRate: Double
  let momentum: Double
  let weightDecay: Double
  let decaysAll: Bool
  let smoothing: Double
  let dropout: Double
  let place: String
  let losses: [Double]
  let trained: [String: [Double]]
}

/// Training with momentum, decoupled weight decay, a learning rate that goes down, label smoothing and dropout.
@Suite struct TrainingReferenceTests {
  @Test("Ten steps of training agree with PyTorch in float64 whatever optimizer, loss and dropout are told")
  func agreesInDouble() throws {
    try compare(Double.self, tolerance: 1e-10)
  }

  @Test("In Float, too, within its precision")
  func agreesInFloat() throws {
    try compare(Float.self, tolerance: 5e-5)
  }

  private func compare<Scalar: TensorScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture<TrainingCase>.read("training")
    #expect(fixture.cases.count == 20)
    var ledger = Ledger()
    for c in fixture.cases {
      let (factory, place) = (c.norm.factory(Scalar.self), try #require(DropoutPlace(rawValue: c.place)))
      if c.model == "cnn" {
        var configuration = CNN<Scalar>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
        (configuration.firstChannels, configuration.activation) = (4, .tanh)
        (configuration.dropout, configuration.dropoutPlace) = (c.dropout, place)
        try compare(CNN(configuration, seed: 0, normalizer: factory), c, [4, 6, 5, 2], tolerance, &ledger)
      } else {
        var configuration = RNN<Scalar>.Configuration(inputs: 3, classes: 3)
        (configuration.width, configuration.depth) = (6, 2)
        (configuration.dropout, configuration.dropoutPlace) = (c.dropout, place)
        try compare(RNN(configuration, seed: 0, normalizer: factory), c, [4, 5, 3], tolerance, &ledger)
      }
    }
    ledger.printList("Training in \(Scalar.self), against \(fixture.by):")
    #expect(ledger.mismatches == [])
  }

  private func compare<Model: Classifier>(
    _ made: Model, _ c: TrainingCase, _ shape: [Int], _ tolerance: Double, _ ledger: inout Ledger
  ) throws {
    var model = made
    model.forEachParameter { name, parameter in parameter.value = .referenceParameter(name, parameter.value.shape) }
    var optimizer = Optimizer<Model.Scalar>(
      try #require(OptimizerKind(rawValue: c.optimizer)), learningRate: c.learningRate, momentum: c.momentum,
      weightDecay: c.weightDecay, decaysAll: c.decaysAll)
    var losses: [Double] = []
    for step in 0..<10 {
      optimizer.learningRate = c.learningRate * (1 - Double(step) / 10)
      let (logits, cache) = try model.forward(.random(shape, "batch \(step)"), mode: .training)
      let loss = SoftmaxCrossEntropy(logits: logits, labels: [0, 2, 1, 2], smoothing: c.smoothing)
      model.clearGradients()
      model.backward(loss.gradient, cache: cache)
      optimizer.step(&model)
      losses.append(loss.mean)
    }
    let detail = "decay \(c.weightDecay), smoothing \(c.smoothing), dropout \(c.dropout) in \(c.place)"
    ledger.compare("\(c.model) \(c.optimizer) losses", detail, losses, c.losses, tolerance: tolerance)
    let parameters = model.parameters
    #expect(parameters.count == c.trained.count)
    for (name, parameter) in parameters {
      ledger.compare(
        "\(c.model) \(c.optimizer) weights after 10 steps", "\(name), \(detail)", parameter.value.doubles,
        c.trained[name] ?? [], tolerance: tolerance)
    }
  }
}
