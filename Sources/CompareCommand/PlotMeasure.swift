import Harness

/// What a plot shows of rows: a column of the table, and the same over training where the curves have it.
struct PlotMeasure: Sendable {
  /// That of the table's column.
  let title: String
  let unit: String
  /// The column of the curves; `nil` where there is none.
  var curve: Metric<Observation>?
  /// An axis is no shorter.
  var leastSpan = 0.0
  var limits: ClosedRange<Double>?
  /// What counts in the place of a number that a diverged run does not have; NaN for none.
  var ofDiverged: @Sendable (RunRecord) -> Double = { _ in .nan }
  let mean: @Sendable (Analysis.Row) -> Double

  var label: String { unit.isEmpty ? title : "\(title) (\(unit))" }

  static let all = [
    PlotMeasure(
      title: "test accuracy", unit: "share of the test images", curve: .testAccuracy, leastSpan: 0.1, limits: 0...1,
      ofDiverged: { $0[.guessAccuracy] }, mean: { $0.testAccuracy.mean }),
    PlotMeasure(title: "train loss", unit: "nats", curve: .trainLoss, mean: { $0.trainLoss.mean }),
    PlotMeasure(title: "epochs to 90 %", unit: "all, where it never was", mean: { $0.epochsToNinety.mean }),
    PlotMeasure(title: "samples/s", unit: "", mean: { $0.samplesPerSecond.mean }),
  ]

  /// The one of a column of the table, as `--sort` names it; test accuracy if it names none.
  static func named(_ name: String?) throws -> PlotMeasure {
    guard let name else { return all[0] }
    func word(_ title: String) -> String { String(title.map { $0 == " " || $0 == "_" ? "-" : $0 }) }
    guard let measure = all.first(where: { word($0.title) == word(name) }) else {
      throw HarnessError.usage(unknown("column '\(name)' of --sort with --plot", name, all.map { word($0.title) }))
    }
    return measure
  }
}
