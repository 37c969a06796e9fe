import Layers
import Norms
import Tensors

/// Convolution, normalizer and activation in the order of the placement, then max-pooling where there is room
/// for it.
public struct ConvolutionBlock<Scalar: TensorScalar>: Trainable, Sendable {
  public var convolution: Convolution<Scalar>
  private var normalized: NormalizedActivation<Scalar>
  public let pools: Bool

  public var normalizer: (any Normalizer<Scalar>)? {
    get { normalized.normalizer }
    set { normalized.normalizer = newValue }
  }
  public var activation: Activation { normalized.activation }
  public var placement: Placement { normalized.placement }

  /// What the backward pass needs: the input of each layer, in the order of the layers.
  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    let normalized: NormalizedActivation<Scalar>.Cache
    let output: Tensor<Scalar>
    let order: String
  }

  /// A block of these layers; `pools` ends it with max-pooling.
  ///
  /// - Precondition: the normalizer, if there is one, has as many channels as the convolution has outputs.
  public init(
    convolution: Convolution<Scalar>, normalizer: (any Normalizer<Scalar>)?, activation: Activation = .relu,
    placement: Placement = .before, pools: Bool = false
  ) {
    self.convolution = convolution
    normalized = NormalizedActivation(
      normalizer: normalizer, activation: activation, placement: placement, outputs: convolution.outputChannels,
      of: "convolution")
    self.pools = pools
  }

  /// The layers, for a cache to be known by.
  private var order: String {
    (["convolution"] + normalized.order + (pools ? ["pooling"] : [])).joined(separator: ", ")
  }

  /// The output of the block for images, [N, H, W, C].
  ///
  /// - Returns: [N, H, W, K], or half of both sides after pooling, and what
  ///   ``backward(_:cache:inputGradient:watch:)`` needs.
  /// - Throws: ``ModelError`` for an input of another shape, or one that the normalizer cannot take.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>? = nil
  ) throws(ModelError) -> (output: Tensor<Scalar>, cache: Cache) {
    let shape = input.shape
    guard shape.count == 4, shape[3] == convolution.inputChannels, shape.allSatisfy({ $0 > 0 }) else {
      throw .input(layer: "convolution", expected: "[N, H, W, \(convolution.inputChannels)]", found: shape)
    }
    let (poolInput, cache) = try normalized.forward(layout: .channelsLast, mode: mode, watch: watch) {
      convolution.forward(input, activation: $0)
    }
    let output = pools ? MaxPool.forward(poolInput) : poolInput
    watch?.see(output, .output, layout: .channelsLast)
    return (output, Cache(input: input, normalized: cache, output: output, order: order))
  }

  /// Adds to the gradients of the parameters; returns that of the input unless it is not needed.
  ///
  /// - Precondition: `gradient` has the shape of the output, and `cache` is of a forward pass of this block.
  public mutating func backward(
    _ gradient: Tensor<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true, watch: Watch<Scalar>? = nil
  ) -> Tensor<Scalar>? {
    require(cache.order == order, "The cache is of a block of \(cache.order); this one is of \(order).")
    require(
      gradient.shape == cache.output.shape,
      "The gradient's shape \(gradient.shape) is not that of the block's output, \(cache.output.shape).")
    watch?.see(gradient, .outputGradient, layout: .channelsLast)
    var gradient = gradient
    let isRectified = pools && normalized.endsWithRectifier
    if pools {
      gradient = MaxPool.backward(
        gradient, input: cache.normalized.output, output: cache.output, rectified: isRectified)
    }
    gradient = normalized.backward(gradient, cache: cache.normalized, isRectified: isRectified)
    convolution.addGradients(gradient, input: cache.input)
    return isNeeded ? convolution.inputGradient(gradient, input: cache.input) : nil
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    convolution.visitState(visitor.within("convolution"))
    normalized.visitState(visitor)
  }
}
