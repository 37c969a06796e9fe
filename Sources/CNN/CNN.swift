import Layers
import Norms
import Tensors

/// A small convolutional network: blocks of convolution 3×3, normalizer, activation and max-pooling 2×2, then
/// a linear classifier.
///
/// The first block has `width` channels and each one after it twice as many. A block stops pooling when its
/// map is 2×2. Images are channels-last: [N, H, W, C]. Dropout follows each block, or precedes the classifier.
public struct CNN<Scalar: TensorScalar>: Classifier {
  public let configuration: Configuration
  public var blocks: [ConvolutionBlock<Scalar>]
  public var classifier: Linear<Scalar>
  /// After each block, and before the classifier.
  private var dropout: DropoutLayers<Scalar>

  /// What a network looks like, apart from its normalizer.
  public struct Configuration: Hashable, Sendable {
    /// Height, width and channels of the images.
    public var (height, width, channels): (Int, Int, Int)
    public var classes: Int
    /// The number of blocks.
    public var depth = 2
    /// The channels of the first block.
    public var firstChannels = 16
    public var activation = Activation.relu
    public var placement = Placement.before
    /// What the initial weights are multiplied with.
    public var initialScale = 1.0
    /// The probability that an element is dropped in training, from 0 to below 1.
    public var dropout = 0.0
    /// Where elements are dropped.
    public var dropoutPlace = DropoutPlace.classifier

    public init(height: Int, width: Int, channels: Int, classes: Int) {
      self.height = height
      self.width = width
      self.channels = channels
      self.classes = classes
    }

    /// The output channels of each block.
    public var blockChannels: [Int] {
      // Beyond 2²⁰ channels, no weights fit into memory.
      require(
        (0...20).contains(depth) && (1...1 << 20).contains(firstChannels) && firstChannels << depth <= 1 << 21,
        """
        A CNN of \(depth) blocks, the first of \(firstChannels) channels, cannot be built: it has 0 to 20 blocks, and at most \
        \(1 << 20) channels in the last.
        """)
      return (0..<depth).map { firstChannels << $0 }
    }

    fileprivate func check() {
      let range = 1...1 << 20
      require(
        [height, width, channels, classes].allSatisfy(range.contains),
        """
        A CNN needs images and classes, each extent from 1 to \(1 << 20); the images are \(height)×\(width)×\(channels), the \
        classes \(classes).
        """)
      DropoutLayers<Scalar>.check(rate: dropout, of: "a CNN")
    }
  }

  public struct Cache: Sendable {
    let blocks: [ConvolutionBlock<Scalar>.Cache]
    let features: Tensor<Scalar>
    let mapShape: [Int]
    let dropout: DropoutLayers<Scalar>.Cache
  }

  /// Weights and what is dropped are drawn from streams of their own, so that the normalizer changes none of them.
  public init(
    _ configuration: Configuration, seed: UInt64, on processor: Processor = .serial,
    normalizer: NormalizerFactory<Scalar>
  ) {
    configuration.check()
    self.configuration = configuration
    var (height, width, channels) = (configuration.height, configuration.width, configuration.channels)
    blocks = []
    for (index, outputs) in configuration.blockChannels.enumerated() {
      var stream = RandomStream(seed: seed, name: "cnn/block\(index)/weights")
      let normalizer = normalizer(outputs)
      let bound = configuration.activation.initialBound(inputs: 9 * channels) * configuration.initialScale
      let pools = height > 2 && width > 2
      // After the activation, β cannot take the place of a bias before it.
      let hasBias = normalizer == nil || configuration.placement == .after
      blocks.append(
        ConvolutionBlock(
          convolution: Convolution(
            inputChannels: channels, outputChannels: outputs, bias: hasBias, bound: bound, from: &stream,
            on: processor),
          normalizer: normalizer, activation: configuration.activation, placement: configuration.placement,
          pools: pools))
      if pools { (height, width) = (height / 2, width / 2) }
      channels = outputs
    }
    var stream = RandomStream(seed: seed, name: "cnn/classifier/weights")
    let features = height * width * channels
    classifier = Linear(
      inputs: features, outputs: configuration.classes,
      bound: (3 / Double(features)).squareRoot() * configuration.initialScale, from: &stream, on: processor)
    dropout = DropoutLayers(
      rate: configuration.dropout, place: configuration.dropoutPlace, after: blocks.indices.map { "block\($0)" },
      seed: seed)
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>?
  ) throws(ModelError) -> (logits: Tensor<Scalar>, cache: Cache) {
    let (height, width, channels) = (configuration.height, configuration.width, configuration.channels)
    guard input.shape.count == 4, input.shape[0] > 0, input.shape.dropFirst().elementsEqual([height, width, channels])
    else {
      throw .input(layer: "The CNN", expected: "[N, \(height), \(width), \(channels)]", found: input.shape)
    }
    dropout.check(parts: blocks.count)
    var (signal, dropped) = (input, DropoutLayers<Scalar>.Cache())
    var caches: [ConvolutionBlock<Scalar>.Cache] = []
    for index in blocks.indices {
      do {
        let (output, cache) = try blocks[index].forward(signal, mode: mode, watch: watch?.within("block\(index)"))
        signal = output
        caches.append(cache)
      } catch {
        throw error.within("block\(index)")
      }
      dropout.forward(&signal, at: index, mode: mode, &dropped)
    }
    var features = signal.reshaped(to: [signal.shape[0], signal.count / signal.shape[0]])
    dropout.forward(&features, at: blocks.count, mode: mode, &dropped)
    return (
      classifier.forward(features),
      Cache(blocks: caches, features: features, mapShape: signal.shape, dropout: dropped)
    )
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache, watch: Watch<Scalar>?) {
    require(
      cache.blocks.count == blocks.count,
      "The cache is of a CNN of \(cache.blocks.count) blocks; this one has \(blocks.count).")
    dropout.check(cache.dropout)
    var gradient = classifier.backward(gradient, input: cache.features)
    dropout.backward(&gradient, at: blocks.count, cache.dropout)
    gradient = gradient.reshaped(to: cache.mapShape)
    for index in blocks.indices.reversed() {
      dropout.backward(&gradient, at: index, cache.dropout)
      let needsInput = index > 0
      let next = blocks[index].backward(
        gradient, cache: cache.blocks[index], inputGradient: needsInput, watch: watch?.within("block\(index)"))
      if let next { gradient = next }
    }
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    for index in blocks.indices { blocks[index].visitState(visitor.within("block\(index)")) }
    classifier.visitState(visitor.within("classifier"))
    dropout.visitState(visitor)
  }
}
