import Foundation

/// An axis of a plot: what it spans, and where it is labelled.
struct PlotAxis {
  let label: String
  let range: ClosedRange<Double>
  let isLogarithmic: Bool
  let ticks: [Double]

  /// Spans some values from one round number to another, with round numbers between them.
  ///
  /// - Parameters:
  ///   - values: not empty.
  ///   - label: what the axis is of.
  ///   - leastSpan: the axis is no shorter, so that what hardly differs does not seem to.
  ///   - limits: what the values cannot leave; the axis does not, either, unless they do.
  ///   - steps: about how many there are between the ticks.
  init(
    round values: [Double], label: String, leastSpan: Double = 0, limits: ClosedRange<Double>? = nil, steps: Int = 5
  ) {
    var (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let room = max(leastSpan - (high - low), 0)
    (low, high) = (low - room / 2, high + room / 2)
    if let limits, let least = values.min(), let most = values.max() {
      // What is cut off at one end is added at the other.
      if low < limits.lowerBound, least >= limits.lowerBound {
        (low, high) = (limits.lowerBound, high + limits.lowerBound - low)
      }
      if high > limits.upperBound, most <= limits.upperBound {
        (low, high) = (low + limits.upperBound - high, limits.upperBound)
      }
    }
    if low == high { (low, high) = (low - max(abs(low), 1) / 2, high + max(abs(high), 1) / 2) }
    let step = Self.roundStep((high - low) / Double(steps))
    // A hair's breadth beyond a tick is none.
    let (first, last) = ((low / step + 1e-9).rounded(.down), (high / step - 1e-9).rounded(.up))
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    range = first * step...last * step
    (self.label, isLogarithmic) = (label, false)
  }

  /// Spans the values of a sweep, with a tick at each; logarithmic where they are spread like that.
  init(sweep values: [Double], label: String) {
    let sorted = Set(values).sorted()
    isLogarithmic = Self.isGeometric(sorted)
    ticks = sorted
    range = (sorted.first ?? 0)...(sorted.last ?? 0)
    self.label = label
  }

  /// Spans epochs or steps: the first to the last, with ticks at round ones.
  init(counts values: [Double], label: String, steps: Int) {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let step = max(Self.roundStep((high - low) / Double(max(steps, 1))), 1)
    let multiples = stride(from: (low / step).rounded(.up) * step, through: high, by: step)
    ticks = multiples.contains(low) ? Array(multiples) : [low] + multiples
    range = low...high
    (self.label, isLogarithmic) = (label, false)
  }

  /// Where a value lies, 0 at the beginning of the axis and 1 at its end.
  func place(of value: Double) -> Double {
    let (low, high) = (scaled(range.lowerBound), scaled(range.upperBound))
    return low == high ? 0.5 : (scaled(value) - low) / (high - low)
  }

  private func scaled(_ value: Double) -> Double { isLogarithmic ? log(value) : value }

  /// Whether values are more evenly spread by their logarithms.
  private static func isGeometric(_ values: [Double]) -> Bool {
    guard values.count > 2, let first = values.first, first > 0 else { return false }
    func unevenness(_ values: [Double]) -> Double {
      let gaps = zip(values.dropFirst(), values).map { $0 - $1 }
      return (gaps.max() ?? 1) / (gaps.min() ?? 1)
    }
    return unevenness(values.map { log($0) }) < unevenness(values)
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is no less.
  private static func roundStep(_ least: Double) -> Double {
    guard least > 0, least.isFinite else { return 1 }
    let power = pow(10, log10(least).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least * (1 - 1e-9) } ?? 10 * power
  }

  /// The labels of the ticks, all with as many digits as they need.
  var tickLabels: [String] {
    let texts = ticks.map { $0 == 0 ? "0" : String(format: "%.6g", $0) }
    guard !isLogarithmic, texts.allSatisfy({ !$0.contains("e") }) else { return texts }
    let decimals = texts.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max() ?? 0
    return isEven ? ticks.map { fixed($0 == 0 ? 0 : $0, decimals) } : texts
  }

  /// Whether all ticks are as far apart.
  private var isEven: Bool {
    let gaps = zip(ticks.dropFirst(), ticks).map { $0 - $1 }
    guard let first = gaps.first else { return true }
    return gaps.allSatisfy { abs($0 - first) < 1e-6 * abs(first) }
  }
}
