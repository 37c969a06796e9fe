import CNN
import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@Suite struct SnapshotTests {
  @Test("A normalizer shows what it learns and what it records by name")
  func namesOfNormalizers() {
    #expect(
      BatchNorm<Double>(channels: 4).snapshot().names
        == ["recordedBatches", "runningMean", "runningVariance", "scale", "shift"])
    #expect(
      BatchNorm<Double>(channels: 4, affine: false).snapshot().names
        == ["recordedBatches", "runningMean", "runningVariance"])
    #expect(LayerNorm<Double>(channels: 4).snapshot().names == ["scale", "shift"])
    #expect(LayerNorm<Double>(channels: 4, affine: false).snapshot().names == [])
    #expect(DynamicTanh<Double>(channels: 4).snapshot().names == ["scale", "shift", "slope"])
  }

  @Test("A model shows its parts by name, in the order of the layers")
  func namesOfModels() {
    #expect(
      smallCNN { LayerNorm(channels: $0) }.parameters.map(\.name) == [
        "block0.convolution.weights", "block0.normalizer.scale", "block0.normalizer.shift",
        "block1.convolution.weights", "block1.normalizer.scale", "block1.normalizer.shift", "classifier.weights",
        "classifier.bias",
      ])
    #expect(
      smallRNN { BatchNorm(channels: $0) }.snapshot().names == [
        "classifier.bias", "classifier.weights", "layer0.hiddenToHidden.weights", "layer0.inputToHidden.weights",
        "layer0.normalizer.recordedBatches", "layer0.normalizer.runningMean", "layer0.normalizer.runningVariance",
        "layer0.normalizer.scale", "layer0.normalizer.shift",
      ])
    #expect(
      smallRNN { _ in nil }.parameters.map(\.name) == [
        "layer0.inputToHidden.weights", "layer0.inputToHidden.bias", "layer0.hiddenToHidden.weights",
        "classifier.weights", "classifier.bias",
      ])
  }

  @Test("An optimizer shows its steps, and what it remembers of each parameter once it took one")
  func namesOfOptimizers() throws {
    var model = LayerNorm<Double>(channels: 4)
    var (sgd, adam) = (Optimizer<Double>(.sgd, learningRate: 0.1), Optimizer<Double>(.adam, learningRate: 0.1))
    #expect(sgd.snapshot().names == ["steps"])
    sgd.step(&model)
    adam.step(&model)
    adam.step(&model)
    #expect(sgd.snapshot().names == ["steps", "velocity.scale", "velocity.shift"])
    #expect(adam.snapshot().names == ["mean.scale", "mean.shift", "square.scale", "square.shift", "steps"])
    #expect(sgd.snapshot().counters == ["steps": 1] && adam.snapshot().counters == ["steps": 2])
  }

  @Test("Looking changes nothing: neither a snapshot nor a list of parameters touches a gradient or a counter")
  func looking() throws {
    var model = smallCNN { BatchNorm(channels: $0) }
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1)
    try train(&model, &optimizer, on: images(4))
    let (gradients, bits) = (model.parameters.map(\.parameter.gradient), model.snapshot().bits)
    // A constant cannot be mutated; what it shares memory with could be.
    let constant = model
    _ = (constant.snapshot(), constant.parameters, constant.parameterCount, constant.gradientNorm)
    var changed = constant.snapshot()
    changed.tensors["classifier.bias"]?[0] = 99
    #expect(model.snapshot().bits == bits && constant.snapshot().bits == bits)
    #expect(model.parameters.map(\.parameter.gradient) == gradients && model.gradientNorm > 0)
  }

  @Test("A snapshot is what it was, whatever becomes of the model")
  func values() throws {
    var model = smallRNN { BatchNorm(channels: $0) }
    var optimizer = Optimizer<Double>(.adam, learningRate: 0.1)
    try train(&model, &optimizer, on: sequences(4))
    let (snapshot, remembered) = (model.snapshot(), optimizer.snapshot())
    let bits = [snapshot.bits, remembered.bits]
    try train(&model, &optimizer, on: sequences(4))
    #expect([snapshot.bits, remembered.bits] == bits)
    #expect(model.snapshot() != snapshot && optimizer.snapshot() != remembered)
  }

  @Test(
    "Restored, a model of other weights gives the same bits in inference, and has no gradients", arguments: [0, 1, 2])
  func inference(norm: Int) throws {
    let normalizers: [NormalizerFactory<Double>] = [
      { BatchNorm(channels: $0) }, { GroupNorm(groups: 2, channels: $0) }, { DynamicTanh(channels: $0) },
    ]
    try checkInference({ smallCNN(seed: $0, normalizers[norm]) }, images(5), images(4, "others"))
    try checkInference({ smallRNN(seed: $0, normalizers[norm]) }, sequences(5), sequences(4, "others"))
    try checkInference({ smallMLP(seed: $0, normalizers[norm]) }, rows(5), rows(4, "others"))
  }

  private func checkInference<Model: Classifier<Double>>(
    _ make: (_ seed: UInt64) -> Model, _ input: Tensor<Double>, _ others: Tensor<Double>
  ) throws {
    var (model, fresh) = (make(1), make(2))
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.1)
    for _ in 0..<3 { try train(&model, &optimizer, on: input) }
    let expected = try model.inference(others).scalars.map(\.bitPattern)
    #expect(try fresh.inference(others).scalars.map(\.bitPattern) != expected)
    var other = Optimizer<Double>(.sgd, learningRate: 0.1)
    try train(&fresh, &other, on: others)
    #expect(fresh.gradientNorm > 0)
    try fresh.restore(model.snapshot())
    #expect(try fresh.inference(others).scalars.map(\.bitPattern) == expected)
    #expect(fresh.gradientNorm == 0)
    #expect(fresh.snapshot().bits == model.snapshot().bits)
  }

  @Test("A normalizer alone can be restored, also through its protocol")
  func normalizers() throws {
    var (trained, fresh): (any Normalizer<Double>, any Normalizer<Double>) = (
      BatchNorm(channels: 4), BatchNorm(channels: 4)
    )
    _ = try trained.forward(.random([5, 4, 3], "input", offset: 2), mode: .training)
    trained.state.scale.value[2] = 3
    let input = Tensor<Double>.random([2, 4, 3], "other input")
    #expect(try fresh.inference(input) != trained.inference(input))
    try fresh.restore(trained.snapshot())
    #expect(try fresh.inference(input) == trained.inference(input))
    #expect(fresh.state.recordedBatches == 1)
  }
}

/// Snapshots that are not of the model, and what is said of them.
private let unfit: [(what: String, spoil: @Sendable (inout Snapshot<Double>) -> Void, error: SnapshotError)] = [
  (
    "a missing tensor", { $0.tensors["classifier.bias"] = nil },
    .names(missing: ["classifier.bias"], unknown: [])
  ),
  (
    "an unknown tensor", { $0.tensors["classifier.offset"] = .zeros([3]) },
    .names(missing: [], unknown: ["classifier.offset"])
  ),
  (
    "a renamed tensor",
    {
      $0.tensors["head.bias"] = $0.tensors["classifier.bias"]
      $0.tensors["classifier.bias"] = nil
    }, .names(missing: ["classifier.bias"], unknown: ["head.bias"])
  ),
  (
    "a missing counter", { $0.counters = ["block0.normalizer.recordedBatches": 1] },
    .names(missing: ["block1.normalizer.recordedBatches"], unknown: [])
  ),
  ("an unknown counter", { $0.counters["epochs"] = 1 }, .names(missing: [], unknown: ["epochs"])),
  (
    "a negative counter", { $0.counters["block1.normalizer.recordedBatches"] = -1 },
    .value(name: "block1.normalizer.recordedBatches", flaw: "it is -1, and counters are not negative")
  ),
  (
    "a parameter of another shape", { $0.tensors["classifier.bias"] = .zeros([4]) },
    .shape(name: "classifier.bias", found: [4], expected: [3])
  ),
  (
    "a parameter turned around", { $0.tensors["classifier.weights"] = $0.tensors["classifier.weights"]?.transposed() },
    .shape(name: "classifier.weights", found: [3, 48], expected: [48, 3])
  ),
  (
    "a negative variance", { $0.tensors["block1.normalizer.runningVariance"]?[3] = -1e-9 },
    .value(name: "block1.normalizer.runningVariance", flaw: "a variance is -1e-09")
  ),
  (
    "a variance that is no number", { $0.tensors["block1.normalizer.runningVariance"]?[0] = .nan },
    .value(name: "block1.normalizer.runningVariance", flaw: "a variance is nan")
  ),
  (
    "an infinite mean", { $0.tensors["block0.normalizer.runningMean"]?[1] = -.infinity },
    .value(name: "block0.normalizer.runningMean", flaw: "a mean is -inf")
  ),
  (
    "means in rows",
    {
      $0.tensors["block0.normalizer.runningMean"] = $0.tensors["block0.normalizer.runningMean"]?.reshaped(to: [2, 2])
    },
    .value(name: "block0.normalizer.runningMean", flaw: "its shape is [2, 2], and one axis is expected")
  ),
  (
    "more variances than means", { $0.tensors["block0.normalizer.runningVariance"] = .zeros([5]) },
    .value(name: "block0.normalizer.runningVariance", flaw: "its shape is [5], and 4 means are there")
  ),
]

@Suite struct UnfitSnapshotTests {
  private func trained(_ steps: Int = 2) throws -> (model: CNN<Double>, optimizer: Optimizer<Double>) {
    var (model, optimizer) = (
      smallCNN { BatchNorm(channels: $0) }, Optimizer<Double>(.adam, learningRate: 0.1)
    )
    for _ in 0..<steps { try train(&model, &optimizer, on: images(4)) }
    return (model, optimizer)
  }

  /// Expects that restoring fails and leaves values and gradients alone.
  private func expectRefusal<Model: Classifier<Double>>(
    of snapshot: Snapshot<Double>, by made: Model
  ) -> SnapshotError? {
    var model = made
    let (bits, gradients) = (model.snapshot().bits, model.parameters.map(\.parameter.gradient))
    let error = #expect(throws: SnapshotError.self) { try model.restore(snapshot) }
    #expect(model.snapshot().bits == bits && model.parameters.map(\.parameter.gradient) == gradients)
    return error
  }

  @Test("A snapshot that does not fit is refused, and nothing is changed", arguments: unfit.indices)
  func refused(index: Int) throws {
    let model = try trained().model
    // What is restored differs from what is there, so that a part of it would be seen.
    var snapshot = try trained(3).model.snapshot()
    #expect(model.snapshot() != snapshot)
    unfit[index].spoil(&snapshot)
    #expect(expectRefusal(of: snapshot, by: model) == unfit[index].error, "\(unfit[index].what)")
  }

  @Test("Neither is a snapshot of another model, depth or width taken")
  func ofOthers() throws {
    let model = try trained().model
    let others: [any Classifier<Double>] = [
      smallRNN { BatchNorm(channels: $0) }, smallCNN { LayerNorm(channels: $0) }, smallCNN { _ in nil },
      smallCNN { BatchNorm(channels: $0, affine: false) }, smallCNN(channels: 5) { BatchNorm(channels: $0) },
      smallCNN(placement: .after) { BatchNorm(channels: $0) },
    ]
    for other in others {
      let error = expectRefusal(of: other.snapshot(), by: model)
      #expect(error.map { "\($0)" }?.isEmpty == false)
    }
    #expect(
      expectRefusal(of: smallRNN { _ in nil }.snapshot(), by: smallRNN { LayerNorm(channels: $0) })
        == .names(
          missing: ["layer0.normalizer.scale", "layer0.normalizer.shift"], unknown: ["layer0.inputToHidden.bias"]))
  }

  @Test("Means of other channels are refused where no scale would tell, and those of other positions are not")
  func ofOtherChannels() throws {
    var wide = BatchNorm<Double>(channels: 8, affine: false)
    _ = try wide.forward(.random([3, 8], "wide"), mode: .training)
    let (snapshot, unused) = (wide.snapshot(), BatchNorm<Double>(channels: 8, affine: false).snapshot())
    var narrow = BatchNorm<Double>(channels: 4, affine: false)
    _ = try narrow.forward(.random([3, 4], "narrow"), mode: .training)
    let bits = narrow.snapshot().bits
    #expect(throws: SnapshotError.value(name: "runningMean", flaw: "there are 8 means, and 4 go with the channels")) {
      try narrow.restore(snapshot)
    }
    #expect(narrow.snapshot().bits == bits)
    // Nothing was recorded yet: that fits every number of channels.
    try narrow.restore(unused)
    #expect(narrow.state.runningMean.count == 0)

    struct BatchAtPosition: Normalizer {
      var reducedAxes: Axes { .batch }
      var state = NormalizerState<Double>(channels: 4, affine: false)
    }
    var (short, long) = (BatchAtPosition(), BatchAtPosition())
    _ = try short.forward(.random([3, 4, 2], "short"), mode: .training)
    _ = try long.forward(.random([3, 4, 5], "long"), mode: .training)
    try short.restore(long.snapshot())
    #expect(short.state.runningMean.count == 20)
  }

  @Test("An optimizer takes only what one of its kind remembered of the same parameters")
  func optimizers() throws {
    let (model, adam) = try trained()
    func expectRefusal(
      _ error: SnapshotError, by optimizer: Optimizer<Double>? = nil, _ spoil: (inout Snapshot<Double>) -> Void
    ) throws {
      var (snapshot, optimizer) = (try trained(3).optimizer.snapshot(), optimizer ?? adam)
      let bits = optimizer.snapshot().bits
      #expect(snapshot.bits != bits)
      spoil(&snapshot)
      #expect(throws: error) { try optimizer.restore(snapshot, for: model) }
      #expect(optimizer.snapshot().bits == bits)
    }
    try expectRefusal(.names(missing: ["steps"], unknown: [])) { $0.counters = [:] }
    try expectRefusal(.names(missing: ["steps"], unknown: ["step"])) { $0.counters = ["step": 3] }
    try expectRefusal(.names(missing: [], unknown: ["epochs"])) { $0.counters["epochs"] = 1 }
    try expectRefusal(.value(name: "steps", flaw: "it is -3, and counters are not negative")) {
      $0.counters["steps"] = -3
    }
    try expectRefusal(.names(missing: ["mean.classifier.bias"], unknown: [])) {
      $0.tensors["mean.classifier.bias"] = nil
    }
    try expectRefusal(.names(missing: [], unknown: ["mean.classifier.offset"])) {
      $0.tensors["mean.classifier.offset"] = .zeros([3])
    }
    try expectRefusal(.shape(name: "square.classifier.bias", found: [2], expected: [3])) {
      $0.tensors["square.classifier.bias"] = .zeros([2])
    }
    let names = model.parameters.map(\.name)
    let adams = names.flatMap { ["mean.\($0)", "square.\($0)"] }.sorted()
    // Before its first step an optimizer has nothing to remember, and one of another kind other things.
    try expectRefusal(.names(missing: [], unknown: adams)) { $0.counters["steps"] = 0 }
    try expectRefusal(
      .names(missing: names.map { "velocity.\($0)" }.sorted(), unknown: adams), by: Optimizer(.sgd, learningRate: 0.1)
    ) { _ in }
    var fresh = Optimizer<Double>(.adam, learningRate: 0.1)
    try fresh.restore(Optimizer<Double>(.adam, learningRate: 0.1).snapshot(), for: model)
    #expect(fresh.snapshot().names == ["steps"])
  }
}
