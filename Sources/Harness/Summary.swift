import Foundation

/// What several seeds of one configuration came to: a row of the table.
public struct Summary: Sendable {
  /// The configuration of the first of the runs; they differ in their seeds.
  public let configuration: RunConfiguration
  public let runs: Int
  public let diverged: Int
  /// Over the runs that finished.
  public let testAccuracy: Estimate
  public let trainLoss: Estimate
  /// The epochs until the test accuracy was first 90 %, over the runs that came to it; `reached` says how
  /// many did.
  public let epochsToNinety: Estimate
  public let reached: Int
  public let samplesPerSecond: Estimate

  /// Summaries of `records`, the most accurate first.
  public static func summarize(_ records: [RunRecord], curves: [CurveRecord]) -> [Summary] {
    let curvesOfRun = Dictionary(grouping: curves, by: \.run)
    let groups = Dictionary(grouping: records) { record in
      var configuration = record.configuration
      configuration.seed = 0
      return configuration
    }
    return groups.values.map { group in
      Summary(group.sorted { $0.configuration.seed < $1.configuration.seed }, curvesOfRun)
    }
    .sorted { a, b in
      let (first, second) = (a.testAccuracy.mean, b.testAccuracy.mean)
      if first.isNaN || second.isNaN || first == second {
        return first.isNaN == second.isNaN
          ? a.configuration.fields.lexicographicallyPrecedes(b.configuration.fields) : second.isNaN
      }
      return first > second
    }
  }

  private init(_ records: [RunRecord], _ curves: [String: [CurveRecord]]) {
    configuration = records[0].configuration
    runs = records.count
    let finished = records.filter { $0.status == .finished }
    diverged = records.count - finished.count
    testAccuracy = Estimate(finished.map(\.testAccuracy))
    trainLoss = Estimate(finished.map(\.trainLoss))
    let epochs = records.compactMap { record in
      curves[record.run, default: []].filter { $0.testAccuracy >= 0.9 }.map(\.epoch).min().map(Double.init)
    }
    epochsToNinety = Estimate(epochs)
    reached = epochs.count
    samplesPerSecond = Estimate(records.map(\.samplesPerSecond))
  }
}

/// A mean and how far it can be trusted.
public struct Estimate: Sendable, Equatable {
  /// NaN of no values.
  public let mean: Double
  /// Half the width of the 95 % confidence interval by Student's t; NaN of fewer than two values.
  public let halfWidth: Double

  public init(_ values: [Double]) {
    let count = Double(values.count)
    mean = values.isEmpty ? .nan : values.reduce(0, +) / count
    guard values.count > 1 else {
      halfWidth = .nan
      return
    }
    let mean = mean
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    halfWidth = Self.studentQuantile(degreesOfFreedom: values.count - 1) * (variance / count).squareRoot()
  }

  /// The 97.5 % quantile of Student's t distribution, to four digits.
  static func studentQuantile(degreesOfFreedom n: Int) -> Double {
    let exact = [
      12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
      2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
      2.0452, 2.0423,
    ]
    guard n > exact.count else { return exact[n - 1] }
    // The normal quantile z and the first terms of the Cornish–Fisher expansion (Abramowitz & Stegun,
    // 26.7.5).
    let (z, n) = (1.959964, Double(n))
    let cube = z * z * z
    return z + (cube + z) / (4 * n) + (5 * cube * z * z + 16 * cube + 3 * z) / (96 * n * n)
  }
}
