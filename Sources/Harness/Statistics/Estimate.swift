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
    halfWidth = StudentT.quantile(0.975, degreesOfFreedom: count - 1) * (variance / count).squareRoot()
  }
}
