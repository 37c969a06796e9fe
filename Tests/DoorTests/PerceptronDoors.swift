import MLP
import Tensors

private func zeros(_ shape: Int...) -> Tensor<Float> { .zeros(shape) }

/// A block of 2 inputs and 3 units.
private func block(_ activation: Activation = .sigmoid, channels: Int = 3, units: Int = 3) -> DenseBlock<Float> {
  DenseBlock(
    linear: Linear(weights: zeros(2, units)), normalizer: LayerNorm(channels: channels), activation: activation)
}

/// Goes forward with one block, and back with another.
private func confuse(
  _ first: DenseBlock<Float>, _ second: DenseBlock<Float>, gradient: [Int] = [5, 3]
) throws {
  var (first, second) = (first, second)
  let (_, cache) = try first.forward(zeros(5, 2), mode: .training)
  _ = second.backward(.zeros(gradient), cache: cache)
}

/// A network of 2 inputs, 3 classes and 4 units, after a change of its configuration.
private func network(_ change: (inout MLP<Float>.Configuration) -> Void = { _ in }) -> MLP<Float> {
  var configuration = MLP<Float>.Configuration(inputs: 2, classes: 3)
  configuration.width = 4
  change(&configuration)
  return MLP(configuration, seed: 1) { LayerNorm(channels: $0) }
}

/// The logits of one network, after a change of it, and back through another.
private func train(
  _ input: [Int] = [5, 2], gradient: [Int] = [5, 3], back: MLP<Float>? = nil,
  _ change: (inout MLP<Float>) -> Void = { _ in }
) throws {
  var model = network()
  change(&model)
  let (_, cache) = try model.forward(.zeros(input), mode: .training)
  if let back { model = back }
  model.backward(.zeros(gradient), cache: cache)
}

let perceptronDoors: [Door] = [
  Door("DenseBlock", "a normalizer of 5 channels for 3", .stops("5", "3")) { block(channels: 5).activation },
  Door("DenseBlock", "weights without axes", .stops("[]", "[inputs, outputs]")) {
    DenseBlock<Float>(linear: Linear(weights: .zeros([])), normalizer: nil).activation
  },
  Door("DenseBlock.forward", "three axes", .throwsError("ModelError", "[5, 2, 2]", "[N, 2]")) {
    var block = block()
    _ = try block.forward(zeros(5, 2, 2), mode: .training)
  },
  Door("DenseBlock.forward", "3 values for 2", .throwsError("ModelError", "[5, 3]", "[N, 2]")) {
    var block = block()
    _ = try block.forward(zeros(5, 3), mode: .training)
  },
  Door("DenseBlock.forward", "a normalizer replaced", .throwsError("ModelError", "5 channels", "[5, 3]")) {
    var block = block()
    block.normalizer = BatchNorm(channels: 5)
    _ = try block.forward(zeros(5, 2), mode: .training)
  },
  Door("DenseBlock.forward", "weights replaced by a vector", .throwsError("ModelError", "[5, 2]", "[N, 3]")) {
    var block = block()
    block.linear = Linear(weights: zeros(3))
    _ = try block.forward(zeros(5, 2), mode: .training)
  },
  Door("DenseBlock.backward", "a cache of another order", .stops("normalizer, sigmoid", "normalizer, tanh")) {
    try confuse(block(), block(.tanh))
  },
  Door("DenseBlock.backward", "a cache of other units", .stops("3 channels", "7 channels")) {
    try confuse(block(), block(channels: 7, units: 7))
  },
  Door("DenseBlock.backward", "a gradient of another shape", .stops("[4, 3]", "[5, 3]")) {
    try confuse(block(), block(), gradient: [4, 3])
  },
  Door("MLP.Configuration", "0 inputs", .stops("0 inputs", "1 to 1048576")) { network { $0.inputs = 0 }.layers.count },
  Door("MLP.Configuration", "-1 classes", .stops("-1 classes", "1 to 1048576")) {
    network { $0.classes = -1 }.layers.count
  },
  Door("MLP.Configuration", "Int.max units", .stops("\(Int.max) units", "1 to 1048576")) {
    network { $0.width = .max }.layers.count
  },
  Door("MLP.Configuration", "-1 layers", .stops("-1 layers", "0 to 1024")) { network { $0.depth = -1 }.layers.count },
  Door("MLP.Configuration", "a dropout of 1", .stops("1.0", "0 to below 1")) {
    network { $0.dropout = 1 }.layers.count
  },
  Door("MLP", "a normalizer of another number of channels", .stops("7", "4")) {
    MLP<Float>(network().configuration, seed: 1) { _ in LayerNorm(channels: 7) }.layers.count
  },
  Door("MLP.forward", "another number of values", .throwsError("ModelError", "[5, 3]", "[N, 2]")) {
    try train([5, 3])
  },
  Door("MLP.forward", "images", .throwsError("ModelError", "[5, 2, 1]", "[N, 2]")) { try train([5, 2, 1]) },
  Door("MLP.forward", "no axes", .throwsError("ModelError", "[]", "[N, 2]")) { try train([]) },
  Door("MLP.forward", "0 samples", .throwsError("ModelError", "[0, 2]", "[N, 2]")) { try train([0, 2]) },
  Door("MLP.forward", "a layer taken out", .throwsError("ModelError", "[5, 2]", "[N, 4]")) {
    try train { $0.layers.removeFirst() }
  },
  Door("MLP.forward", "a layer fewer than it has dropout for", .stops("3 parts", "2")) {
    var model = network { $0.dropout = 0.5 }
    model.layers.removeLast()
    return try model.forward(zeros(5, 2), mode: .training).logits
  },
  Door("MLP.backward", "a gradient of another shape", .stops("[4, 4]", "[4, 3]")) { try train(gradient: [5, 4]) },
  Door("MLP.backward", "a cache of fewer layers", .stops("3 layers", "1")) {
    try train(back: network { $0.depth = 1 })
  },
  Door("MLP.restore", "a snapshot of a wider network", .throwsError("SnapshotError", "[2, 8]", "[2, 4]")) {
    var model = network()
    try model.restore(network { $0.width = 8 }.snapshot())
  },
]
