import Norms
import Tensors

/// A normalizer that a run can name: the next one is a line in ``all``.
///
/// ```swift
/// NormalizerChoice("positional") { PositionalNorm(channels: $0.channels) }
/// ```
public struct NormalizerChoice: Sendable {
  public let name: String
  /// Whether the number of groups changes what it computes.
  public let hasGroups: Bool
  /// Makes the normalizer of a layer; `nil` for a layer without one.
  public let make: @Sendable (NormalizerSettings) -> (any Normalizer<Float>)?

  public init(
    _ name: String, hasGroups: Bool = false,
    make: @escaping @Sendable (NormalizerSettings) -> (any Normalizer<Float>)?
  ) {
    self.name = name
    self.hasGroups = hasGroups
    self.make = make
    var settings = NormalizerSettings(channels: Self.exampleChannels, groups: hasGroups ? 2 : 1)
    example = make(settings)
    (settings.epsilon, settings.decay, settings.isAffine) = (0.5, 0.25, false)
    let other = make(settings)?.state
    takesEpsilon = other?.epsilon == 0.5
    takesDecay = other?.decay == 0.25 && example?.mixesSamples ?? false
    takesAffine = other?.isAffine == false
  }

  /// So many that whatever number of groups a choice has of its own most likely divides them.
  private static let exampleChannels = 5040

  public static let all = [
    NormalizerChoice("none") { _ in nil },
    NormalizerChoice("batch") {
      BatchNorm(channels: $0.channels, epsilon: $0.epsilon, decay: $0.decay, affine: $0.isAffine)
    },
    NormalizerChoice("layer") { LayerNorm(channels: $0.channels, epsilon: $0.epsilon, affine: $0.isAffine) },
    NormalizerChoice("instance") { InstanceNorm(channels: $0.channels, epsilon: $0.epsilon, affine: $0.isAffine) },
    NormalizerChoice("group", hasGroups: true) {
      GroupNorm(groups: $0.groups, channels: $0.channels, epsilon: $0.epsilon, affine: $0.isAffine)
    },
    NormalizerChoice("rms") { RMSNorm(channels: $0.channels, epsilon: $0.epsilon, affine: $0.isAffine) },
    // Training here takes hundreds of steps where the paper's takes 150,000.
    NormalizerChoice("renorm") {
      BatchRenorm(
        channels: $0.channels, epsilon: $0.epsilon, decay: $0.decay, affine: $0.isAffine,
        schedule: .init(shorterBy: 100))
    },
    NormalizerChoice("dyt") { DynamicTanh(channels: $0.channels, affine: $0.isAffine) },
  ]

  /// One of a layer, for what follows from its kind; `nil` for none.
  let example: (any Normalizer<Float>)?
  /// Whether the layer is made with the ε, the decay and the scale that it is asked for, or has its own.
  let takesEpsilon, takesDecay, takesAffine: Bool

  public var isNone: Bool { example == nil }

  /// Whether a sample's output depends on the other samples of its mini-batch.
  public var mixesSamples: Bool { example?.mixesSamples ?? false }

  /// The normalizer of a layer in a run, which is the `layer`-th that asks for one.
  func normalizer(channels: Int, in run: RunConfiguration, layer: Int = 0) -> (any Normalizer<Float>)? {
    var settings = NormalizerSettings(channels: channels, groups: run[.groups])
    settings.epsilon = run[.epsilon]
    settings.decay = run[.decay]
    settings.isAffine = run[.affine] != .off
    var normalizer = make(settings)
    if run[.affine] == .scale { normalizer?.state.learnsShift = false }
    if run[.affine] == .shift { normalizer?.state.learnsScale = false }
    if run[.initialGamma] != 1 {
      normalizer?.state.scale = Parameter(Tensor(repeating: Float(run[.initialGamma]), shape: [channels]))
    }
    if let inner = normalizer, run[.statisticsBatch] > 0 {
      normalizer = GhostBatches(of: run[.statisticsBatch], through: inner)
    }
    guard run[.normNoise] > 0 else { return normalizer }
    return InjectedNoise(
      // Where there is no normalizer, its shift is what the layer before would have had for a bias.
      after: normalizer ?? ScaleAndShift(channels: channels, learnsScale: false), amount: run[.normNoise],
      seed: run[.seed], name: "layer\(layer)")
  }
}

/// What a normalizer is made with.
public struct NormalizerSettings: Sendable {
  public var channels: Int
  public var groups = 1
  /// Added to the variance, inside the root.
  public var epsilon = 1e-5
  /// The weight that a running statistic keeps when a new one comes.
  public var decay = 0.9
  /// Whether scale and shift are learned.
  public var isAffine = true

  public init(channels: Int, groups: Int = 1) {
    self.channels = channels
    self.groups = groups
  }
}

// MARK: - Settings

/// Which parameters of its own a normalizer learns.
public enum LearnedParameters: String, SettingValue, CaseIterable {
  /// γ and β.
  case on
  case off
  /// γ alone.
  case scale
  /// β alone.
  case shift
}

extension Setting where Value == Int {
  public static let groups = Setting(
    "groups", "groups of group normalization", .integers(1...4096), standard: 4, absent: 1,
    applies: { $1.hasGroups })
  public static let statisticsBatch = Setting(
    "statistics-batch", "samples that share statistics in training; 0 for the whole batch", .integers(0...1_000_000),
    standard: 0, applies: { $1.mixesSamples })
}

extension Setting where Value == Double {
  public static let epsilon = Setting(
    "epsilon", "ε, added to the variance inside the root", .numbers(.positive), standard: 1e-5,
    applies: { $1.takesEpsilon })
  public static let decay = Setting(
    "decay", "weight that running statistics keep at each step", .numbers(.share), standard: 0.9,
    applies: { $1.takesDecay })
}

extension Setting where Value == Double {
  public static let initialGamma = Setting(
    "init-gamma", "initial value of the scale γ", .numbers(.positive), standard: 1, tuned: 0.01...10,
    applies: { run, norm in !norm.isNone && [.on, .scale].contains(run[.affine]) })
  public static let normNoise = Setting(
    "norm-noise",
    "amount of noise after each normalizer, or in its place without one; 1 is that of Santurkar et al. (2018)",
    .numbers(.notNegative), standard: 0)
}

extension Setting where Value == LearnedParameters {
  public static let affine = Setting(
    "affine", "whether normalizers learn a scale and a shift, or one of them; a bias before one there is never",
    standard: .on, applies: { $1.takesAffine })
}
