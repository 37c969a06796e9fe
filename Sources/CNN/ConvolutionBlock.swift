import Layers
import Norms
import Tensors

/// Where a block's normalizer stands.
public enum Placement: String, Hashable, Sendable, CaseIterable {
  /// Between the linear map and the activation, as the papers have it.
  case before
  /// After the activation.
  case after
}

/// Convolution, normalizer and activation in the order of the placement, then max-pooling where there is room
/// for it.
public struct ConvolutionBlock<Scalar: TensorScalar>: Trainable, Sendable {
  public var convolution: Convolution<Scalar>
  public var normalizer: (any Normalizer<Scalar>)?
  public let activation: Activation
  public let placement: Placement
  public let pools: Bool

  /// What the backward pass needs: the input of each layer, in the order of the layers.
  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    let normalizer: NormalizerCache<Scalar>?
    let activated: Tensor<Scalar>
    let poolInput: Tensor<Scalar>
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
    if let normalizer {
      require(
        normalizer.state.channels == convolution.outputChannels,
        "A normalizer of \(normalizer.state.channels) channels cannot follow a convolution of \(convolution.outputChannels)."
      )
    }
    self.convolution = convolution
    self.normalizer = normalizer
    self.activation = activation
    self.placement = placement
    self.pools = pools
  }

  private var normalizesFirst: Bool { normalizer != nil && placement == .before }

  /// The layers, for a cache to be known by.
  private var order: String {
    let rest = normalizesFirst ? ["normalizer", activation.rawValue] : [activation.rawValue]
    let late = normalizer != nil && placement == .after ? ["normalizer"] : []
    return (["convolution"] + rest + late + (pools ? ["pooling"] : [])).joined(separator: ", ")
  }

  /// The output of the block for images, [N, H, W, C].
  ///
  /// - Returns: [N, H, W, K], or half of both sides after pooling, and what ``backward(_:cache:inputGradient:watch:)`` needs.
  /// - Throws: ``ModelError`` for an input of another shape, or one that the normalizer cannot take.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>? = nil
  ) throws(ModelError) -> (output: Tensor<Scalar>, cache: Cache) {
    let shape = input.shape
    guard shape.count == 4, shape[3] == convolution.inputChannels, shape.allSatisfy({ $0 > 0 }) else {
      throw .input(layer: "convolution", expected: "[N, H, W, \(convolution.inputChannels)]", found: shape)
    }
    // The activation is part of another kernel's loop, unless somebody looks at what it takes.
    let (early, late) = normalizesFirst ? (nil, activation) : (activation, nil)
    var linear = convolution.forward(input, activation: watch == nil ? early : nil)
    if let watch, let early {
      watch.see(linear, .preActivation, layout: .channelsLast)
      linear = early.forward(linear)
    }
    let normalized: (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>)?
    do {
      normalized = try normalizer?.forward(
        linear, layout: .channelsLast, mode: mode, activation: watch == nil ? late : nil)
    } catch {
      throw .normalizer(layer: "normalizer", error)
    }
    var poolInput = normalized?.output ?? linear
    require(
      poolInput.shape == linear.shape,
      "The normalizer's output has the shape \(poolInput.shape), and not that of its input, \(linear.shape).")
    if let watch, let late {
      watch.see(poolInput, .preActivation, layout: .channelsLast)
      poolInput = late.forward(poolInput)
    }
    let output = pools ? MaxPool.forward(poolInput) : poolInput
    watch?.see(output, .output, layout: .channelsLast)
    return (
      output,
      Cache(
        input: input, normalizer: normalized?.cache, activated: normalizesFirst ? poolInput : linear,
        poolInput: poolInput, output: output, order: order)
    )
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
    let activatesLast = normalizer == nil || placement == .before
    if pools && activatesLast && activation == .relu {
      gradient = MaxPool.backward(gradient, input: cache.poolInput, output: cache.output, rectified: true)
    } else {
      if pools { gradient = MaxPool.backward(gradient, input: cache.poolInput, output: cache.output) }
      if placement == .after { denormalize(&gradient, cache.normalizer) }
      gradient = activation.backward(gradient, output: cache.activated)
    }
    if placement == .before { denormalize(&gradient, cache.normalizer) }
    convolution.addGradients(gradient, input: cache.input)
    return isNeeded ? convolution.inputGradient(gradient, input: cache.input) : nil
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    convolution.visitState(visitor.within("convolution"))
    normalizer?.visitState(visitor.within("normalizer"))
  }

  private mutating func denormalize(_ gradient: inout Tensor<Scalar>, _ cache: NormalizerCache<Scalar>?) {
    guard let cache, let result = normalizer?.backward(gradient, cache: cache) else { return }
    require(
      result.shape == gradient.shape,
      "The normalizer's gradient has the shape \(result.shape), and not that of its input, \(gradient.shape).")
    gradient = result
  }
}
