import Foundation

/// A row of one of the result files.
protocol CSVRecord: Sendable {
  static var columns: [String] { get }
  var fields: [String] { get }
  var run: String { get }
  init?(fields: [String])
}

/// How a run ended.
public enum RunStatus: String, Sendable {
  case finished
  /// The loss or a gradient was no longer a finite number. This is a result, too.
  case diverged
}

/// A finished run: a row of `runs.csv`.
public struct RunRecord: CSVRecord, Sendable, Equatable {
  public let run: String
  public let configuration: RunConfiguration
  public var status: RunStatus
  public var steps: Int
  /// Averaged over the mini-batches of the last epoch, as they were trained on; in nats.
  public var trainLoss: Double
  public var trainAccuracy: Double
  public var testLoss: Double
  public var testAccuracy: Double
  public var bestTestAccuracy: Double
  /// The number of scalars that were learned.
  public var parameters: Int
  /// From the first step to the last evaluation.
  public var seconds: Double
  /// Training samples over the time spent on training.
  public var samplesPerSecond: Double
  /// Of the package.
  public var version: String

  static let columns =
    ["run"] + RunConfiguration.columns + [
      "status", "steps", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "best_test_accuracy",
      "parameters", "seconds", "samples_per_second", "version", RunConfiguration.clipColumn,
    ]

  var fields: [String] {
    let measured = [trainLoss, trainAccuracy, testLoss, testAccuracy, bestTestAccuracy].map(CSV.field)
    return [run] + configuration.fields + [status.rawValue, String(steps)] + measured
      + [String(parameters), CSV.field(seconds), CSV.field(samplesPerSecond), version, configuration.clipField]
  }
}

/// An evaluation: a row of `curves.csv`.
public struct CurveRecord: CSVRecord, Sendable, Equatable {
  public let run: String
  public let configuration: RunConfiguration
  public var step: Int
  public var epoch: Int
  public var trainLoss: Double
  public var trainAccuracy: Double
  public var testLoss: Double
  public var testAccuracy: Double
  /// The norm of all gradients together, before clipping, averaged over the steps of the epoch.
  public var gradientNorm: Double
  public var elapsedSeconds: Double

  static let columns =
    ["run"] + RunConfiguration.columns + [
      "step", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "gradient_norm",
      "elapsed_seconds", RunConfiguration.clipColumn,
    ]

  var fields: [String] {
    let measured = [trainLoss, trainAccuracy, testLoss, testAccuracy, gradientNorm, elapsedSeconds].map(CSV.field)
    return [run] + configuration.fields + [String(step), String(epoch)] + measured + [configuration.clipField]
  }
}

extension RunRecord {
  init?(fields: [String]) {
    let own = RunConfiguration.columns.count + 1
    guard fields.count == Self.columns.count,
      let configuration = RunConfiguration(fields: fields[1..<own], clip: fields[fields.count - 1]),
      let status = RunStatus(rawValue: fields[own]), let steps = Int(fields[own + 1]),
      let trainLoss = Double(fields[own + 2]), let trainAccuracy = Double(fields[own + 3]),
      let testLoss = Double(fields[own + 4]), let testAccuracy = Double(fields[own + 5]),
      let bestTestAccuracy = Double(fields[own + 6]), let parameters = Int(fields[own + 7]),
      let seconds = Double(fields[own + 8]), let samplesPerSecond = Double(fields[own + 9])
    else { return nil }
    self.init(
      run: fields[0], configuration: configuration, status: status, steps: steps, trainLoss: trainLoss,
      trainAccuracy: trainAccuracy, testLoss: testLoss, testAccuracy: testAccuracy,
      bestTestAccuracy: bestTestAccuracy, parameters: parameters, seconds: seconds,
      samplesPerSecond: samplesPerSecond, version: fields[own + 10])
  }
}

extension CurveRecord {
  init?(fields: [String]) {
    let own = RunConfiguration.columns.count + 1
    guard fields.count == Self.columns.count,
      let configuration = RunConfiguration(fields: fields[1..<own], clip: fields[fields.count - 1]),
      let step = Int(fields[own]), let epoch = Int(fields[own + 1]), let trainLoss = Double(fields[own + 2]),
      let trainAccuracy = Double(fields[own + 3]), let testLoss = Double(fields[own + 4]),
      let testAccuracy = Double(fields[own + 5]), let gradientNorm = Double(fields[own + 6]),
      let elapsedSeconds = Double(fields[own + 7])
    else { return nil }
    self.init(
      run: fields[0], configuration: configuration, step: step, epoch: epoch, trainLoss: trainLoss,
      trainAccuracy: trainAccuracy, testLoss: testLoss, testAccuracy: testAccuracy, gradientNorm: gradientNorm,
      elapsedSeconds: elapsedSeconds)
  }
}
