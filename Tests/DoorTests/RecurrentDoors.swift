import RNN
import Tensors

private func zeros(_ shape: Int...) -> Tensor<Float> { .zeros(shape) }

/// A layer of 3 inputs and 2 units.
private func layer(
  _ normalizer: (any Normalizer<Float>)? = LayerNorm(channels: 2), _ activation: Activation = .tanh, inputs: Int = 3,
  units: Int = 2
) -> RecurrentLayer<Float> {
  RecurrentLayer(
    inputToHidden: Linear(weights: zeros(inputs, units)), hiddenToHidden: Linear(weights: zeros(units, units)),
    normalizer: normalizer, activation: activation)
}

/// A layer of 3 inputs and 2 units with a normalizer on each path.
private func twoPaths(
  _ normalizer: (any Normalizer<Float>)?, _ hiddenNormalizer: (any Normalizer<Float>)?,
  _ placement: RecurrentPlacement = .hiddenPath
) -> RecurrentLayer<Float> {
  RecurrentLayer(
    inputToHidden: Linear(weights: zeros(3, 2)), hiddenToHidden: Linear(weights: zeros(2, 2)),
    normalizer: normalizer, hiddenNormalizer: hiddenNormalizer, placement: placement)
}

/// Goes forward over 4 steps of 5 samples with one layer, and back with another.
private func train(
  _ input: [Int] = [4, 5, 3], _ gradient: StateGradient<Float> = .last(.zeros([5, 2])),
  _ first: RecurrentLayer<Float> = layer(), back: RecurrentLayer<Float>? = nil
) throws {
  var first = first
  let (_, cache) = try first.forward(.zeros(input), mode: .training)
  var second = back ?? first
  _ = second.backward(gradient, cache: cache)
}

/// A layer after a change of it, forward.
private func changed(_ change: (inout RecurrentLayer<Float>) -> Void) throws {
  var layer = layer()
  change(&layer)
  _ = try layer.forward(zeros(4, 5, 3), mode: .training)
}

/// A network of 3 inputs, 2 classes and 4 units, after a change of its configuration.
private func network(_ change: (inout RNN<Float>.Configuration) -> Void = { _ in }) -> RNN<Float> {
  var configuration = RNN<Float>.Configuration(inputs: 3, classes: 2)
  configuration.width = 4
  change(&configuration)
  return RNN(configuration, seed: 1) { LayerNorm(channels: $0) }
}

/// Goes forward with a network, and back with another.
private func run(
  _ input: [Int] = [5, 6, 3], gradient: [Int] = [5, 2], back: RNN<Float>? = nil,
  _ change: (inout RNN<Float>) -> Void = { _ in }
) throws {
  var model = network()
  change(&model)
  let (_, cache) = try model.forward(.zeros(input), mode: .training)
  if let back { model = back }
  model.backward(.zeros(gradient), cache: cache)
}

/// A normalizer whose output is too small.
private struct Shrinking: Normalizer {
  let reducedAxes: Axes
  var state = NormalizerState<Float>(channels: 2)

  mutating func forward(
    _ input: Tensor<Float>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Float>, cache: NormalizerCache<Float>) {
    (.zeros([1, 1]), NormalizerCache(saving: 0))
  }

  mutating func backward(_ gradient: Tensor<Float>, cache: NormalizerCache<Float>) -> Tensor<Float> { gradient }
}

let recurrentDoors: [Door] = [
  Door("RecurrentLayer", "W_h of 3×3 for 2 units", .stops("[3, 2]", "[3, 3]")) {
    RecurrentLayer<Float>(
      inputToHidden: Linear(weights: zeros(3, 2)), hiddenToHidden: Linear(weights: zeros(3, 3)), normalizer: nil
    ).activation
  },
  Door("RecurrentLayer", "W_x without axes", .stops("[]", "[D, H]")) {
    RecurrentLayer<Float>(
      inputToHidden: Linear(weights: .zeros([])), hiddenToHidden: Linear(weights: zeros(2, 2)), normalizer: nil
    ).activation
  },
  Door("RecurrentLayer", "a normalizer of 5 channels for 2 units", .stops("5", "2")) {
    layer(LayerNorm(channels: 5)).activation
  },
  Door(
    "RecurrentLayer", "no second normalizer on the hidden path",
    .stops("a normalizer on hiddenPath has none", "only there")
  ) {
    twoPaths(LayerNorm(channels: 2), nil).activation
  },
  Door("RecurrentLayer", "a second normalizer without a first", .stops("no normalizer has one", "only there")) {
    twoPaths(nil, LayerNorm(channels: 2)).activation
  },
  Door("RecurrentLayer", "a second normalizer in other places", .stops("timeStep has one", "only there")) {
    twoPaths(LayerNorm(channels: 2), LayerNorm(channels: 2), .timeStep).activation
  },
  Door("RecurrentLayer", "a second normalizer of 5 channels for 2 units", .stops("5", "2")) {
    twoPaths(LayerNorm(channels: 2), LayerNorm(channels: 5)).activation
  },
  Door("RecurrentLayer.forward", "the second normalizer taken out", .stops("hiddenPath has none", "only there")) {
    var layer = twoPaths(LayerNorm(channels: 2), LayerNorm(channels: 2))
    layer.hiddenNormalizer = nil
    return try layer.forward(zeros(4, 5, 3), mode: .training).states
  },
  Door("RecurrentLayer.forward", "a second normalizer whose output is too small", .stops("[1, 1]", "[5, 2]")) {
    try train(
      [2, 5, 3], .last(zeros(5, 2)), twoPaths(LayerNorm(channels: 2), Shrinking(reducedAxes: .channel)))
  },
  Door(
    "RecurrentLayer.forward", "one sample under batch normalization on both paths",
    .throwsError("ModelError", "[1, 2]", "one value to each statistic")
  ) {
    try train([2, 1, 3], .last(zeros(1, 2)), twoPaths(BatchNorm(channels: 2), BatchNorm(channels: 2)))
  },
  Door("RecurrentLayer.backward", "a cache of another placement", .stops("on hiddenPath;", "on hiddenPathPerStep")) {
    let norm = LayerNorm<Float>(channels: 2)
    try train(
      [4, 5, 3], .last(zeros(5, 2)), twoPaths(norm, norm), back: twoPaths(norm, norm, .hiddenPathPerStep))
  },
  Door("InitialNoise", "a deviation of 0", .stops("0.0", "above 0")) {
    InitialNoise<Float>(deviation: 0, seed: 1, name: "noise").seed
  },
  Door("InitialNoise", "a deviation without end", .stops("inf", "above 0")) {
    InitialNoise<Float>(deviation: .infinity, seed: 1, name: "noise").seed
  },
  Door("RNN.Configuration", "initial noise of -1", .stops("-1.0", "0 or more")) {
    network { $0.initialNoise = -1 }.layers.count
  },
  Door("RNN.Configuration", "initial noise that is no number", .stops("nan", "0 or more")) {
    network { $0.initialNoise = .nan }.layers.count
  },
  Door("RecurrentLayer.forward", "W_h replaced", .stops("[3, 2]", "[7, 7]")) {
    try changed { $0.hiddenToHidden = Linear(weights: zeros(7, 7)) }
  },
  Door("RecurrentLayer.forward", "W_x replaced", .stops("[3, 7]", "[2, 2]")) {
    try changed { $0.inputToHidden = Linear(weights: zeros(3, 7)) }
  },
  Door("RecurrentLayer.forward", "the normalizer replaced", .stops("5", "2")) {
    try changed { $0.normalizer = BatchNorm(channels: 5) }
  },
  Door("RecurrentLayer.forward", "a normalizer whose output is too small", .stops("[1, 1]", "[1, 5, 2]")) {
    try train([1, 5, 3], .last(zeros(5, 2)), layer(Shrinking(reducedAxes: .position)))
  },
  Door("RecurrentLayer.forward", "the same within time steps", .stops("[1, 1]", "[5, 2]")) {
    try train([1, 5, 3], .last(zeros(5, 2)), layer(Shrinking(reducedAxes: .channel)))
  },
  Door("RecurrentLayer.forward", "0 time steps", .throwsError("ModelError", "[0, 5, 3]", "[L, N, 3]")) {
    try train([0, 5, 3])
  },
  Door("RecurrentLayer.forward", "4 inputs for 3", .throwsError("ModelError", "[4, 5, 4]", "[L, N, 3]")) {
    try train([4, 5, 4])
  },
  Door("RecurrentLayer.forward", "no axes", .throwsError("ModelError", "[]", "[L, N, 3]")) { try train([]) },
  Door("RecurrentLayer.backward(.last)", "too few rows", .stops("[1, 2]", "[5, 2]")) {
    try train([4, 5, 3], .last(zeros(1, 2)))
  },
  Door("RecurrentLayer.backward(.last)", "too many rows", .stops("[50, 2]", "[5, 2]")) {
    try train([4, 5, 3], .last(zeros(50, 2)))
  },
  Door("RecurrentLayer.backward(.all)", "too few steps", .stops("[3, 5, 2]", "[4, 5, 2]")) {
    try train([4, 5, 3], .all(zeros(3, 5, 2)))
  },
  Door("RecurrentLayer.backward(.all)", "no axes", .stops("[]", "[4, 5, 2]")) {
    try train([4, 5, 3], .all(.zeros([])))
  },
  Door("RecurrentLayer.backward", "a cache of more units", .stops("2 units", "7 units")) {
    try train(back: layer(LayerNorm(channels: 7), units: 7))
  },
  Door("RecurrentLayer.backward", "a cache of another activation", .stops("tanh", "relu")) {
    try train(back: layer(LayerNorm(channels: 2), .relu))
  },
  Door("RecurrentLayer.backward", "a cache of no normalizer", .stops("no normalizer", "a normalizer on timeStep")) {
    try train([4, 5, 3], .last(zeros(5, 2)), layer(nil), back: layer())
  },
  Door("RecurrentLayer.backward", "a cache of other axes", .stops("batch, position", "of position")) {
    try train([4, 5, 3], .last(zeros(5, 2)), layer(BatchNorm(channels: 2)), back: layer(InstanceNorm(channels: 2)))
  },
  Door("RecurrentLayer.backward", "a cache of more inputs", .stops("[3, 2]", "[30, 2]")) {
    try train(back: layer(inputs: 30))
  },
  Door("RecurrentLayer.backward", "a cache of a batch in pieces", .stops("4 pieces", "1")) {
    var normalizing = RecurrentLayer<Float>(
      inputToHidden: Linear(weights: zeros(3, 2)), hiddenToHidden: Linear(weights: zeros(2, 2)),
      normalizer: LayerNorm(channels: 2), placement: .timeStep)
    let (_, cache) = try normalizing.forward(zeros(4, 64, 3), mode: .training)
    normalizing.normalizer = BatchNorm(channels: 2)
    _ = normalizing.backward(.last(zeros(64, 2)), cache: cache)
  },
  Door("RNN.Configuration", "0 units", .stops("0 units", "1 to 1048576")) { network { $0.width = 0 }.layers.count },
  Door("RNN.Configuration", "Int.max units", .stops("\(Int.max) units", "1 to 1048576")) {
    network { $0.width = .max }.layers.count
  },
  Door("RNN.Configuration", "-1 inputs", .stops("-1 inputs", "1 to 1048576")) {
    network { $0.inputs = -1 }.layers.count
  },
  Door("RNN.Configuration", "Int.min classes", .stops("\(Int.min) classes", "1 to 1048576")) {
    network { $0.classes = .min }.layers.count
  },
  Door("RNN.Configuration", "Int.max layers", .stops("\(Int.max) layers", "1 to 1024")) {
    network { $0.depth = .max }.layers.count
  },
  Door("RNN.Configuration", "a dropout of 1", .stops("1.0", "0 to below 1")) {
    network { $0.dropout = 1 }.layers.count
  },
  Door("RNN.Configuration", "a dropout of -0.5", .stops("-0.5", "0 to below 1")) {
    network { $0.dropout = -0.5 }.layers.count
  },
  Door("RNN.Configuration", "a dropout that is no number", .stops("nan", "0 to below 1")) {
    network { $0.dropout = .nan }.layers.count
  },
  Door("RNN.forward", "a layer more than it has dropout for", .stops("1 parts", "2")) {
    var model = network { $0.dropout = 0.5 }
    model.layers.append(layer(nil, inputs: 4, units: 4))
    return try model.forward(zeros(5, 6, 3), mode: .training).logits
  },
  Door("RNN.backward", "a cache of no dropout", .stops("0 layers", "2")) {
    try run(back: network { ($0.dropout, $0.dropoutPlace) = (0.5, .layers) })
  },
  Door("RNN.forward", "0 time steps", .throwsError("ModelError", "[5, 0, 3]", "[N, L, 3]")) { try run([5, 0, 3]) },
  Door("RNN.forward", "0 samples", .throwsError("ModelError", "[0, 6, 3]", "[N, L, 3]")) { try run([0, 6, 3]) },
  Door("RNN.forward", "4 inputs for 3", .throwsError("ModelError", "[5, 6, 4]", "[N, L, 3]")) { try run([5, 6, 4]) },
  Door("RNN.forward", "two axes", .throwsError("ModelError", "[5, 3]", "[N, L, 3]")) { try run([5, 3]) },
  Door("RNN.forward", "its layer taken out", .stops("[5, 3]", "[4, 2]")) { try run { $0.layers = [] } },
  Door("RNN.forward", "a layer of another width", .throwsError("ModelError", "[6, 5, 3]", "[L, N, 7]")) {
    try run { $0.layers = [layer(inputs: 7)] }
  },
  Door("RNN.backward", "a gradient of another shape", .stops("[3, 2]", "[5, 4]")) { try run(gradient: [3, 2]) },
  Door("RNN.backward", "a cache of fewer layers", .stops("1 layers", "2")) { try run(back: network { $0.depth = 2 }) },
  Door("RNN.backward", "a cache of fewer units", .stops("[4, 2]", "[9, 2]")) {
    try run(back: network { $0.width = 9 })
  },
  Door(
    "RNN.restore", "a snapshot of more layers",
    .throwsError("SnapshotError", "layer1.hiddenToHidden.weights", "nothing here")
  ) {
    var model = network()
    try model.restore(network { $0.depth = 2 }.snapshot())
  },
]
