import Layers
import Norms
import Tensors

/// A map of 3 inputs to 2 outputs.
private func linear(bias: Bool = true) -> Linear<Float> {
  var stream = RandomStream(seed: 1, name: "door")
  return Linear(inputs: 3, outputs: 2, bias: bias, bound: 1, from: &stream)
}

private func zeros(_ shape: Int...) -> Tensor<Float> { .zeros(shape) }

/// A step of an optimizer after `change`, and another step before it if the optimizer is to remember the parameters.
private func step(
  _ kind: OptimizerKind, remembering: Bool = false, _ change: (inout Linear<Float>) -> Void
) {
  var (model, optimizer) = (linear(), Optimizer<Float>(kind, learningRate: 0.1))
  if remembering { optimizer.step(&model) }
  change(&model)
  optimizer.step(&model)
}

/// The snapshot of an optimizer after one step on a map with a bias.
private func remembered(_ kind: OptimizerKind, steps: Int = 1) -> Snapshot<Float> {
  var (model, optimizer) = (linear(), Optimizer<Float>(kind, learningRate: 0.1))
  optimizer.step(&model)
  var snapshot = optimizer.snapshot()
  snapshot.counters["steps"] = steps
  return snapshot
}

/// Drops from an input with one layer, and goes back with another.
private func drop(
  _ rate: Double, _ mode: Mode = .training, gradient: [Int] = [3, 2], back: Double? = nil
) -> Tensor<Float> {
  var layer = Dropout<Float>(rate: rate, seed: 1, name: "door")
  let (_, cache) = layer.forward(zeros(3, 2), mode: mode)
  return Dropout(rate: back ?? rate, seed: 1, name: "door").backward(.zeros(gradient), cache: cache)
}

/// Restores the snapshot, and takes a step.
private func restore(_ snapshot: Snapshot<Float>, _ kind: OptimizerKind, bias: Bool = true) throws -> [Float] {
  var (model, optimizer) = (linear(bias: bias), Optimizer<Float>(kind, learningRate: 0.1))
  try optimizer.restore(snapshot, for: model)
  optimizer.step(&model)
  return model.bias?.value.scalars ?? []
}

let layerDoors: [Door] = [
  Door("Linear(inputs:outputs:)", "-1 inputs", .stops("[-1, 2]", "0 or more")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = Linear<Float>(inputs: -1, outputs: 2, bound: 1, from: &stream)
  },
  Door("Linear(inputs:outputs:)", "Int.max inputs", .stops("[\(Int.max), 2]", "1099511627776")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = Linear<Float>(inputs: .max, outputs: 2, bound: 1, from: &stream)
  },
  Door("Linear.forward", "4 columns for 3 inputs", .stops("[5, 4]", "[3, 2]")) { linear().forward(zeros(5, 4)) },
  Door("Linear.forward", "one axis", .stops("[3]", "[3, 2]")) { linear().forward(zeros(3)) },
  Door("Linear.forward", "no axis", .stops("[]", "[3, 2]")) { linear().forward(.zeros([])) },
  Door("Linear.forward", "no samples", .computes("Tensor<Float>[0, 2]()")) { linear().forward(zeros(0, 3)) },
  Door("Linear.forward", "no inputs", .computes("Tensor<Float>[2, 2](0.0, 0.0, 0.0, 0.0)")) {
    Linear<Float>(weights: zeros(0, 2)).forward(zeros(2, 0))
  },
  Door("Linear(weights:).forward", "weights of one axis", .stops("[1, 3]", "[3]")) {
    Linear<Float>(weights: zeros(3)).forward(zeros(1, 3))
  },
  Door("Linear.forward", "a bias of 5 for 2 outputs", .stops("5", "2")) {
    var layer = linear()
    layer.bias = Parameter(zeros(5))
    _ = layer.forward(zeros(1, 3))
  },
  Door("Linear.backward", "a gradient of 4 rows for 5", .stops("[4, 2]", "[5, 3]")) {
    var layer = linear()
    _ = layer.backward(zeros(4, 2), input: zeros(5, 3))
  },
  Door("Linear.backward", "a gradient of 7 columns for 2", .stops("[3, 7]", "[3, 2]")) {
    var layer = linear()
    _ = layer.backward(zeros(5, 7), input: zeros(5, 3))
  },
  Door("Linear.backward", "a gradient without axes", .stops("[]", "[5, 3]")) {
    var layer = linear()
    _ = layer.backward(.zeros([]), input: zeros(5, 3))
  },
  Door("Linear.addGradients", "no samples", .computes("Tensor<Float>[3, 2](0.0, 0.0, 0.0, 0.0, 0.0, 0.0)")) {
    var layer = linear()
    layer.addGradients(zeros(0, 2), input: zeros(0, 3))
    return layer.weights.gradient
  },
  Door("Linear.backward", "weights replaced by larger ones", .stops("[3, 2]", "[30, 20]")) {
    var layer = linear()
    layer.weights.value = zeros(30, 20)
    _ = layer.backward(zeros(5, 20), input: zeros(5, 30))
  },
  Door("Optimizer.step (sgd)", "weights replaced by larger ones", .stops("[3, 2]", "[30, 20]")) {
    step(.sgd) { $0.weights.value = zeros(30, 20) }
  },
  Door("Optimizer.step (adam)", "weights replaced by larger ones", .stops("[3, 2]", "[30, 20]")) {
    step(.adam) { $0.weights.value = zeros(30, 20) }
  },
  Door("Optimizer.step (sgd)", "a gradient replaced by a smaller one", .stops("[1]", "[3, 2]")) {
    step(.sgd) { $0.weights.gradient = zeros(1) }
  },
  Door("Optimizer.step (adam)", "a parameter replaced after the first step", .stops("[3, 2]", "[30, 20]")) {
    step(.adam, remembering: true) { $0.weights = Parameter(zeros(30, 20)) }
  },
  Door("Optimizer.step", "a model with fewer parameters", .stops("2 parameters", "1")) {
    step(.sgd, remembering: true) { $0.bias = nil }
  },
  Door("Optimizer.step", "a model with more parameters", .stops("1 parameters", "bias")) {
    var (model, optimizer) = (linear(bias: false), Optimizer<Float>(.sgd, learningRate: 0.1))
    optimizer.step(&model)
    model.bias = Parameter(zeros(2))
    optimizer.step(&model)
  },
  Door("Optimizer.restore", "of another model", .throwsError("SnapshotError", "it lacks", "velocity.bias")) {
    var snapshot = remembered(.sgd)
    snapshot.tensors["velocity.bias"] = nil
    return try restore(snapshot, .sgd)
  },
  Door("Optimizer.restore", "of another kind", .throwsError("SnapshotError", "velocity.bias", "mean.bias")) {
    try restore(remembered(.sgd), .adam)
  },
  Door("Optimizer.restore", "a velocity of another shape", .throwsError("SnapshotError", "[7]", "[2]")) {
    var snapshot = remembered(.sgd)
    snapshot.tensors["velocity.bias"] = zeros(7)
    return try restore(snapshot, .sgd)
  },
  Door("Optimizer.restore", "-1 steps", .throwsError("SnapshotError", "-1", "not negative")) {
    try restore(remembered(.sgd, steps: -1), .sgd)
  },
  Door("Optimizer.restore", "Int.max steps", .throwsError("SnapshotError", "\(Int.max)", "9007199254740992 at most")) {
    try restore(remembered(.adam, steps: .max), .adam)
  },
  Door("Optimizer.restore, step", "2⁵³ steps", .computes("[0.0, 0.0]")) {
    try restore(remembered(.adam, steps: 1 << 53), .adam)
  },
  Door("Optimizer", "a learning rate of -1", .stops("-1.0", "finite and 0 or more")) {
    Optimizer<Float>(.sgd, learningRate: -1).learningRate
  },
  Door("Optimizer", "a learning rate without end", .stops("inf", "finite and 0 or more")) {
    Optimizer<Float>(.sgd, learningRate: .infinity).learningRate
  },
  Door("Optimizer.learningRate", "no number", .stops("nan", "finite and 0 or more")) {
    var optimizer = Optimizer<Float>(.adam, learningRate: 0.1)
    optimizer.learningRate = .nan
    return optimizer.learningRate
  },
  Door("Optimizer", "a momentum of 1", .stops("1.0", "0 to below 1")) {
    Optimizer<Float>(.adam, learningRate: 0.1, momentum: 1).momentum
  },
  Door("Optimizer", "a momentum of -0.5", .stops("-0.5", "0 to below 1")) {
    Optimizer<Float>(.sgd, learningRate: 0.1, momentum: -0.5).momentum
  },
  Door("Optimizer", "a weight decay of -0.1", .stops("-0.1", "finite and 0 or more")) {
    Optimizer<Float>(.sgd, learningRate: 0.1, weightDecay: -0.1).weightDecay
  },
  Door("Optimizer", "a weight decay that is no number", .stops("nan", "finite and 0 or more")) {
    Optimizer<Float>(.sgd, learningRate: 0.1, weightDecay: .nan).weightDecay
  },
  Door("Optimizer.step", "a weight decay and weights replaced by larger ones", .stops("[3, 2]", "[30, 20]")) {
    var (model, optimizer) = (linear(), Optimizer<Float>(.sgd, learningRate: 0.1, weightDecay: 0.1))
    optimizer.step(&model)
    model.weights.value = zeros(30, 20)
    optimizer.step(&model)
  },
  Door("Dropout", "a rate of 1", .stops("1.0", "0 to below 1")) { drop(1) },
  Door("Dropout", "a rate of -0.1", .stops("-0.1", "0 to below 1")) { drop(-0.1) },
  Door("Dropout", "a rate that is no number", .stops("nan", "0 to below 1")) { drop(.nan) },
  Door("Dropout.backward", "a gradient of another shape", .stops("[2, 3]", "[3, 2]")) {
    drop(0.5, gradient: [2, 3])
  },
  Door("Dropout.backward", "a gradient of another shape, after inference", .stops("[2, 3]", "[3, 2]")) {
    drop(0.5, .inference, gradient: [2, 3])
  },
  Door("Dropout.backward", "a cache of another rate", .stops("0.5", "0.25")) { drop(0.5, back: 0.25) },
  Door("Dropout.forward", "no elements", .computes("Tensor<Float>[0, 3]()")) {
    var layer = Dropout<Float>(rate: 0.5, seed: 1, name: "door")
    return layer.forward(zeros(0, 3), mode: .training).output
  },
  Door("Dropout.restore", "-1 passes", .throwsError("SnapshotError", "-1", "not negative")) {
    var layer = Dropout<Float>(rate: 0.5, seed: 1, name: "door")
    try layer.restore(Snapshot(counters: ["passes": -1]))
  },
  Door("Dropout.restore", "2⁵³ passes, and one more", .computes("9007199254740993")) {
    var layer = Dropout<Float>(rate: 0.5, seed: 1, name: "door")
    try layer.restore(Snapshot(counters: ["passes": 1 << 53]))
    _ = layer.forward(zeros(3, 2), mode: .training)
    return layer.snapshot().counters["passes"] ?? 0
  },
  Door("clipGradients", "a norm of -1", .stops("-1.0", "0 or more")) {
    var layer = linear()
    layer.clipGradients(toNorm: -1)
  },
  Door("clipGradients", "a norm that is no number", .stops("nan", "0 or more")) {
    var layer = linear()
    layer.clipGradients(toNorm: .nan)
  },
  Door("restore", "a snapshot of something else", .throwsError("SnapshotError", "lacks bias", "called scale")) {
    var layer = linear()
    try layer.restore(Snapshot(tensors: ["scale": zeros(2), "weights": zeros(3, 2)]))
  },
  Door("restore", "weights of another shape", .throwsError("SnapshotError", "[2, 3]", "[3, 2]")) {
    var layer = linear()
    try layer.restore(Snapshot(tensors: ["bias": zeros(2), "weights": zeros(2, 3)]))
  },
  Door("SoftmaxCrossEntropy", "logits of one axis", .stops("[3]", "[N, classes]")) {
    SoftmaxCrossEntropy(logits: zeros(3), labels: [0, 0, 0])
  },
  Door("SoftmaxCrossEntropy", "logits without axes", .stops("[]", "[N, classes]")) {
    SoftmaxCrossEntropy(logits: Tensor<Float>.zeros([]), labels: [])
  },
  Door("SoftmaxCrossEntropy", "logits of three axes", .stops("[1, 2, 3]", "[N, classes]")) {
    SoftmaxCrossEntropy(logits: zeros(1, 2, 3), labels: [0])
  },
  Door("SoftmaxCrossEntropy", "1 label for 2 samples", .stops("[2, 3]", "1")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0])
  },
  Door("SoftmaxCrossEntropy", "label 3 of 3 classes", .stops("label 3", "3 classes")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0, 3])
  },
  Door("SoftmaxCrossEntropy", "label -1", .stops("-1", "3 classes")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0, -1])
  },
  Door("SoftmaxCrossEntropy", "0 classes", .stops("label 0", "0 classes")) {
    SoftmaxCrossEntropy(logits: zeros(2, 0), labels: [0, 0])
  },
  Door("SoftmaxCrossEntropy", "0 samples", .computes("0.0 of Tensor<Float>[0, 3]()")) {
    let loss = SoftmaxCrossEntropy(logits: zeros(0, 3), labels: [])
    return "\(loss.sum) of \(loss.gradient)"
  },
  Door("SoftmaxCrossEntropy", "a smoothing of 1", .stops("1.0", "0 to below 1")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0, 0], smoothing: 1)
  },
  Door("SoftmaxCrossEntropy", "a smoothing of -0.1", .stops("-0.1", "0 to below 1")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0, 0], smoothing: -0.1)
  },
  Door("SoftmaxCrossEntropy", "a smoothing that is no number", .stops("nan", "0 to below 1")) {
    SoftmaxCrossEntropy(logits: zeros(2, 3), labels: [0, 0], smoothing: .nan)
  },
  Door("SoftmaxCrossEntropy", "0 samples, smoothed", .computes("0.0 of Tensor<Float>[0, 3]()")) {
    let loss = SoftmaxCrossEntropy(logits: zeros(0, 3), labels: [], smoothing: 0.1)
    return "\(loss.sum) of \(loss.gradient)"
  },
  Door("Activation.initialBound", "0 inputs", .stops("0", "1 input or more")) {
    Activation.relu.initialBound(inputs: 0)
  },
]
