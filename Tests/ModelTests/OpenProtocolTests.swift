import CNN
import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@Suite struct AxesOfAStrangerTests {
  @Test("A normalizer that is its axes has its gradients in both models, wherever it stands")
  func gradients() throws {
    let make: NormalizerFactory<Double> = { GroupAtPosition(groups: 2, channels: $0) }
    for placement in Placement.allCases {
      // Of the two channels to a group that a narrower network has, normalization leaves −1 and 1.
      let model = smallCNN(channels: 6, placement: placement, activation: .tanh, make)
      #expect(try gradientMismatches(model, on: images(3)) == [])
    }
    for placement in RecurrentPlacement.allCases {
      #expect(try gradientMismatches(smallRNN(placement: placement, make), on: sequences(19)) == [])
    }
    #expect(RecurrentPlacement(for: GroupAtPosition<Double>(groups: 2, channels: 6)) == .timeStep)
  }

  @Test("With the axes of a member, it computes what the member does, though in two passes")
  func likeMember() throws {
    struct Mine: Normalizer {
      var reducedAxes: Axes { [.batch, .position] }
      var state: NormalizerState<Double>
    }
    let input = images(4)
    let member = smallCNN { BatchNorm(channels: $0) }
    let mine = smallCNN { Mine(state: NormalizerState(channels: $0)) }
    let (expected, found) = (try trainedOnce(member, on: input), try trainedOnce(mine, on: input))
    #expect(found.bits == expected.bits)
  }

  private func trainedOnce(_ made: CNN<Double>, on input: Tensor<Double>) throws -> Snapshot<Double> {
    var (model, optimizer) = (made, Optimizer<Double>(.sgd, learningRate: 0.1))
    try train(&model, &optimizer, on: input)
    return model.snapshot()
  }
}

@Suite struct PassesOfAStrangerTests {
  private let a = 0.7

  /// A factory of normalizers y = a·x that all count on `calls`.
  private func factors(_ calls: LearnedFactor<Double>.Calls = .init()) -> NormalizerFactory<Double> {
    { [a] in LearnedFactor(channels: $0, factor: a, calls: calls) }
  }

  @Test("Through the protocol, its own passes run, also with an activation behind them", arguments: Activation.allCases)
  func throughProtocol(activation: Activation) throws {
    let calls = LearnedFactor<Double>.Calls()
    var normalizer: any Normalizer<Double> = LearnedFactor(channels: 4, factor: a, calls: calls)
    let input = Tensor<Double>.random([3, 4], "input")
    let expected = input.scalars.map { a * $0 }
    let (output, _) = try normalizer.forward(input, mode: .training)
    #expect(output.scalars == expected)
    let activated = activation.forward(Tensor(expected, shape: [3, 4]))
    let (late, cache) = try normalizer.forward(input, layout: .timeMajor, mode: .training, activation: activation)
    #expect(late == activated)
    #expect(try normalizer.inference(input, activation: activation) == activated)
    // The gradient that it takes is that of its own output, before the activation.
    let upstream = Tensor<Double>.random([3, 4], "upstream")
    #expect(normalizer.backward(upstream, cache: cache).scalars == upstream.scalars.map { a * $0 })
    #expect(calls.forward.load(ordering: .relaxed) == 3 && calls.backward.load(ordering: .relaxed) == 1)
    let (name, parameter) = try #require(normalizer.parameters.first)
    #expect(name == "factor" && abs(parameter.gradient[0] - upstream.dot(input)) < 1e-14)
  }

  @Test("In the CNN it does what it says: weights that are a times as large", arguments: Activation.allCases)
  func inCNN(activation: Activation) throws {
    let calls = LearnedFactor<Double>.Calls()
    var model = smallCNN(activation: activation, factors(calls))
    var plain = smallCNN(activation: activation) { _ in nil }
    for index in plain.blocks.indices { plain.blocks[index].convolution.weights.value.scale(by: a) }
    let found = try model.forward(images(3), mode: .training).logits
    let expected = try plain.forward(images(3), mode: .training).logits
    #expect(mismatch("logits", found, expected, tolerance: 1e-13) == nil)
    #expect(calls.forward.load(ordering: .relaxed) == 2)
    // After the activation, what is behind it is a times as large instead.
    var after = smallCNN(placement: .after, activation: activation, factors())
    var scaled = smallCNN(activation: activation) { _ in nil }
    scaled.blocks[1].convolution.weights.value.scale(by: a)
    scaled.classifier.weights.value.scale(by: a)
    let late = try after.forward(images(3), mode: .training).logits
    #expect(mismatch("after", late, try scaled.forward(images(3), mode: .training).logits, tolerance: 1e-13) == nil)
  }

  @Test("So it does in the RNN, in a batch of one piece and of three", arguments: [3, 40], RecurrentPlacement.allCases)
  func inRNN(batch: Int, placement: RecurrentPlacement) throws {
    let calls = LearnedFactor<Double>.Calls()
    var model = smallRNN(placement: placement, factors(calls))
    var plain = smallRNN { _ in nil }
    plain.layers[0].inputToHidden.weights.value.scale(by: a)
    if placement != .inputPath { plain.layers[0].hiddenToHidden.weights.value.scale(by: a) }
    let (logits, cache) = try model.forward(sequences(batch), mode: .training)
    let expected = try plain.forward(sequences(batch), mode: .training).logits
    #expect(mismatch("logits", logits, expected, tolerance: 1e-13) == nil)
    model.backward(.random(logits.shape, "upstream"), cache: cache)
    // Once for all steps on the input path, otherwise once for each of five steps and each piece; on the hidden path, which
    // does not lead to the first step, once more for the others.
    let steps = placement.isOnHiddenPath ? 9 : 5
    let passes = placement == .inputPath ? 1 : batch == 3 ? steps : 3 * steps
    #expect(calls.forward.load(ordering: .relaxed) == passes && calls.backward.load(ordering: .relaxed) == passes)
  }

  @Test("Its parameter's gradient, like every other, agrees with central differences", arguments: Placement.allCases)
  func gradientsInCNN(placement: Placement) throws {
    let model = smallCNN(placement: placement, factors())
    #expect(model.parameters.map(\.name).contains("block1.normalizer.factor"))
    #expect(try gradientMismatches(model, on: images(3)) == [])
  }

  @Test("In the RNN too, in one piece and in three", arguments: [3, 40], RecurrentPlacement.allCases)
  func gradientsInRNN(batch: Int, placement: RecurrentPlacement) throws {
    let model = smallRNN(placement: placement, factors())
    #expect(model.parameters.map(\.name).contains("layer0.normalizer.factor"))
    #expect(try gradientMismatches(model, on: sequences(batch)) == [])
  }

  @Test("Snapshots have its parameter, optimizers change it, and training goes on from them")
  func snapshots() throws {
    var model = smallRNN(placement: .timeStep, factors())
    var optimizer = Optimizer<Double>(.adam, learningRate: 0.1)
    try train(&model, &optimizer, on: sequences(40))
    let snapshot = model.snapshot()
    let factor = try #require(snapshot.tensors["layer0.normalizer.factor"])
    #expect(factor[0] != a)
    #expect(optimizer.snapshot().tensors["mean.layer0.normalizer.factor"] != nil)
    var other = smallRNN(seed: 2, placement: .timeStep, factors())
    try other.restore(snapshot)
    #expect(try other.inference(sequences(7)) == model.inference(sequences(7)))
    var spoiled = snapshot
    spoiled.tensors["layer0.normalizer.factor"] = .zeros([2])
    #expect(throws: SnapshotError.shape(name: "layer0.normalizer.factor", found: [2], expected: [1])) {
      try other.restore(spoiled)
    }
  }
}

@Suite struct RecordsOfAStrangerTests {
  /// What training twice on 40 sequences leaves, with so many threads.
  private func trained(threads: Int) throws -> (model: RNN<Double>, logits: [Double]) {
    let processor = Processor(threads: threads)
    var model = smallRNN(on: processor) { WatchingLayerNorm(channels: $0) }
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1)
    try train(&model, &optimizer, on: sequences(40, on: processor))
    try train(&model, &optimizer, on: sequences(40, "more", on: processor))
    return (model, try model.inference(sequences(40, on: processor)).scalars)
  }

  @Test("What a normalizer records of every step is the same on any number of threads", arguments: [2, 3])
  func threads(count: Int) throws {
    let (expected, found) = (try trained(threads: 1), try trained(threads: count))
    #expect(found.model.snapshot().bits == expected.model.snapshot().bits)
    #expect(found.logits == expected.logits)
  }

  @Test("Each step is recorded once, with all of the batch; inference records nothing")
  func recordedOnce() throws {
    var model = try trained(threads: 3).model
    let counters = model.snapshot().counters
    #expect(counters == ["layer0.normalizer.passes": 10, "layer0.normalizer.samples": 400])
    let largest = try #require(model.snapshot().tensors["layer0.normalizer.largest"])
    #expect(largest[0] > 0)
    _ = try model.forward(sequences(40), mode: .inference)
    #expect(model.snapshot().counters == counters)
  }

  @Test("Without a word on what is wrong with a recorded tensor, one of another shape is refused")
  func otherShape() throws {
    var model = try trained(threads: 1).model
    var snapshot = model.snapshot()
    let bits = snapshot.bits
    snapshot.tensors["layer0.normalizer.largest"] = .zeros([1, 1])
    snapshot.counters["layer0.normalizer.passes"] = 0
    #expect(throws: SnapshotError.value(name: "layer0.normalizer.largest", flaw: "its shape is [1, 1], not [1]")) {
      try model.restore(snapshot)
    }
    #expect(model.snapshot().bits == bits)
  }

  @Test("It normalizes as the member does that it is made of")
  func likeMember() throws {
    var (watching, plain) = (
      smallRNN { WatchingLayerNorm(channels: $0) }, smallRNN { LayerNorm(channels: $0) }
    )
    var (first, second) = (Optimizer<Double>(.sgd, learningRate: 0.1), Optimizer<Double>(.sgd, learningRate: 0.1))
    try train(&watching, &first, on: sequences(40))
    try train(&plain, &second, on: sequences(40))
    for (found, expected) in zip(watching.parameters, plain.parameters) {
      #expect(found.name == expected.name)
      #expect(mismatch(found.name, found.parameter.value, expected.parameter.value, tolerance: 1e-13) == nil)
    }
  }
}
