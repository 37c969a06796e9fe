/// What decides how long an operation of a run takes.
struct RunKind: Hashable, Sendable {
  let model: String
  private let norm, batchSize, width, timeSteps, data: String

  init(_ run: RunConfiguration) {
    (model, norm, data) = (run[.model], run[.norm], run[.data])
    (batchSize, width, timeSteps) = (
      run[Setting.batchSize.erased], run[Setting.width.erased], run[Setting.timeSteps.erased]
    )
  }
}

extension TrainingGroup {
  var kind: RunKind { RunKind(runs[0].configuration) }
}

/// How long an operation takes, for each kind of run of which some were measured.
struct OperationRates: Sendable {
  private var measured: [RunKind: (seconds: Double, operations: Double)] = [:]

  /// Adds what was measured of a kind.
  mutating func add(_ seconds: Double, of operations: Double, of kind: RunKind) {
    guard operations > 0 else { return }
    measured[kind, default: (0, 0)].seconds += seconds
    measured[kind, default: (0, 0)].operations += operations
  }

  /// That of the kind, or else the mean of its model's kinds, or else of all; `nil` if nothing was measured.
  func secondsForOperation(of kind: RunKind) -> Double? {
    if let own = measured[kind] { return own.seconds / own.operations }
    let near = measured.filter { $0.key.model == kind.model }
    let known = (near.isEmpty ? measured : near).values.map { $0.seconds / $0.operations }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
