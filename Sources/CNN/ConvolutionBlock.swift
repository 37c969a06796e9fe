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
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: Cache) {
    let normalizesFirst = normalizer != nil && placement == .before
    let (early, late) = normalizesFirst ? (nil, activation) : (activation, nil)
    let linear = convolution.forward(input, activation: early)
    let normalized = try normalizer?.forward(linear, layout: .channelsLast, mode: mode, activation: late)
    let poolInput = normalized?.output ?? linear
    let output = pools ? MaxPool.forward(poolInput) : poolInput
    return (
      output,
      Cache(
        input: input, normalizer: normalized?.cache, activated: normalizesFirst ? poolInput : linear,
        poolInput: poolInput, output: output)
    )
  }

  /// Adds to the gradients of the parameters; returns that of the input unless it is not needed.
  public mutating func backward(
    _ gradient: Tensor<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true
  ) -> Tensor<Scalar>? {
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

  public mutating func forEachParameter(_ body: (String, inout Parameter<Scalar>) -> Void) {
    convolution.forEachParameter { body("convolution.\($0)", &$1) }
    normalizer?.state.forEachParameter { body("normalizer.\($0)", &$1) }
  }

  private mutating func denormalize(_ gradient: inout Tensor<Scalar>, _ cache: NormalizerCache<Scalar>?) {
    guard let cache, let result = normalizer?.backward(gradient, cache: cache) else { return }
    gradient = result
  }
}
