import CNN
import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

/// The dropout layer that a model of seed 1 has under this name.
private func layer(_ name: String, rate: Double = 0.4) -> Dropout<Double> { Dropout(rate: rate, seed: 1, name: name) }

@Suite struct ModelDropoutTests {
  @Test(
    "Every parameter's gradient agrees with central differences under the same masks", arguments: DropoutPlace.allCases,
    Member.allCases)
  func gradients(place: DropoutPlace, norm: Member) throws {
    let cnn = smallCNN(activation: .tanh, dropout: (0.4, place), norm.factory())
    #expect(try gradientMismatches(cnn, on: images(5)) == [])
    // Nineteen samples walk through time in two pieces.
    let rnn = smallRNN(depth: 2, dropout: (0.4, place), norm.factory())
    #expect(try gradientMismatches(rnn, on: sequences(norm == .layer ? 19 : 5)) == [])
  }

  @Test("The CNN drops where its place says: after every block, or before the classifier")
  func placesInCNN() throws {
    var (everywhere, late) = (
      smallCNN(dropout: (0.4, .layers)) { LayerNorm(channels: $0) },
      smallCNN(dropout: (0.4, .classifier)) { LayerNorm(channels: $0) }
    )
    var (first, second, last) = (layer("block0"), layer("block1"), layer("classifier"))
    // The second pass has masks of its own.
    for _ in 0..<2 {
      var blocks = late.blocks
      func logits(_ drop: Bool) throws -> Tensor<Double> {
        var signal = try blocks[0].forward(images(3), mode: .training).output
        if drop { signal = first.forward(signal, mode: .training).output }
        signal = try blocks[1].forward(signal, mode: .training).output
        signal = (drop ? second.forward(signal, mode: .training) : last.forward(signal, mode: .training)).output
        return late.classifier.forward(signal.reshaped(to: [3, 48]))
      }
      #expect(try everywhere.forward(images(3), mode: .training).logits == logits(true))
      #expect(try late.forward(images(3), mode: .training).logits == logits(false))
    }
  }

  @Test("The RNN drops between layers at every time step, the last state, and nothing on the way through time")
  func placesInRNN() throws {
    var (everywhere, late) = (
      smallRNN(depth: 2, dropout: (0.4, .layers)) { LayerNorm(channels: $0) },
      smallRNN(depth: 2, dropout: (0.4, .classifier)) { LayerNorm(channels: $0) }
    )
    var (first, second, last) = (layer("layer0"), layer("layer1"), layer("classifier"))
    for _ in 0..<2 {
      var layers = late.layers
      func logits(_ drop: Bool) throws -> Tensor<Double> {
        var signal = try layers[0].forward(sequences(3).transposed(axes: [1, 0, 2]), mode: .training).states
        if drop { signal = first.forward(signal, mode: .training).output }
        signal = try layers[1].forward(signal, mode: .training).states.slice(4)
        signal = (drop ? second.forward(signal, mode: .training) : last.forward(signal, mode: .training)).output
        return late.classifier.forward(signal)
      }
      #expect(try everywhere.forward(sequences(3), mode: .training).logits == logits(true))
      #expect(try late.forward(sequences(3), mode: .training).logits == logits(false))
    }
  }

  @Test(
    "Dropout changes no initial weight and no inference, and a rate of 0 no bit of training",
    arguments: DropoutPlace.allCases)
  func leavesAlone(place: DropoutPlace) throws {
    try check(images(4)) { rate in smallCNN(dropout: (rate, place)) { BatchNorm(channels: $0) } }
    try check(sequences(4)) { rate in smallRNN(depth: 2, dropout: (rate, place)) { BatchNorm(channels: $0) } }
    try check(rows(4)) { rate in smallMLP(dropout: (rate, place)) { BatchNorm(channels: $0) } }
    // The place says nothing at a rate of 0.
    var (plain, optimizer) = (smallCNN { BatchNorm(channels: $0) }, Optimizer<Double>(.sgd, learningRate: 0.1))
    var (zero, other) = (smallCNN(dropout: (0, place)) { BatchNorm(channels: $0) }, optimizer)
    for _ in 0..<3 {
      try train(&plain, &optimizer, on: images(4))
      try train(&zero, &other, on: images(4))
    }
    #expect(zero.snapshot().bits == plain.snapshot().bits)
  }

  private func check<Model: Classifier<Double>>(_ input: Tensor<Double>, _ make: (_ rate: Double) -> Model) throws {
    var (plain, dropping) = (make(0), make(0.4))
    #expect(dropping.snapshot().tensors == plain.snapshot().tensors)
    #expect(try dropping.inference(input) == plain.inference(input))
    #expect(try dropping.forward(input, mode: .inference).logits == plain.inference(input))
    #expect(
      try dropping.forward(input, mode: .training).logits != plain.forward(input, mode: .training).logits)
  }

  @Test("The passes of each dropout layer are counters of the model; without dropout there are none")
  func counters() throws {
    func counters<Model: Classifier<Double>>(_ made: Model, _ input: Tensor<Double>) throws -> [String: Int] {
      var model = made
      for _ in 0..<2 { _ = try model.forward(input, mode: .training) }
      _ = try model.forward(input, mode: .inference)
      return model.snapshot().counters
    }
    #expect(try counters(smallCNN { _ in nil }, images(2)) == [:])
    #expect(
      try counters(smallCNN(dropout: (0.1, .classifier)) { _ in nil }, images(2)) == ["classifier.dropout.passes": 2])
    #expect(
      try counters(smallCNN(dropout: (0.1, .layers)) { _ in nil }, images(2))
        == ["block0.dropout.passes": 2, "block1.dropout.passes": 2])
    #expect(
      try counters(smallRNN(depth: 2, dropout: (0.1, .layers)) { _ in nil }, sequences(2))
        == ["layer0.dropout.passes": 2, "layer1.dropout.passes": 2])
    #expect(
      try counters(smallMLP(dropout: (0.1, .layers)) { _ in nil }, rows(2))
        == ["layer0.dropout.passes": 2, "layer1.dropout.passes": 2])
    #expect(
      try counters(smallMLP(dropout: (0.1, .classifier)) { _ in nil }, rows(2)) == ["classifier.dropout.passes": 2])
  }

  @Test("The number of threads changes no bit", arguments: DropoutPlace.allCases)
  func threads(place: DropoutPlace) throws {
    func bits(_ threads: Int) throws -> [String: [UInt64]] {
      let processor = Processor(threads: threads)
      var model = smallRNN(width: 64, depth: 2, dropout: (0.4, place), on: processor) { LayerNorm(channels: $0) }
      var optimizer = Optimizer<Double>(.adam, learningRate: 0.01, weightDecay: 0.1)
      for _ in 0..<2 { try train(&model, &optimizer, on: sequences(200, on: processor)) }
      return model.snapshot().bits
    }
    let expected = try bits(1)
    #expect(try bits(2) == expected)
  }

  @Test("A CNN without blocks drops from its images")
  func noBlocks() throws {
    var configuration = CNN<Double>.Configuration(height: 6, width: 5, channels: 2, classes: 3)
    (configuration.depth, configuration.dropout) = (0, 0.4)
    var (model, last) = (CNN(configuration, seed: 1) { LayerNorm(channels: $0) }, layer("classifier"))
    let dropped = last.forward(images(3).reshaped(to: [3, 60]), mode: .training).output
    #expect(try model.forward(images(3), mode: .training).logits == model.classifier.forward(dropped))
  }

  @Test("A training step with dropout asks the system for no memory, once the optimizer has taken what it keeps")
  func memory() throws {
    let processor = Processor(threads: 1)
    let model = smallCNN(dropout: (0.4, .layers), on: processor) { LayerNorm(channels: $0) }
    let allocated = try blocksAskedFor(
      byTraining: model, on: Tensor.random([4, 6, 5, 2], "images", on: processor), labels: labels(4))
    #expect(allocated.dropFirst().allSatisfy { $0 == allocated[1] }, "\(allocated)")
  }
}
