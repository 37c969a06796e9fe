import Harness

/// What is recorded of a run.
public struct Evidence: Sendable {
  public let record: RunRecord
  /// Its evaluations, in their order.
  public let curve: [CurveRecord]
  /// Which test images it had right; that of a guess if it diverged.
  public let outcomes: Outcomes?

  public init(record: RunRecord, curve: [CurveRecord] = [], outcomes: Outcomes? = nil, images: Int? = nil) {
    self.record = record
    self.curve = curve
    let guess = images.flatMap { count in
      (0...1).contains(record.countedAccuracy) ? Outcomes(guessing: record.countedAccuracy, count: count) : nil
    }
    self.outcomes = record.status == .diverged ? guess : outcomes
  }

  /// Whether it did better than guessing.
  public var trains: Bool { record.status == .finished }
}
