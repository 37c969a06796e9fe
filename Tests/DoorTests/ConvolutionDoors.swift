import CNN
import Tensors

private func zeros(_ shape: Int...) -> Tensor<Float> { .zeros(shape) }

/// A convolution of 2 to 3 channels, with its weights replaced by zeros of another shape if one is given.
private func convolution(_ inputs: Int = 2, _ outputs: Int = 3, weights: [Int]? = nil) -> Convolution<Float> {
  var stream = RandomStream(seed: 1, name: "door")
  var layer = Convolution<Float>(inputChannels: inputs, outputChannels: outputs, bound: 1, from: &stream)
  if let weights { layer.weights.value = .zeros(weights) }
  return layer
}

private func block(_ activation: Activation = .relu, pools: Bool = true, outputs: Int = 3) -> ConvolutionBlock<Float> {
  ConvolutionBlock(
    convolution: convolution(2, outputs), normalizer: BatchNorm(channels: outputs), activation: activation, pools: pools
  )
}

/// Goes forward with one block, and back with another.
private func confuse(
  _ first: ConvolutionBlock<Float>, _ second: ConvolutionBlock<Float>, gradient: [Int] = [1, 2, 2, 3]
) throws {
  var (first, second) = (first, second)
  let (_, cache) = try first.forward(zeros(1, 4, 4, 2), mode: .training)
  _ = second.backward(.zeros(gradient), cache: cache)
}

/// A network for images of 4×4×1 and 3 classes, after a change of its configuration.
private func network(_ change: (inout CNN<Float>.Configuration) -> Void = { _ in }) -> CNN<Float> {
  var configuration = CNN<Float>.Configuration(height: 4, width: 4, channels: 1, classes: 3)
  configuration.firstChannels = 2
  change(&configuration)
  return CNN(configuration, seed: 1) { LayerNorm(channels: $0) }
}

/// The logits of one network, after a change of it, and back through another.
private func train(
  _ input: [Int] = [2, 4, 4, 1], gradient: [Int] = [2, 3], back: CNN<Float>? = nil,
  _ change: (inout CNN<Float>) -> Void = { _ in }
) throws {
  var model = network()
  change(&model)
  let (_, cache) = try model.forward(.zeros(input), mode: .training)
  if let back { model = back }
  model.backward(.zeros(gradient), cache: cache)
}

let convolutionDoors: [Door] = [
  Door("MaxPool.forward", "two axes", .stops("[4, 4]", "[N, H, W, C]")) { MaxPool.forward(zeros(4, 4)) },
  Door("MaxPool.forward", "no axes", .stops("[]", "[N, H, W, C]")) { MaxPool.forward(Tensor<Float>.zeros([])) },
  Door("MaxPool.forward", "no samples", .computes("Tensor<Float>[0, 2, 2, 1]()")) {
    MaxPool.forward(zeros(0, 4, 4, 1))
  },
  Door("MaxPool.forward", "one position", .computes("Tensor<Float>[1, 0, 0, 1]()")) {
    MaxPool.forward(zeros(1, 1, 1, 1))
  },
  Door("MaxPool.backward", "a gradient of another shape", .stops("[1, 4, 4, 1]", "[1, 2, 2, 1]")) {
    MaxPool.backward(zeros(1, 4, 4, 1), input: zeros(1, 4, 4, 1), output: zeros(1, 2, 2, 1))
  },
  Door("MaxPool.backward", "an output of another shape", .stops("[1, 1, 1, 1]", "[1, 2, 2, 1]")) {
    MaxPool.backward(zeros(1, 2, 2, 1), input: zeros(1, 4, 4, 1), output: zeros(1, 1, 1, 1))
  },
  Door("MaxPool.backward", "an input of two axes", .stops("[4, 4]", "[N, H, W, C]")) {
    MaxPool.backward(zeros(1, 2, 2, 1), input: zeros(4, 4), output: zeros(1, 2, 2, 1))
  },
  Door("MaxPool.backward", "one position", .computes("Tensor<Float>[1, 1, 1, 2](0.0, 0.0)")) {
    MaxPool.backward(zeros(1, 0, 0, 2), input: zeros(1, 1, 1, 2), output: zeros(1, 0, 0, 2))
  },
  Door("Convolution(inputChannels:)", "0", .stops("0", "1 to 16777216")) { convolution(0).weights.value.shape },
  Door("Convolution(inputChannels:)", "Int.max", .stops("\(Int.max)", "1 to 16777216")) {
    convolution(.max).weights.value.shape
  },
  Door("Convolution(outputChannels:)", "-1", .stops("-1", "1 to 16777216")) { convolution(2, -1).weights.value.shape },
  Door("Convolution.forward", "3 channels for 2", .stops("[1, 4, 4, 3]", "[N, H, W, 2]")) {
    convolution().forward(zeros(1, 4, 4, 3))
  },
  Door("Convolution.forward", "no axes", .stops("[]", "[N, H, W, 2]")) { convolution().forward(.zeros([])) },
  Door("Convolution.forward", "no samples", .computes("Tensor<Float>[0, 4, 4, 3]()")) {
    convolution().forward(zeros(0, 4, 4, 2), activation: .tanh)
  },
  Door("Convolution.forward", "images without lines", .computes("Tensor<Float>[2, 0, 4, 3]()")) {
    convolution().forward(zeros(2, 0, 4, 2), activation: .relu)
  },
  Door("Convolution.forward", "smaller weights", .stops("[9, 3]", "[18, 3]")) {
    convolution(weights: [9, 3]).forward(zeros(1, 4, 4, 2))
  },
  Door("Convolution.forward", "weights the other way round", .stops("[3, 18]", "[18, 3]")) {
    convolution(weights: [3, 18]).forward(zeros(1, 4, 4, 2))
  },
  Door("Convolution.forward", "a bias of 1 for 3 channels", .stops("[1]", "[3]")) {
    var layer = convolution()
    layer.bias = Parameter(zeros(1))
    _ = layer.forward(zeros(1, 4, 4, 2))
  },
  Door("Convolution.addGradients", "a gradient of another shape", .stops("[1, 2, 2, 3]", "[1, 4, 4, 3]")) {
    var layer = convolution()
    layer.addGradients(zeros(1, 2, 2, 3), input: zeros(1, 4, 4, 2))
  },
  Door("Convolution.addGradients", "a gradient of two axes", .stops("[16, 3]", "[1, 4, 4, 3]")) {
    var layer = convolution()
    layer.addGradients(zeros(16, 3), input: zeros(1, 4, 4, 2))
  },
  Door("Convolution.addGradients", "a weights' gradient of another shape", .stops("[9, 3]", "[18, 3]")) {
    var layer = convolution()
    layer.weights.gradient = zeros(9, 3)
    layer.addGradients(zeros(1, 4, 4, 3), input: zeros(1, 4, 4, 2))
  },
  Door("Convolution.addGradients", "no samples", .computes("0.0")) {
    var layer = convolution()
    layer.addGradients(zeros(0, 4, 4, 3), input: zeros(0, 4, 4, 2))
    return layer.gradientNorm
  },
  Door("Convolution.inputGradient", "smaller weights", .stops("[9, 3]", "[18, 3]")) {
    convolution(weights: [9, 3]).inputGradient(zeros(1, 4, 4, 3), input: zeros(1, 4, 4, 2))
  },
  Door("Convolution.inputGradient", "weights without axes", .stops("[]", "[18, 3]")) {
    convolution(weights: []).inputGradient(zeros(1, 4, 4, 3), input: zeros(1, 4, 4, 2))
  },
  Door("Convolution.inputGradient", "a gradient of other channels", .stops("[1, 4, 4, 4]", "[1, 4, 4, 3]")) {
    convolution().inputGradient(zeros(1, 4, 4, 4), input: zeros(1, 4, 4, 2))
  },
  Door("ConvolutionBlock", "a normalizer of 5 channels for 3", .stops("5", "3")) {
    ConvolutionBlock<Float>(convolution: convolution(), normalizer: BatchNorm(channels: 5)).pools
  },
  Door("ConvolutionBlock.forward", "two axes", .throwsError("ModelError", "[4, 2]", "[N, H, W, 2]")) {
    var block = block()
    _ = try block.forward(zeros(4, 2), mode: .training)
  },
  Door("ConvolutionBlock.forward", "a normalizer replaced", .throwsError("ModelError", "5 channels", "[1, 4, 4, 3]")) {
    var block = block()
    block.normalizer = BatchNorm(channels: 5)
    _ = try block.forward(zeros(1, 4, 4, 2), mode: .training)
  },
  Door("ConvolutionBlock.backward", "a cache of another order", .stops("normalizer, relu", "normalizer, tanh")) {
    try confuse(block(), block(.tanh))
  },
  Door("ConvolutionBlock.backward", "a cache of no pooling", .stops("normalizer, relu;", "pooling")) {
    try confuse(block(pools: false), block())
  },
  Door("ConvolutionBlock.backward", "a cache of other channels", .stops("3 channels", "7 channels")) {
    try confuse(block(), block(outputs: 7))
  },
  Door("ConvolutionBlock.backward", "a gradient of another shape", .stops("[1, 4, 4, 3]", "[1, 2, 2, 3]")) {
    try confuse(block(), block(), gradient: [1, 4, 4, 3])
  },
  Door("CNN.Configuration", "a height of 0", .stops("0×4×1", "1 to 1048576")) {
    network { $0.height = 0 }.blocks.count
  },
  Door("CNN.Configuration", "a width of Int.max", .stops("4×\(Int.max)×1", "1 to 1048576")) {
    network { $0.width = .max }.blocks.count
  },
  Door("CNN.Configuration", "-1 classes", .stops("-1", "1 to 1048576")) { network { $0.classes = -1 }.blocks.count },
  Door("CNN.Configuration", "a dropout of 1", .stops("1.0", "0 to below 1")) {
    network { $0.dropout = 1 }.blocks.count
  },
  Door("CNN.Configuration", "a dropout of -0.5", .stops("-0.5", "0 to below 1")) {
    network { $0.dropout = -0.5 }.blocks.count
  },
  Door("CNN.Configuration", "a dropout that is no number", .stops("nan", "0 to below 1")) {
    network { $0.dropout = .nan }.blocks.count
  },
  Door("CNN.forward", "a block fewer than it has dropout for", .stops("2 parts", "1")) {
    var model = network { $0.dropout = 0.5 }
    model.blocks.removeLast()
    return try model.forward(zeros(2, 4, 4, 1), mode: .training).logits
  },
  Door("CNN.backward", "a cache of other dropout", .stops("0.0", "0.5")) {
    var (late, everywhere) = (
      network { $0.dropout = 0.5 }, network { ($0.dropout, $0.dropoutPlace) = (0.5, .layers) }
    )
    let (_, cache) = try late.forward(zeros(2, 4, 4, 1), mode: .training)
    everywhere.backward(zeros(2, 3), cache: cache)
  },
  Door("CNN.Configuration", "-1 blocks", .stops("-1", "0 to 20")) { network { $0.depth = -1 }.blocks.count },
  Door("CNN.Configuration", "0 first channels", .stops("0 channels", "1048576 channels")) {
    network { $0.firstChannels = 0 }.blocks.count
  },
  Door("CNN.Configuration.blockChannels", "Int.max blocks", .stops("\(Int.max)", "0 to 20")) {
    var configuration = CNN<Float>.Configuration(height: 4, width: 4, channels: 1, classes: 3)
    configuration.depth = .max
    return configuration.blockChannels
  },
  Door("CNN", "a normalizer of another number of channels", .stops("7", "2")) {
    CNN<Float>(network().configuration, seed: 1) { _ in LayerNorm(channels: 7) }.blocks.count
  },
  Door("CNN.forward", "another image size", .throwsError("ModelError", "[2, 8, 8, 1]", "[N, 4, 4, 1]")) {
    try train([2, 8, 8, 1])
  },
  Door("CNN.forward", "three axes", .throwsError("ModelError", "[4, 4, 1]", "[N, 4, 4, 1]")) { try train([4, 4, 1]) },
  Door("CNN.forward", "0 samples", .throwsError("ModelError", "[0, 4, 4, 1]", "[N, 4, 4, 1]")) {
    try train([0, 4, 4, 1])
  },
  Door("CNN.forward", "a block taken out", .throwsError("ModelError", "[2, 4, 4, 1]", "[N, H, W, 2]")) {
    try train { $0.blocks.removeFirst() }
  },
  Door("CNN.forward", "the last block taken out", .stops("[2, 8]", "[16, 3]")) { try train { $0.blocks.removeLast() } },
  Door("CNN.backward", "a gradient of another shape", .stops("[16, 4]", "[16, 3]")) { try train(gradient: [2, 4]) },
  Door("CNN.backward", "a cache of fewer blocks", .stops("2 blocks", "1")) {
    try train(back: network { $0.depth = 1 })
  },
  Door("CNN.backward", "a cache of a wider network", .stops("[64, 3]", "[16, 3]")) {
    try train(back: network { $0.firstChannels = 8 })
  },
  Door("CNN.restore", "a snapshot of a wider network", .throwsError("SnapshotError", "[9, 8]", "[9, 2]")) {
    var model = network()
    try model.restore(network { $0.firstChannels = 8 }.snapshot())
  },
]
