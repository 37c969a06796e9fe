import Norms
import Tensors

/// What stands behind the linear map of a block: a normalizer and an activation, in the order of the placement.
package struct NormalizedActivation<Scalar: TensorScalar>: Trainable, Sendable {
  package var normalizer: (any Normalizer<Scalar>)?
  package let activation: Activation
  package let placement: Placement

  /// What the backward pass needs.
  package struct Cache: Sendable {
    let normalizer: NormalizerCache<Scalar>?
    let activated: Tensor<Scalar>
    package let output: Tensor<Scalar>
  }

  /// A normalizer and an activation behind a linear map of so many outputs.
  ///
  /// - Precondition: the normalizer, if there is one, has as many channels as `map` has outputs.
  package init(
    normalizer: (any Normalizer<Scalar>)?, activation: Activation, placement: Placement, outputs: Int, of map: String
  ) {
    if let normalizer {
      require(
        normalizer.state.channels == outputs,
        "A normalizer of \(normalizer.state.channels) channels cannot follow a \(map) of \(outputs).")
    }
    self.normalizer = normalizer
    self.activation = activation
    self.placement = placement
  }

  private var normalizesFirst: Bool { normalizer != nil && placement == .before }

  /// Whether the output is that of a rectifier, whose derivative can be taken together with another.
  package var endsWithRectifier: Bool { activation == .relu && (normalizer == nil || placement == .before) }

  /// The layers, for a cache to be known by.
  package var order: [String] {
    guard normalizer != nil else { return [activation.rawValue] }
    return normalizesFirst ? ["normalizer", activation.rawValue] : [activation.rawValue, "normalizer"]
  }

  /// Normalizes and activates what `linear` gives, which also activates that if it is told to.
  ///
  /// The activation is part of another kernel's loop, be it that of the linear map, unless somebody looks at what it takes: the
  /// bits are the same.
  package mutating func forward(
    layout: TensorLayout, mode: Mode, watch: Watch<Scalar>?, of linear: (_ activation: Activation?) -> Tensor<Scalar>
  ) throws(ModelError) -> (output: Tensor<Scalar>, cache: Cache) {
    func activate(_ signal: inout Tensor<Scalar>) {
      guard let watch else { return }
      watch.see(signal, .preActivation, layout: layout)
      signal = activation.forward(signal)
    }
    let fused = watch == nil ? activation : nil
    var signal = linear(normalizesFirst ? nil : fused)
    if !normalizesFirst { activate(&signal) }
    var activated = signal
    var normalized: NormalizerCache<Scalar>?
    if normalizer != nil {
      do {
        (signal, normalized) = try normalizer!.forward(
          activated, layout: layout, mode: mode, activation: normalizesFirst ? fused : nil)
      } catch {
        throw .normalizer(layer: "normalizer", error)
      }
      require(
        signal.shape == activated.shape,
        "The normalizer's output has the shape \(signal.shape), and not that of its input, \(activated.shape).")
    }
    if normalizesFirst {
      activate(&signal)
      activated = signal
    }
    return (signal, Cache(normalizer: normalized, activated: activated, output: signal))
  }

  /// The gradient of what the linear map gave, given that of the output; adds to those of the normalizer's parameters.
  ///
  /// With `isRectified`, the derivative of the rectifier at the end is taken already.
  package mutating func backward(
    _ gradient: Tensor<Scalar>, cache: Cache, isRectified: Bool = false
  ) -> Tensor<Scalar> {
    var gradient = gradient
    if placement == .after { denormalize(&gradient, cache.normalizer) }
    if !isRectified { gradient = activation.backward(gradient, output: cache.activated) }
    if placement == .before { denormalize(&gradient, cache.normalizer) }
    return gradient
  }

  private mutating func denormalize(_ gradient: inout Tensor<Scalar>, _ cache: NormalizerCache<Scalar>?) {
    guard let cache, let result = normalizer?.backward(gradient, cache: cache) else { return }
    require(
      result.shape == gradient.shape,
      "The normalizer's gradient has the shape \(result.shape), and not that of its input, \(gradient.shape).")
    gradient = result
  }

  package mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    normalizer?.visitState(visitor.within("normalizer"))
  }
}
