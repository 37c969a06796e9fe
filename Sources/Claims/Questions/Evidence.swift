import Harness

/// What is recorded of a run.
public struct Evidence: Sendable {
  public let record: RunRecord
  /// Its evaluations, in their order.
  public let curve: [CurveRecord]
  /// Which test images it had right; that of a guess if it diverged.
  public let outcomes: Outcomes?
  /// What was recorded of its inside, by the name of the recording.
  public let rows: [String: [RecordedRow]]

  /// - Parameters:
  ///   - record: what it came to.
  ///   - curve: its evaluations.
  ///   - outcomes: which test images it had right, unless it diverged.
  ///   - rows: what was recorded of its inside.
  ///   - images: how many test images there are.
  public init(
    record: RunRecord, curve: [CurveRecord] = [], outcomes: Outcomes? = nil, rows: [String: [RecordedRow]] = [:],
    images: Int? = nil
  ) {
    (self.record, self.curve, self.rows) = (record, curve, rows)
    let guess = images.flatMap { count in
      (0...1).contains(record.countedAccuracy) ? Outcomes(guessing: record.countedAccuracy, count: count) : nil
    }
    self.outcomes = record.status == .diverged ? guess : outcomes
  }

  /// Whether it did better than guessing.
  public var trains: Bool { record.status == .finished }
}
