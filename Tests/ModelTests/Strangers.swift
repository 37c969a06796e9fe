import Norms
import Synchronization
import Tensors

// Normalizers as a user of the package would write them, with nothing but what is public.

/// By axes alone: each group of channels at each position.
struct GroupAtPosition<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes { .channel }
  var state: NormalizerState<Scalar>

  init(groups: Int, channels: Int) {
    state = NormalizerState(channels: channels, groups: groups)
  }
}

/// With passes of its own and a learned number of its own: y = a·x.
struct LearnedFactor<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes { [] }
  var state: NormalizerState<Scalar>
  /// a, of shape [1].
  var factor: Parameter<Scalar>
  /// How often its own passes ran; all copies count together.
  let calls: Calls

  final class Calls: Sendable {
    let forward = Atomic(0)
    let backward = Atomic(0)
  }

  init(channels: Int, factor: Scalar, calls: Calls = Calls()) {
    state = NormalizerState(channels: channels, affine: false)
    self.factor = Parameter(Tensor([factor], shape: [1]))
    self.calls = calls
  }

  mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    calls.forward.add(1, ordering: .relaxed)
    let a = factor.value[0]
    return (Tensor(input.scalars.map { a * $0 }, shape: input.shape), NormalizerCache(saving: input))
  }

  mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    calls.backward.add(1, ordering: .relaxed)
    let input = cache.saved(as: Tensor<Scalar>.self)
    factor.gradient[0] += zip(gradient.scalars, input.scalars).reduce(0) { $0 + $1.0 * $1.1 }
    let a = factor.value[0]
    return Tensor(gradient.scalars.map { a * $0 }, shape: gradient.shape)
  }

  mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("factor", &factor)
  }
}

/// Records something without mixing samples: layer normalization that counts its passes and the samples it saw, and
/// averages the largest value of each.
struct WatchingLayerNorm<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes { [.group, .channel, .position] }
  var state: NormalizerState<Scalar>
  var passes = 0
  var samples = 0
  var largest: Tensor<Scalar> = .zeros([1])

  init(channels: Int) {
    state = NormalizerState(channels: channels)
  }

  mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    if mode == .training {
      passes += 1
      samples += input.shape[0]
      // What this is after several passes depends on their order.
      largest[0] = (9 * largest[0] + (input.scalars.max() ?? 0)) / 10
    }
    var shared = LayerNorm<Scalar>(channels: state.channels)
    shared.state = state
    return try shared.forward(input, layout: layout, mode: mode)
  }

  mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    var shared = LayerNorm<Scalar>(channels: state.channels)
    shared.state = state
    defer { state = shared.state }
    return shared.backward(gradient, cache: cache)
  }

  mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    state.visit(by: visitor, over: [])
    visitor.visit("passes", counter: &passes)
    visitor.visit("samples", counter: &samples)
    visitor.visit("largest", recorded: &largest)
  }
}
