import Norms
import Tensors

/// A normalizer that stands in every time step, with the running statistics of each step where they have their own.
struct StepNormalizer<Scalar: TensorScalar>: Sendable {
  var normalizer: any Normalizer<Scalar>
  /// Of each step so far; `nil` where all steps share those of the normalizer.
  private(set) var statistics: [RunningStatistics<Scalar>]?

  /// A sequence has no more steps than these: so many statistics can be restored.
  private static var mostSteps: Int { 1 << 20 }

  /// A normalizer whose `statistics` are those of each step; `nil` where all steps share its own.
  ///
  /// One that does not mix samples has none.
  init(_ normalizer: any Normalizer<Scalar>, statistics: [RunningStatistics<Scalar>]?) {
    self.normalizer = normalizer
    self.statistics = normalizer.mixesSamples ? statistics : nil
  }

  /// Normalizes the rows of a step, [N, H].
  mutating func forward(
    _ input: Tensor<Scalar>, step: Int, mode: Mode, activation: Activation? = nil
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    guard let count = statistics?.count else {
      return try normalizer.forward(input, layout: .timeMajor, mode: mode, activation: activation)
    }
    if step >= count && mode.records {
      statistics?.append(contentsOf: (count...step).map { _ in RunningStatistics() })
    }
    // What goes beyond the sequences that were seen has the statistics of their last step.
    let place = min(step, (statistics?.count ?? 0) - 1)
    exchange(place)
    defer { exchange(place) }
    return try normalizer.forward(input, layout: .timeMajor, mode: mode, activation: activation)
  }

  /// Puts the statistics of a step into the normalizer, and what is there in their place.
  private mutating func exchange(_ place: Int) {
    guard place >= 0 else { return }
    statistics?[place].exchange(with: &normalizer)
  }

  /// Shows the normalizer, and its running statistics by step where they have their own.
  mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    guard var count = statistics?.count else { return normalizer.visitState(visitor) }
    normalizer.visitState(visitor.without(RunningStatistics<Scalar>.names))
    visitor.visit("steps", counter: &count)
    resize(to: count)
    for step in 0..<(statistics?.count ?? 0) {
      exchange(step)
      normalizer.state.visit(
        by: visitor.within("step\(step)").without(["scale", "shift"]), over: normalizer.reducedAxes)
      exchange(step)
    }
  }

  /// Makes room for the statistics of so many steps, which a snapshot may have more or fewer of.
  private mutating func resize(to count: Int) {
    guard let own = statistics, count != own.count, (0...Self.mostSteps).contains(count) else { return }
    let more = max(count - own.count, 0)
    statistics = own.prefix(count) + (0..<more).map { _ in RunningStatistics() }
  }
}

extension RunningStatistics {
  /// Changes places with those of a normalizer.
  fileprivate mutating func exchange(with normalizer: inout any Normalizer<Scalar>) {
    normalizer.state.exchange(&self)
  }
}
