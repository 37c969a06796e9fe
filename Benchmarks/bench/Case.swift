import CNN
import Layers
import Norms
import RNN
import Tensors

/// A piece of work to be timed: a name that `peers.py` knows, too, and what to do.
struct Case {
  let name: String
  /// The bytes that the work must read and write at least; 0 where that says nothing.
  let bytes: Int
  /// Prepares the work on a processor: a check against something plainer, and one repetition to be timed.
  let prepare: (Processor) throws -> Work

  struct Work {
    /// What is wrong with the result, or `nil`.
    let check: () throws -> String?
    let run: () throws -> Void
  }
}

extension Case {
  static var all: [Case] { shapes.map(copy) + normalizers + models }

  static let norms = ["batch", "layer", "instance", "group", "rms", "renorm", "dyt"]
  private static let shapes = [[128, 16, 8, 8], [64, 32, 28, 28], [32, 64, 56, 56], [64, 128], [1792, 128]]

  private static func name(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "x")
  }

  /// The normalizer of a name, as the harness would make it.
  static func make<Scalar: TensorScalar>(_ norm: String, channels: Int) -> (any Normalizer<Scalar>)? {
    switch norm {
    case "batch": BatchNorm(channels: channels)
    case "layer": LayerNorm(channels: channels)
    case "instance": InstanceNorm(channels: channels)
    case "group": GroupNorm(groups: 4, channels: channels)
    case "rms": RMSNorm(channels: channels)
    case "renorm": BatchRenorm(channels: channels)
    case "dyt": DynamicTanh(channels: channels)
    default: nil
    }
  }

  /// A copy of a tensor: what memory allows.
  static func copy(_ shape: [Int]) -> Case {
    Case(name: "copy/\(name(shape))", bytes: 8 * shape.reduce(1, *)) { processor in
      let input = random(shape, 1, on: processor)
      return Work {
        nil
      } run: {
        _ = input.plus(input)
      }
    }
  }

  private static var normalizers: [Case] {
    norms.flatMap { norm in
      shapes.filter { norm != "instance" || $0.count == 4 }.flatMap { shape in
        [TensorLayout.channelsFirst, .channelsLast].filter { shape.count == 4 || $0 == .channelsLast }.flatMap {
          layout in
          [false, true].map { backward in normalizer(norm, shape, layout, backward: backward) }
        }
      }
    }
  }

  /// One normalizer forward, or forward and backward, on an input of `shape` [N, C] or [N, C, H, W].
  static func normalizer(_ norm: String, _ shape: [Int], _ layout: TensorLayout, backward: Bool) -> Case {
    let channels = shape[1]
    let inMemory = layout == .channelsFirst ? shape : [shape[0]] + shape.dropFirst(2) + [channels]
    let pass = backward ? "both" : "forward"
    let title = "norm/\(norm)/\(pass)/\(layout.rawValue)/\(name(shape))"
    return Case(name: title, bytes: (backward ? 20 : 8) * shape.reduce(1, *)) { processor in
      guard let normalizer: any Normalizer<Float> = make(norm, channels: channels) else { preconditionFailure(norm) }
      var subject = normalizer
      let input = random(inMemory, 1, on: processor)
      let upstream = random(inMemory, 2, on: processor)
      return Work {
        try Check.normalizer(norm, channels: channels, input, upstream, layout)
      } run: {
        let (_, cache) = try subject.forward(input, layout: layout, mode: .training)
        if backward { _ = subject.backward(upstream, cache: cache) }
      }
    }
  }

  private static var models: [Case] {
    let images = [(8, 32), (28, 64), (28, 128)]
    let sequences = [(8, 8, 32, 64), (28, 28, 64, 128), (28, 28, 128, 128), (784, 1, 64, 128)]
    let cnns = (["none"] + norms).flatMap { norm in images.map { cnn(norm, side: $0, batch: $1) } }
    let rnns = ["none", "batch", "layer"].flatMap { norm in
      sequences.map { rnn(norm, steps: $0, inputs: $1, batch: $2, hidden: $3) }
    }
    return cnns + rnns
  }

  /// A training step of the CNN with the default width and depth.
  static func cnn(_ norm: String, side: Int, batch: Int) -> Case {
    Case(name: "cnn/\(norm)/\(side)x\(side)/\(batch)", bytes: 0) { processor in
      let model = CNN<Float>(
        .init(height: side, width: side, channels: 1, classes: 10), seed: 1, on: processor
      ) { make(norm, channels: $0) }
      let exact = CNN<Double>(
        .init(height: side, width: side, channels: 1, classes: 10), seed: 1
      ) { make(norm, channels: $0) }
      return step(model, exact, random([batch, side, side, 1], 3, on: processor))
    }
  }

  /// A training step of the RNN with one layer.
  static func rnn(_ norm: String, steps: Int, inputs: Int, batch: Int, hidden: Int) -> Case {
    Case(name: "rnn/\(norm)/\(steps)x\(inputs)/\(batch)/\(hidden)", bytes: 0) { processor in
      var configuration = RNN<Float>.Configuration(inputs: inputs, classes: 10)
      configuration.width = hidden
      var wide = RNN<Double>.Configuration(inputs: inputs, classes: 10)
      wide.width = hidden
      let model = RNN<Float>(configuration, seed: 1, on: processor) { make(norm, channels: $0) }
      let exact = RNN<Double>(wide, seed: 1) { make(norm, channels: $0) }
      return step(model, exact, random([batch, steps, inputs], 3, on: processor))
    }
  }

  /// A training step: forward, loss, backward, SGD.
  private static func step<Model: Classifier<Float>, Exact: Classifier<Double>>(
    _ model: Model, _ exact: Exact, _ input: Tensor<Float>
  ) -> Work {
    var subject = model
    var optimizer = Optimizer<Float>(.sgd, learningRate: 1e-4)
    let labels = (0..<input.shape[0]).map { $0 % 10 }
    return Work {
      try Check.gradients(model, exact, input, labels: labels)
    } run: {
      let (logits, cache) = try subject.forward(input, mode: .training)
      let loss = SoftmaxCrossEntropy(logits: logits, labels: labels)
      subject.clearGradients()
      subject.backward(loss.gradient, cache: cache)
      optimizer.step(&subject)
    }
  }

  private static func random(_ shape: [Int], _ seed: UInt64, on processor: Processor) -> Tensor<Float> {
    var stream = RandomStream(seed: seed, name: "bench")
    return Tensor(uniformWithin: 1.7, shape: shape, from: &stream, on: processor)
  }
}
