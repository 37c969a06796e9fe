/// How far a grid has come, and how long the rest will take.
///
/// What is left is counted in operations, and timed by the runs of the same kind that have ended or are in flight.
public struct GridProgress: Sendable {
  public typealias Instant = ContinuousClock.Instant

  /// How many trainings there are, and how many of them have ended.
  public let count: Int
  public private(set) var ended = 0

  private let jobs: Int
  private let operations: [String: Double]
  private let total: Double
  private var done = 0.0
  /// Those of the trainings that have not begun.
  private var left: [RunKind: Double] = [:]
  private var rates = OperationRates()
  private var inFlight: [String: Flight] = [:]

  /// A training in flight.
  private struct Flight {
    let kind: RunKind
    let operations: Double
    let start: Instant
    var last: Instant
    var fraction = 0.0
    /// The part that the seconds were for.
    var measured = 0.0

    var seconds: Double { start.duration(to: last) / .seconds(1) }
    /// What takes a part of its time to begin tells nothing at first.
    var isTelling: Bool { measured > 0 && (seconds >= 1 || measured >= 0.25) }
    var secondsLeft: Double? { isTelling ? seconds / measured * (1 - fraction) : nil }
  }

  /// - Parameters:
  ///   - groups: the trainings.
  ///   - jobs: how many are in flight at a time.
  public init(_ groups: [TrainingGroup], jobs: Int) {
    (count, self.jobs) = (groups.count, max(jobs, 1))
    var operations: [String: Double] = [:]
    for group in groups {
      operations[group.identifier] = group.operations
      left[group.kind, default: 0] += group.operations
    }
    self.operations = operations
    total = operations.values.sorted().reduce(0, +)
  }

  /// A training begins.
  public mutating func begin(_ group: TrainingGroup, at now: Instant) {
    guard let operations = operations[group.identifier] else { return }
    left[group.kind, default: 0] -= operations
    inFlight[group.identifier] = Flight(kind: group.kind, operations: operations, start: now, last: now)
  }

  /// A training has come so far.
  public mutating func advance(_ group: TrainingGroup, to progress: Training.Progress, at now: Instant) {
    guard var flight = inFlight[group.identifier] else { return }
    (flight.last, flight.fraction) = (now, progress.fraction)
    flight.measured = progress.fraction - progress.fractionBefore
    inFlight[group.identifier] = flight
  }

  /// A training is recorded, by this program or another; its time is that up to where it was last known to advance.
  public mutating func end(_ group: TrainingGroup) {
    ended += 1
    guard let operations = operations[group.identifier] else { return }
    done += operations
    guard let flight = inFlight.removeValue(forKey: group.identifier) else {
      return left[group.kind, default: 0] -= operations
    }
    rates.add(flight.seconds, of: flight.operations * flight.measured, of: flight.kind)
  }

  /// The part that is done, by operations.
  public var fraction: Double {
    guard total > 0 else { return 0 }
    return min((done + inFlight.values.reduce(0) { $0 + $1.operations * $1.fraction }) / total, 1)
  }

  /// How many seconds the rest will take; `nil` as long as nothing is known.
  public var secondsLeft: Double? {
    var rates = rates
    for flight in inFlight.values where flight.isTelling {
      rates.add(flight.seconds, of: flight.operations * flight.measured, of: flight.kind)
    }
    var (sum, longest) = (0.0, 0.0)
    for (kind, operations) in left where operations > 0 {
      guard let rate = rates.secondsForOperation(of: kind) else { return nil }
      sum += operations * rate
    }
    for flight in inFlight.values {
      guard
        let seconds = flight.secondsLeft
          ?? rates.secondsForOperation(of: flight.kind).map({ $0 * flight.operations * (1 - flight.fraction) })
      else { return nil }
      sum += seconds
      longest = max(longest, seconds)
    }
    return max(sum / Double(jobs), longest)
  }
}
