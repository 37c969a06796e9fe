import Foundation
import Layers
import Norms
import Tensors

/// A multi-layer perceptron: layers of a linear map, normalizer and activation, then a linear classifier.
///
/// As it is configured at first, it is the network of Ioffe & Szegedy (2015, §4.1): three layers of 100 sigmoid units. Samples
/// are rows: [N, inputs]. Dropout follows each layer, or precedes the classifier.
public struct MLP<Scalar: TensorScalar>: Classifier {
  public let configuration: Configuration
  public var layers: [DenseBlock<Scalar>]
  public var classifier: Linear<Scalar>
  /// After each layer, and before the classifier.
  private var dropout: DropoutLayers<Scalar>

  /// What a network looks like, apart from its normalizer.
  public struct Configuration: Hashable, Sendable {
    /// The values of a sample.
    public var inputs: Int
    public var classes: Int
    /// The number of layers.
    public var depth = 3
    /// The units of each layer.
    public var width = 100
    public var activation = Activation.sigmoid
    public var placement = Placement.before
    /// What the initial weights are multiplied with.
    public var initialScale = 1.0
    /// The probability that an element is dropped in training, from 0 to below 1.
    public var dropout = 0.0
    /// Where elements are dropped.
    public var dropoutPlace = DropoutPlace.classifier

    public init(inputs: Int, classes: Int) {
      self.inputs = inputs
      self.classes = classes
    }

    fileprivate func check() {
      // Beyond 2²⁰ units, no weights fit into memory.
      let range = 1...1 << 20
      require(
        [inputs, classes, width].allSatisfy(range.contains) && (0...1024).contains(depth),
        """
        An MLP needs inputs, classes and units, from 1 to \(1 << 20), and 0 to 1024 layers; there are \(inputs) inputs, \
        \(classes) classes, \(width) units and \(depth) layers.
        """)
      DropoutLayers<Scalar>.check(rate: dropout, of: "an MLP")
    }
  }

  public struct Cache: Sendable {
    let layers: [DenseBlock<Scalar>.Cache]
    let features: Tensor<Scalar>
    let dropout: DropoutLayers<Scalar>.Cache
  }

  /// Weights and what is dropped are drawn from streams of their own, so that the normalizer changes none of them.
  public init(
    _ configuration: Configuration, seed: UInt64, on processor: Processor = .serial,
    normalizer: NormalizerFactory<Scalar>
  ) {
    configuration.check()
    self.configuration = configuration
    let (width, scale) = (configuration.width, configuration.initialScale)
    layers = (0..<configuration.depth).map { index in
      let inputs = index == 0 ? configuration.inputs : width
      var stream = RandomStream(seed: seed, name: "mlp/layer\(index)/weights")
      let normalizer = normalizer(width)
      return DenseBlock(
        linear: Linear(
          // After the activation, β cannot take the place of a bias before it.
          inputs: inputs, outputs: width, bias: normalizer == nil || configuration.placement == .after,
          bound: configuration.activation.initialBound(inputs: inputs) * scale, from: &stream, on: processor),
        normalizer: normalizer, activation: configuration.activation, placement: configuration.placement)
    }
    var stream = RandomStream(seed: seed, name: "mlp/classifier/weights")
    let features = layers.isEmpty ? configuration.inputs : width
    classifier = Linear(
      inputs: features, outputs: configuration.classes, bound: (3 / Double(features)).squareRoot() * scale,
      from: &stream, on: processor)
    dropout = DropoutLayers(
      rate: configuration.dropout, place: configuration.dropoutPlace, after: layers.indices.map { "layer\($0)" },
      seed: seed)
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>?
  ) throws(ModelError) -> (logits: Tensor<Scalar>, cache: Cache) {
    guard input.shape.count == 2, input.shape[0] > 0, input.shape[1] == configuration.inputs else {
      throw .input(layer: "The MLP", expected: "[N, \(configuration.inputs)]", found: input.shape)
    }
    dropout.check(parts: layers.count)
    var (signal, dropped) = (input, DropoutLayers<Scalar>.Cache())
    var caches: [DenseBlock<Scalar>.Cache] = []
    for index in layers.indices {
      do {
        let (output, cache) = try layers[index].forward(signal, mode: mode, watch: watch?.within("layer\(index)"))
        signal = output
        caches.append(cache)
      } catch {
        throw error.within("layer\(index)")
      }
      dropout.forward(&signal, at: index, mode: mode, &dropped)
    }
    dropout.forward(&signal, at: layers.count, mode: mode, &dropped)
    return (classifier.forward(signal), Cache(layers: caches, features: signal, dropout: dropped))
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache, watch: Watch<Scalar>?) {
    require(
      cache.layers.count == layers.count,
      "The cache is of an MLP of \(cache.layers.count) layers; this one has \(layers.count).")
    dropout.check(cache.dropout)
    var gradient = classifier.backward(gradient, input: cache.features)
    dropout.backward(&gradient, at: layers.count, cache.dropout)
    for index in layers.indices.reversed() {
      dropout.backward(&gradient, at: index, cache.dropout)
      let next = layers[index].backward(
        gradient, cache: cache.layers[index], inputGradient: index > 0, watch: watch?.within("layer\(index)"))
      if let next { gradient = next }
    }
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    for index in layers.indices { layers[index].visitState(visitor.within("layer\(index)")) }
    classifier.visitState(visitor.within("classifier"))
    dropout.visitState(visitor)
  }
}
