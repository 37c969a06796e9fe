import Norms

/// A normalizer that a run can name: the next one is a line in ``all``.
public struct NormalizerChoice: Sendable {
  public let name: String
  /// Whether the number of groups changes what it computes.
  public let hasGroups: Bool
  /// Makes the normalizer of a layer; `nil` for a layer without one.
  public let make: @Sendable (_ channels: Int, _ groups: Int) -> (any Normalizer<Float>)?

  public init(
    name: String, hasGroups: Bool = false,
    make: @escaping @Sendable (_ channels: Int, _ groups: Int) -> (any Normalizer<Float>)?
  ) {
    self.name = name
    self.hasGroups = hasGroups
    self.make = make
  }

  public static let all = [
    NormalizerChoice(name: "none") { _, _ in nil },
    NormalizerChoice(name: "batch") { channels, _ in BatchNorm(channels: channels) },
    NormalizerChoice(name: "layer") { channels, _ in LayerNorm(channels: channels) },
    NormalizerChoice(name: "instance") { channels, _ in InstanceNorm(channels: channels) },
    NormalizerChoice(name: "group", hasGroups: true) { channels, groups in
      GroupNorm(groups: groups, channels: channels)
    },
    NormalizerChoice(name: "rms") { channels, _ in RMSNorm(channels: channels) },
    // Training here takes hundreds of steps where the paper's takes 150,000.
    NormalizerChoice(name: "renorm") { channels, _ in
      BatchRenorm(channels: channels, schedule: .init(shorterBy: 100))
    },
    NormalizerChoice(name: "dyt") { channels, _ in DynamicTanh(channels: channels) },
  ]
}
