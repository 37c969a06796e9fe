import Tensors

/// How long runs will take: a few steps of some are measured, the operations of all are counted.
public struct TimeEstimate: Sendable {
  /// Of all runs, in seconds.
  public let total: Double
  /// The training that takes longest, and its seconds.
  public let dearest: (run: Training, seconds: Double)

  /// The most kinds of runs that are measured, those with the most operations first.
  private static let measuredKinds = 12
  private static let secondsForEach = 0.2

  /// Measures, in a few seconds at most unless a single step takes longer; `nil` without runs.
  ///
  /// - Parameters:
  ///   - runs: those that are to be trained.
  ///   - jobs: how many are trained side by side.
  ///   - threads: what they share.
  /// - Throws: what a step throws.
  public init?(_ runs: [Training], jobs: Int, threads: Int) throws {
    let groups = TrainingGroup.groups(of: runs).map { (group: $0, operations: $0.operations) }
    guard !groups.isEmpty else { return nil }
    var kinds: [RunKind: (run: Training, operations: Double)] = [:]
    for (group, operations) in groups { kinds[group.kind, default: (group.runs[0], 0)].operations += operations }
    let order = kinds.sorted {
      ($1.value.operations, $0.value.run.identifier) < ($0.value.operations, $1.value.run.identifier)
    }
    var rates = OperationRates()
    for (kind, entry) in order.prefix(Self.measuredKinds) {
      let (seconds, operations) = try Self.measure(entry.run, threads: max(threads / jobs, 1))
      rates.add(seconds, of: operations, of: kind)
    }
    var (total, dearest) = (0.0, (run: runs[0], seconds: -1.0))
    for (group, operations) in groups {
      let seconds = operations * (rates.secondsForOperation(of: group.kind) ?? 0)
      total += seconds
      if seconds > dearest.seconds { dearest = (group.runs[0], seconds) }
    }
    self.dearest = dearest
    self.total = max(total / Double(min(jobs, groups.count)), dearest.seconds)
  }

  /// Some of a run, which need not come to its end.
  private static func measure(_ run: Training, threads: Int) throws -> (seconds: Double, operations: Double) {
    let start = ContinuousClock.now
    var rate = 0.0
    do {
      _ = try run.run(on: Processor(threads: threads), share: threads) { now in
        rate = now.samplesPerSecond
        return start.duration(to: .now) < .seconds(secondsForEach)
      }
    } catch HarnessError.interrupted {}
    return (1 / max(rate, .leastNormalMagnitude), run.operationsForSample)
  }
}
