import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@Suite struct RNNTests {
  @Test("Every parameter's gradient agrees with central differences", arguments: Member.allCases, [1, 2])
  func gradients(norm: Member, depth: Int) throws {
    var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
    configuration.width = 6
    configuration.depth = depth
    // Nineteen samples walk through time in two pieces.
    try check(configuration, norm.factory(), batch: depth == 1 ? 19 : 3)
  }

  @Test("So it does where the user puts the normalizer elsewhere")
  func placements() throws {
    var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
    configuration.width = 6
    configuration.placement = .timeStep
    try check(configuration, Member.batch.factory())
    configuration.placement = .inputPath
    try check(configuration, Member.layer.factory())
    try check(configuration, Member.group.factory())
  }

  @Test("And with every activation", arguments: Activation.allCases)
  func activations(activation: Activation) throws {
    var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
    configuration.width = 6
    configuration.activation = activation
    try check(configuration, Member.layer.factory())
  }

  private func check(
    _ configuration: RNN<Double>.Configuration, _ make: @escaping NormalizerFactory<Double>, batch: Int = 3
  ) throws {
    let access = ParameterAccess<RNN<Double>> { $0.forEachParameter($1) }
    var model = RNN(configuration, seed: 1, normalizer: make)
    access.randomize(&model)
    let input = Tensor<Double>.random([batch, 5, configuration.inputs], "sequences")
    let labels = (0..<batch).map { [0, 2, 1][$0 % 3] }
    let (logits, cache) = try model.forward(input, mode: .training)
    model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels).gradient, cache: cache)
    let mismatches = access.gradientMismatches(model) { model in
      SoftmaxCrossEntropy(logits: try! model.forward(input, mode: .training).logits, labels: labels).mean
    }
    #expect(mismatches == [])
  }

  @Test("The number of threads changes no bit", arguments: Member.allCases)
  func threads(norm: Member) throws {
    func gradients(_ threads: Int) throws -> [[Double]] {
      let processor = Processor(threads: threads)
      var model = RNN<Double>(.init(inputs: 8, classes: 3), seed: 1, on: processor, normalizer: norm.factory())
      let input = Tensor<Double>.random([40, 8, 8], "sequences", on: processor)
      let (logits, cache) = try model.forward(input, mode: .training)
      let loss = SoftmaxCrossEntropy(logits: logits, labels: (0..<40).map { $0 % 3 })
      model.backward(loss.gradient, cache: cache)
      var gradients = [logits.scalars]
      model.forEachParameter { gradients.append($1.gradient.scalars) }
      return gradients
    }
    let expected = try gradients(1)
    for threads in 2...3 { #expect(try gradients(threads) == expected) }
  }

  @Test(
    "A training step asks the system for no memory, once the optimizer has taken what it keeps",
    arguments: Member.allCases)
  func reusesMemory(norm: Member) throws {
    let processor = Processor(threads: 1)
    let model = RNN<Double>(.init(inputs: 8, classes: 3), seed: 1, on: processor, normalizer: norm.factory())
    let input = Tensor<Double>.random([5, 8, 8], "input", on: processor)
    let allocated = try blocksAskedFor(byTraining: model, on: input, labels: [0, 1, 2, 0, 1])
    #expect(allocated[1] > 0)
    #expect(allocated.dropFirst().allSatisfy { $0 == allocated[1] }, "\(allocated)")
  }

  @Test("The place of a normalizer follows from its axes")
  func placementFollows() {
    let onInputPath: Set<Member> = [.batch, .instance, .renorm]
    for member in Member.normalizers {
      let place = RecurrentPlacement(for: member.normalizer(Double.self, channels: 4))
      #expect(place == (onInputPath.contains(member) ? .inputPath : .timeStep), "\(member)")
    }
  }

  @Test("The recurrence is the one in the documentation", arguments: [Member.batch, .layer])
  func recurrence(norm: Member) throws {
    let configuration = RNN<Double>.Configuration(inputs: 3, classes: 2)
    var layer = RNN(configuration, seed: 3, normalizer: norm.factory()).layers[0]
    let input = Tensor<Double>.random([4, 5, 3], "sequence")
    let states = try layer.forward(input, mode: .training).states
    // By hand, from the layer's parts.
    var normalizer = norm.normalizer(Double.self, channels: 64)
    let drive = input.reshaped(to: [20, 3]).times(layer.inputToHidden.weights.value).reshaped(to: [4, 5, 64])
    let overAll = norm == .batch ? try normalizer.forward(drive, layout: .timeMajor, mode: .training).output : drive
    var state = Tensor<Double>(repeating: 0, shape: [5, 64])
    for step in 0..<4 {
      var sum = overAll.slice(step).plus(state.times(layer.hiddenToHidden.weights.value))
      if norm == .layer { sum = try normalizer.forward(sum, mode: .training).output }
      state = Activation.tanh.forward(sum)
      #expect(mismatch("state \(step)", states.slice(step), state, tolerance: 1e-14) == nil)
    }
  }

  @Test("A sample's output does not depend on its neighbours under layer normalization")
  func independence() throws {
    var model = RNN<Double>(.init(inputs: 3, classes: 2), seed: 3, normalizer: Member.layer.factory())
    let input = Tensor<Double>.random([4, 5, 3], "sequences")
    let whole = try model.forward(input, mode: .training).logits
    let alone = try model.forward(input.slices(1..<2), mode: .training).logits
    #expect(alone.scalars == whole.slices(1..<2).scalars)
  }

  @Test("With one seed, every normalizer starts from the same weights")
  func sameWeights() {
    let models = Member.allCases.map { RNN<Double>(.init(inputs: 8, classes: 10), seed: 5, normalizer: $0.factory()) }
    for model in models.dropFirst() {
      #expect(
        model.layers[0].inputToHidden.weights.value.scalars == models[0].layers[0].inputToHidden.weights.value.scalars)
      #expect(
        model.layers[0].hiddenToHidden.weights.value.scalars == models[0].layers[0].hiddenToHidden.weights.value.scalars
      )
    }
    #expect(models.map { $0.layers[0].inputToHidden.bias == nil } == Member.allCases.map { $0 != .none })
  }
}
