import Foundation
import Layers
import Norms
import Tensors

/// A stack of recurrent layers whose last state feeds a linear classifier.
///
/// Sequences are batch-first at the door, [N, L, D], as data sets have them, and time-major inside. Dropout follows each
/// layer, or precedes the classifier; nothing is dropped on the way from one time step to the next.
public struct RNN<Scalar: TensorScalar>: Classifier {
  public let configuration: Configuration
  public var layers: [RecurrentLayer<Scalar>]
  public var classifier: Linear<Scalar>
  /// After each layer, and before the classifier.
  private var dropout: DropoutLayers<Scalar>

  /// What a network looks like, apart from its normalizer.
  public struct Configuration: Hashable, Sendable {
    /// The values of each time step.
    public var inputs: Int
    public var classes: Int
    /// The hidden units of each layer.
    public var width = 64
    /// The number of layers.
    public var depth = 1
    public var activation = Activation.tanh
    /// Where the normalizer stands; `nil` leaves it to its axes.
    public var placement: RecurrentPlacement?
    /// What the initial weights are multiplied with.
    public var initialScale = 1.0
    /// The probability that an element is dropped in training, from 0 to below 1.
    public var dropout = 0.0
    /// Where elements are dropped.
    public var dropoutPlace = DropoutPlace.classifier
    /// The standard deviation of each layer's initial state in training; of 0 it is zero, as in inference.
    public var initialNoise = 0.0

    public init(inputs: Int, classes: Int) {
      self.inputs = inputs
      self.classes = classes
    }

    fileprivate func check() {
      // Beyond 2²⁰ units, no weights fit into memory.
      let range = 1...1 << 20
      require(
        [inputs, classes, width].allSatisfy(range.contains) && (1...1024).contains(depth),
        """
        An RNN needs inputs, classes and units, from 1 to \(1 << 20), and 1 to 1024 layers; there are \(inputs) inputs, \
        \(classes) classes, \(width) units and \(depth) layers.
        """)
      DropoutLayers<Scalar>.check(rate: dropout, of: "an RNN")
      require(
        initialNoise >= 0 && initialNoise.isFinite,
        "The initial states of an RNN have a standard deviation of 0 or more, and not of \(initialNoise).")
    }
  }

  public struct Cache: Sendable {
    let layers: [RecurrentLayer<Scalar>.Cache]
    let lastState: Tensor<Scalar>
    let dropout: DropoutLayers<Scalar>.Cache
  }

  /// Weights, what is dropped and initial states are drawn from streams of their own, so that the normalizer changes none of them.
  public init(
    _ configuration: Configuration, seed: UInt64, on processor: Processor = .serial,
    normalizer: NormalizerFactory<Scalar>
  ) {
    configuration.check()
    self.configuration = configuration
    let width = configuration.width
    let scale = configuration.initialScale
    // The state adds up many inputs: each of them gets a tenth of the variance that it would have in a layer
    // by itself.
    func inputBound(_ inputs: Int) -> Double {
      0.1.squareRoot() * configuration.activation.initialBound(inputs: inputs) * scale
    }
    layers = (0..<configuration.depth).map { index in
      let inputs = index == 0 ? configuration.inputs : width
      var inputStream = RandomStream(seed: seed, name: "rnn/layer\(index)/inputToHidden")
      var hiddenStream = RandomStream(seed: seed, name: "rnn/layer\(index)/hiddenToHidden")
      let hiddenNormalizer = configuration.placement?.isOnHiddenPath ?? false ? normalizer(width) : nil
      let normalizer = normalizer(width)
      return RecurrentLayer(
        inputToHidden: Linear(
          inputs: inputs, outputs: width, bias: normalizer == nil,
          bound: inputBound(inputs), from: &inputStream, on: processor),
        hiddenToHidden: Linear(
          weights: Tensor(orthogonalOfSize: width, factor: scale, from: &hiddenStream, on: processor)),
        normalizer: normalizer,
        hiddenNormalizer: hiddenNormalizer,
        placement: configuration.placement,
        activation: configuration.activation,
        initialNoise: configuration.initialNoise == 0
          ? nil : InitialNoise(deviation: configuration.initialNoise, seed: seed, name: "layer\(index)"))
    }
    var stream = RandomStream(seed: seed, name: "rnn/classifier")
    classifier = Linear(
      inputs: width, outputs: configuration.classes, bound: (3 / Double(width)).squareRoot() * scale,
      from: &stream, on: processor)
    dropout = DropoutLayers(
      rate: configuration.dropout, place: configuration.dropoutPlace, after: layers.indices.map { "layer\($0)" },
      seed: seed)
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>?
  ) throws(ModelError) -> (logits: Tensor<Scalar>, cache: Cache) {
    let shape = input.shape
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }), shape[2] == configuration.inputs else {
      throw .input(layer: "The RNN", expected: "[N, L, \(configuration.inputs)], at least one step", found: shape)
    }
    dropout.check(parts: layers.count)
    var (signal, dropped) = (input.transposed(axes: [1, 0, 2]), DropoutLayers<Scalar>.Cache())
    var caches: [RecurrentLayer<Scalar>.Cache] = []
    for index in layers.indices {
      do {
        let (states, cache) = try layers[index].forward(signal, mode: mode, watch: watch?.within("layer\(index)"))
        signal = states
        caches.append(cache)
      } catch {
        throw error.within("layer\(index)")
      }
      if index < layers.count - 1 { dropout.forward(&signal, at: index, mode: mode, &dropped) }
    }
    // Of the last layer's states only the last is used, and only there is anything dropped.
    var last = signal.slice(signal.shape[0] - 1)
    for index in [layers.count - 1, layers.count] { dropout.forward(&last, at: index, mode: mode, &dropped) }
    return (classifier.forward(last), Cache(layers: caches, lastState: last, dropout: dropped))
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache, watch: Watch<Scalar>?) {
    require(
      cache.layers.count == layers.count,
      "The cache is of an RNN of \(cache.layers.count) layers; this one has \(layers.count).")
    dropout.check(cache.dropout)
    var last = classifier.backward(gradient, input: cache.lastState)
    for index in [layers.count, layers.count - 1] { dropout.backward(&last, at: index, cache.dropout) }
    var gradient = StateGradient.last(last)
    for index in layers.indices.reversed() {
      let next = layers[index].backward(
        gradient, cache: cache.layers[index], inputGradient: index > 0, watch: watch?.within("layer\(index)"))
      if var next {
        dropout.backward(&next, at: index - 1, cache.dropout)
        gradient = .all(next)
      }
    }
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    for index in layers.indices { layers[index].visitState(visitor.within("layer\(index)")) }
    classifier.visitState(visitor.within("classifier"))
    dropout.visitState(visitor)
  }
}
