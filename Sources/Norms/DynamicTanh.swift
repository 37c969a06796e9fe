import Tensors

/// A saturating function in the place of a normalizer (Zhu et al., 2025): it has no statistics.
///
///     y = γ · tanh(α · x) + β
///
/// with one learned α for the layer, and one scale γ and shift β for each channel.
public struct DynamicTanh<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [] }
  public var state: NormalizerState<Scalar>
  /// α, of shape [1].
  public var slope: Parameter<Scalar>

  /// A layer of `channels` channels with α at `slope` at first; scale and shift are learned if `affine`.
  public init(channels: Int, slope: Double = 0.5, affine: Bool = true) {
    state = NormalizerState(channels: channels, epsilon: 0, affine: affine)
    self.slope = Parameter(Tensor([Scalar(slope)], shape: [1]))
  }

  private struct Saved: Sendable {
    let slope: Scalar
    let input, saturated: Tensor<Scalar>
    let affine: NormalizerCache<Scalar>.Shared
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    checkSlope()
    let saturated = Activation.tanh.forward(input.scaled(by: slope.value[0]))
    // Without axes, the shared computation is γ·x + β.
    let (output, affine) = try state.forward(saturated, rule, layout: layout, mode: mode, activation: nil)
    return (
      output, NormalizerCache(saving: Saved(slope: slope.value[0], input: input, saturated: saturated, affine: affine))
    )
  }

  /// With g = γ·dy·(1 − tanh²(αx)): dx = α·g and dα = Σ g·x.
  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    checkSlope()
    let saved = cache.saved(as: Saved.self)
    let upstream = state.backward(gradient, rule, cache: saved.affine)
    let inner = Activation.tanh.backward(upstream, output: saved.saturated)
    slope.gradient[0] += Scalar(inner.dot(saved.input))
    return inner.scaled(by: saved.slope)
  }

  private func checkSlope() {
    require(
      slope.value.shape == [1] && slope.gradient.shape == [1],
      "The slope has the shape \(slope.value.shape), and its gradient \(slope.gradient.shape), and not [1].")
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("slope", &slope)
    state.visit(by: visitor, over: reducedAxes)
  }
}
