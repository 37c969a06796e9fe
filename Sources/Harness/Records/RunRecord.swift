import Foundation

/// How a run ended.
public enum RunStatus: String, Sendable {
  case finished
  /// It ended no better than guessing: within the one-sided 99 % binomial bound over the largest class.
  case collapsed
  /// The loss or a gradient was no longer a finite number. This is a result, too.
  case diverged
}

/// What a run came to: its rows in the result files.
public struct RunResult: Sendable {
  public let record: RunRecord
  public let curve: [CurveRecord]
  /// Which test images it had right; `nil` if it diverged.
  public let outcomes: Outcomes?
  /// What was recorded of the inside of the model, by the names of the recordings.
  public let recorded: [String: [RecordedRow]]

  public init(
    record: RunRecord, curve: [CurveRecord], outcomes: Outcomes?, recorded: [String: [RecordedRow]] = [:]
  ) {
    self.record = record
    self.curve = curve
    self.outcomes = outcomes
    self.recorded = recorded
  }

  init(_ training: Training, _ course: Course, _ recorded: [String: [RecordedRow]] = [:]) {
    let correct = course.isDiverged ? nil : course.last.test?.correct
    let isGuessing = correct.map { correct in
      correct.count { $0 } < Binomial.leastCountAbove(chance: course.guessAccuracy, trials: correct.count)
    }
    record = RunRecord(
      run: training.identifier, configuration: training.configuration, fingerprint: training.dataset.fingerprintText,
      status: course.isDiverged ? .diverged : isGuessing ?? false ? .collapsed : .finished, measuring: course)
    curve = course.observations.map {
      CurveRecord(run: training.identifier, configuration: training.configuration, measuring: $0)
    }
    outcomes = correct.map { Outcomes($0) }
    self.recorded = recorded
  }
}

/// A finished run: a row of `runs.csv`.
public struct RunRecord: Sendable, Equatable {
  public let run: String
  public let configuration: RunConfiguration
  /// Of the data; `unknown` in files of version 1.
  public let fingerprint: String
  /// The ``numerics`` that the run was made under; 1 in files that do not say.
  public let numerics: Int
  public var status: RunStatus
  /// Of the package.
  public let version: String
  private var values: [String: Double]

  static let columns =
    ["run"] + AnySetting.all.map(\.column) + ["status"] + Metric<Course>.all.map(\.column)
    + ["version", "numerics", "fingerprint"]

  init(run: String, configuration: RunConfiguration, fingerprint: String, status: RunStatus, measuring course: Course) {
    self.run = run
    self.configuration = configuration
    self.fingerprint = fingerprint
    self.status = status
    (numerics, version) = (Harness.numerics, packageVersion)
    values = [:]
    for metric in Metric<Course>.all { self[metric] = metric.measure(course) }
  }

  /// - Throws: what is wrong with the row.
  init(_ row: CSV.Row) throws(CSV.Flaw) {
    run = try row.text("run")
    configuration = try RunConfiguration(row)
    guard let status = RunStatus(rawValue: try row.text("status")) else { throw row.flaw("status") }
    self.status = status
    version = row["version"] ?? ""
    numerics = row["numerics"].flatMap { Int($0) } ?? 1
    fingerprint = row["fingerprint"] ?? "unknown"
    values = [:]
    for metric in Metric<Course>.all { self[metric] = try row.number(metric.column) }
  }

  /// NaN where there is no such number.
  public subscript(metric: Metric<Course>) -> Double {
    get { values[metric.column] ?? .nan }
    set { values[metric.column] = newValue.isNaN ? nil : newValue }
  }

  /// The value of a column.
  func field(_ column: String) -> String {
    switch column {
    case "run": return run
    case "status": return status.rawValue
    case "version": return version
    case "numerics": return String(numerics)
    case "fingerprint": return fingerprint
    default: break
    }
    if let setting = AnySetting.named(column) { return configuration[setting] }
    return Metric<Course>.all.first { $0.column == column }.map { CSV.field(self[$0], isWhole: $0.isWhole) } ?? ""
  }

  /// What counts as its test accuracy: a run that diverged counts as guessing.
  public var countedAccuracy: Double { status == .diverged ? self[.guessAccuracy] : self[.testAccuracy] }
}

/// An evaluation: a row of `curves.csv`.
public struct CurveRecord: Sendable, Equatable {
  public let run: String
  public let configuration: RunConfiguration
  private var values: [String: Double]

  static let columns = ["run"] + AnySetting.all.map(\.column) + Metric<Observation>.all.map(\.column)

  init(run: String, configuration: RunConfiguration, measuring observation: Observation) {
    self.run = run
    self.configuration = configuration
    values = [:]
    for metric in Metric<Observation>.all { self[metric] = metric.measure(observation) }
  }

  init(_ row: CSV.Row) throws(CSV.Flaw) {
    run = try row.text("run")
    configuration = try RunConfiguration(row)
    values = [:]
    for metric in Metric<Observation>.all { self[metric] = try row.number(metric.column) }
  }

  public subscript(metric: Metric<Observation>) -> Double {
    get { values[metric.column] ?? .nan }
    set { values[metric.column] = newValue.isNaN ? nil : newValue }
  }

  func field(_ column: String) -> String {
    if column == "run" { return run }
    if let setting = AnySetting.named(column) { return configuration[setting] }
    return Metric<Observation>.all.first { $0.column == column }.map { CSV.field(self[$0], isWhole: $0.isWhole) } ?? ""
  }
}

extension RunConfiguration {
  fileprivate init(_ row: CSV.Row) throws(CSV.Flaw) {
    var flaw: String?
    guard let configuration = RunConfiguration(columns: { row[$0.column] }, flaw: &flaw) else {
      throw CSV.Flaw(line: row.line, text: flaw ?? "")
    }
    self = configuration
  }
}
