import Foundation
import Harness
import Layers
import Tensors

/// What the command line asks for.
///
/// An empty list leaves an option to the model's default.
struct Request {
  var norms = ["layer"]
  var models: [ModelKind] = [.rnn]
  var sources = [DataSource.digits]
  var epochs: [Int] = []
  var batchSizes: [Int] = []
  var learningRates: [Double] = []
  var optimizers: [OptimizerKind] = []
  var seeds: [UInt64] = [0]
  var groups: [Int] = []
  var activations: [Activation] = []
  var placements: [RunPlacement] = []
  var initialScales: [Double] = []
  var widths: [Int] = []
  var depths: [Int] = []
  var clips: [Double] = []
  var threads = ProcessInfo.processInfo.activeProcessorCount
  var jobs = ProcessInfo.processInfo.activeProcessorCount
  var results = "Results"
  var force = false
  var dryRun = false
  var quiet = false

  private var data: [String] { sources.map(\.name) }

  private static let largestGrid = 100_000

  /// Every combination of the values asked for, each once; seeds vary slowest, so that a grid that is stopped
  /// is still fair.
  func configurations() throws -> [RunConfiguration] {
    let sizes: [Int] = [
      seeds.count, models.count, norms.count, data.count, epochs.count, batchSizes.count, learningRates.count,
      optimizers.count, groups.count, activations.count, placements.count, initialScales.count, widths.count,
      depths.count, clips.count,
    ]
    let combinations = sizes.reduce(1.0) { (product: Double, size: Int) in product * Double(max(size, 1)) }
    guard combinations <= Double(Self.largestGrid) else {
      throw HarnessError.usage(
        "The options span \(Int(combinations)) runs; \(Self.largestGrid) are the most. Ask for fewer values at a time.")
    }
    var all: [RunConfiguration] = []
    for seed in seeds {
      for data in data {
        for model in models {
          for norm in norms {
            var configuration = RunConfiguration(model: model, norm: norm, data: data)
            configuration.seed = seed
            all.append(configuration)
          }
        }
      }
    }
    func vary<Value>(_ values: [Value], _ set: (inout RunConfiguration, Value) -> Void) {
      guard !values.isEmpty else { return }
      all = all.flatMap { base in
        values.map { value in
          var configuration = base
          set(&configuration, value)
          return configuration
        }
      }
    }
    vary(epochs) { $0.epochs = $1 }
    vary(batchSizes) { $0.batchSize = $1 }
    vary(learningRates) { $0.learningRate = $1 }
    vary(optimizers) { $0.optimizer = $1 }
    vary(groups.isEmpty ? [RunConfiguration.defaultGroups] : groups) { $0.groups = $1 }
    vary(activations) { $0.activation = $1 }
    vary(initialScales) { $0.initialScale = $1 }
    vary(widths) { $0.width = $1 }
    vary(depths) { $0.depth = $1 }
    vary(clips) { $0.clip = $1 == 0 ? nil : $1 }
    all = all.flatMap { base in
      let fitting = placements.filter { $0.model == base.model }
      return (fitting.isEmpty ? [nil] : fitting.map(Optional.some)).map { base.canonical(placement: $0) }
    }
    if let unused = placements.first(where: { !models.contains($0.model) }) {
      throw HarnessError.usage(
        "--placement \(unused.rawValue) is for --model \(unused.model.rawValue), which is not asked for.")
    }
    var seen: Set<RunConfiguration> = []
    return all.filter { seen.insert($0).inserted }
  }
}

extension RunConfiguration {
  /// The same run with what does not concern its normalizer set to one value, so that a grid has no run
  /// twice.
  fileprivate func canonical(placement: RunPlacement?) -> RunConfiguration {
    var result = self
    guard let choice = NormalizerChoice.all.first(where: { $0.name == norm }) else { return result }
    if !choice.hasGroups { result.groups = 1 }
    if let normalizer = choice.make(result.groups, result.groups) {
      result.placement = placement ?? (model == .cnn ? .before : normalizer.needsWholeSequence ? .inputPath : .timeStep)
    }
    return result
  }
}
