import Layers
import Norms
import Tensors

/// A linear map, then normalizer and activation in the order of the placement.
public struct DenseBlock<Scalar: TensorScalar>: Trainable, Sendable {
  public var linear: Linear<Scalar>
  private var normalized: NormalizedActivation<Scalar>

  public var normalizer: (any Normalizer<Scalar>)? {
    get { normalized.normalizer }
    set { normalized.normalizer = newValue }
  }
  public var activation: Activation { normalized.activation }
  public var placement: Placement { normalized.placement }

  /// What the backward pass needs.
  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    let normalized: NormalizedActivation<Scalar>.Cache
    let order: String
  }

  /// A block of these layers.
  ///
  /// - Precondition: the normalizer, if there is one, has as many channels as the map has outputs.
  public init(
    linear: Linear<Scalar>, normalizer: (any Normalizer<Scalar>)?, activation: Activation = .sigmoid,
    placement: Placement = .before
  ) {
    self.linear = linear
    normalized = NormalizedActivation(
      normalizer: normalizer, activation: activation, placement: placement, outputs: Self.outputs(of: linear),
      of: "linear map")
  }

  private static func outputs(of linear: Linear<Scalar>) -> Int {
    let shape = linear.weights.value.shape
    require(shape.count == 2, "The weights of a linear map have the shape [inputs, outputs], and not \(shape).")
    return shape[1]
  }

  /// The layers, for a cache to be known by.
  private var order: String { (["linear"] + normalized.order).joined(separator: ", ") }

  /// The output of the block for rows, [N, inputs].
  ///
  /// - Returns: [N, outputs], and what ``backward(_:cache:inputGradient:watch:)`` needs.
  /// - Throws: ``ModelError`` for an input of another shape, or one that the normalizer cannot take.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>? = nil
  ) throws(ModelError) -> (output: Tensor<Scalar>, cache: Cache) {
    let (shape, weights) = (input.shape, linear.weights.value.shape)
    guard shape.count == 2, shape[1] == weights.first, shape.allSatisfy({ $0 > 0 }) else {
      throw .input(layer: "linear", expected: "[N, \(weights.first ?? 0)]", found: shape)
    }
    let (output, cache) = try normalized.forward(layout: .channelsLast, mode: mode, watch: watch) { activation in
      let result = linear.forward(input)
      return activation?.forward(result) ?? result
    }
    watch?.see(output, .output, layout: .channelsLast)
    return (output, Cache(input: input, normalized: cache, order: order))
  }

  /// Adds to the gradients of the parameters; returns that of the input unless it is not needed.
  ///
  /// - Precondition: `gradient` has the shape of the output, and `cache` is of a forward pass of this block.
  public mutating func backward(
    _ gradient: Tensor<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true, watch: Watch<Scalar>? = nil
  ) -> Tensor<Scalar>? {
    require(cache.order == order, "The cache is of a block of \(cache.order); this one is of \(order).")
    require(
      gradient.shape == cache.normalized.output.shape,
      "The gradient's shape \(gradient.shape) is not that of the block's output, \(cache.normalized.output.shape).")
    watch?.see(gradient, .outputGradient, layout: .channelsLast)
    let gradient = normalized.backward(gradient, cache: cache.normalized)
    guard isNeeded else {
      linear.addGradients(gradient, input: cache.input)
      return nil
    }
    return linear.backward(gradient, input: cache.input)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    linear.visitState(visitor.within("linear"))
    normalized.visitState(visitor)
  }
}
