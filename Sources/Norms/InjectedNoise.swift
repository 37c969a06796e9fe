import Tensors

/// A normalizer with noise after it in training, that changes mean and scale of every unit from step to step (Santurkar et
/// al., 2018, section 2 and appendix A).
///
///     y = s · norm(x) + m
///     m ~ U(μ − 0.1·k, μ + 0.1·k),   s ~ N(σ, 0.1·k),   with μ ~ U(−0.5·k, 0.5·k) and σ ~ U(1, 1 + 0.25·k)
///
/// μ and σ are drawn for each unit and training pass, m and s for each sample beside; a unit is a channel, whose positions
/// are treated alike. The paper's noise has k = 1. The gradient takes m and s for constants.
///
/// A training pass draws from a stream of its own, by the seed, the name and the number of passes before it, as in dropout;
/// that counter is state. In a time step of a recurrent layer, each step is a pass.
public struct InjectedNoise<Scalar: TensorScalar>: NormalizerWrapper {
  /// What the noise comes after; ``ScaleAndShift`` where that is to be nothing.
  public var normalizer: any Normalizer<Scalar>
  /// k.
  public let amount: Double
  public let seed: UInt64
  /// What the streams are known by, beside the seed.
  public let name: String
  private var passes = 0

  /// - Precondition: `amount` is finite and not negative; at 0, nothing is drawn or changed.
  public init(after normalizer: any Normalizer<Scalar>, amount: Double = 1, seed: UInt64, name: String) {
    require(amount >= 0 && amount.isFinite, "Noise has an amount of 0 or more, and not \(amount).")
    (self.normalizer, self.amount, self.seed, self.name) = (normalizer, amount, seed, name)
  }

  private struct Saved: Sendable {
    let normalizer: NormalizerCache<Scalar>
    /// s of each sample and unit; none where there was no noise.
    let factors: [Scalar]?
    let blocks: Int
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    guard mode == .training && amount > 0 else {
      let (output, cache) = try normalizer.forward(input, layout: layout, mode: mode, activation: activation)
      return (output, NormalizerCache(saving: Saved(normalizer: cache, factors: nil, blocks: 1)))
    }
    let (normalized, cache) = try normalizer.forward(input, layout: layout, mode: mode)
    let channels = normalizer.state.channels
    let samples = try layout.extents(of: input.shape, channels: channels).batch
    let (factors, offsets) = draw(samples: samples, units: channels)
    passes += 1
    // Which runs of memory have their own s and m: those of one sample and unit, of one sample, or all.
    let blocks =
      switch layout {
      case .channelsFirst: samples * channels
      case .channelsLast: samples
      case .timeMajor: 1
      }
    let noisy = normalized.scaled(by: factors, adding: offsets, blocks: blocks)
    return (
      activation?.forward(noisy) ?? noisy,
      NormalizerCache(saving: Saved(normalizer: cache, factors: factors, blocks: blocks))
    )
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    let saved = cache.saved(as: Saved.self)
    let upstream = saved.factors.map { gradient.scaled(by: $0, blocks: saved.blocks) } ?? gradient
    return normalizer.backward(upstream, cache: saved.normalizer)
  }

  /// s and m of this pass, of every unit of the first sample, of the second and so on.
  private func draw(samples: Int, units: Int) -> (factors: [Scalar], offsets: [Scalar]) {
    var stream = RandomStream(seed: seed, purpose: "noise/\(name)", step: passes)
    let ofUnits = (0..<units).map { _ in
      let mean = amount * (stream.nextUnit() - 0.5)
      return (mean: mean, scale: 1 + 0.25 * amount * stream.nextUnit())
    }
    var (factors, offsets): ([Scalar], [Scalar]) = ([], [])
    for _ in 0..<samples {
      for unit in ofUnits {
        factors.append(Scalar(unit.scale + 0.1 * amount * stream.nextNormal()))
        offsets.append(Scalar(unit.mean + 0.1 * amount * (2 * stream.nextUnit() - 1)))
      }
    }
    return (factors, offsets)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    normalizer.visitState(visitor)
    visitor.visit("noisePasses", counter: &passes)
  }
}
