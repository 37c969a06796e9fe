import Harness

/// One side of a comparison: what is trained for each seed, or computed.
public enum Arm: Sendable {
  case trained(Runs)
  /// A number that needs no training; it gets the seed.
  case computed(@Sendable (_ seed: UInt64) throws -> Double)

  /// The runs of an arm, of no seed yet.
  public struct Runs: Hashable, Sendable {
    let configurations: [RunConfiguration]
    /// What is tuned for each seed, so that one run of each configuration counts; `nil` if nothing is.
    let tuned: Tuned?
    /// The configuration whose validation chooses for all of them; `nil` if each chooses for itself.
    let chooser: RunConfiguration?
    /// The recordings that the runs need, by name.
    let recordings: Set<String>
  }

  /// A setting that is tuned, and between which values.
  public struct Tuned: Hashable, Sendable {
    let setting: String
    let range: ClosedRange<Double>?
    let budget: Int
  }

  var isComputed: Bool {
    if case .computed = self { true } else { false }
  }

  /// One run for each seed.
  public static func run(_ configuration: RunConfiguration, recording: Set<String> = []) -> Arm {
    .runs([configuration], recording: recording)
  }

  /// Several runs for each seed, in this order.
  public static func runs(_ configurations: [RunConfiguration], recording: Set<String> = []) -> Arm {
    .trained(Runs(configurations: configurations, tuned: nil, chooser: nil, recordings: recording))
  }

  /// The run at each value of a setting, in this order.
  public static func sweep<Value>(
    _ configuration: RunConfiguration, _ setting: Setting<Value>, over values: [Value], recording: Set<String> = []
  ) -> Arm {
    .runs(values.map { configuration.with(setting, $0) }, recording: recording)
  }

  /// For each seed and each configuration the run at the best of `budget` learning rates, chosen on validation images.
  ///
  /// With a configuration in `chooser`, the rate that is best there is taken for all: where they differ from it in their
  /// evaluation alone, they are then one network, examined in several ways.
  public static func tuned(
    _ configurations: RunConfiguration..., chosenBy chooser: RunConfiguration? = nil,
    rate: ClosedRange<Double>? = nil, budget: Int = Study.budget, recording: Set<String> = []
  ) -> Arm {
    let tuned = Tuned(setting: Setting.learningRate.erased.name, range: rate, budget: budget)
    return .trained(Runs(configurations: configurations, tuned: tuned, chooser: chooser, recordings: recording))
  }
}
