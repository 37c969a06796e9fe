import Foundation
import Harness

extension Report {
  /// The plots of a report: one for each model and data set, with a line for each normalizer.
  ///
  /// Where one number varies it is horizontal; where none does, training is.
  ///
  /// - Parameters:
  ///   - measure: what is vertical.
  ///   - evaluations: of the rows' runs.
  ///   - marks: of the normalizers.
  /// - Returns: the plots, in the order of the rows.
  /// - Throws: `HarnessError.usage` if more varies than a line can show.
  func plots(of measure: PlotMeasure, _ evaluations: [CurveRecord], _ marks: PlotMarks) throws -> [Plot] {
    let curves = Dictionary(grouping: evaluations, by: \.run)
    return try panels(analysis.rows).map { panel in
      let plot = try self.plot(of: panel, measure, curves, marks)
      guard !plot.lines.isEmpty else {
        throw HarnessError.noInput(
          "\(panel.title) has no \(measure.title) to draw: no run came to it, or curves.csv lacks it.")
      }
      return plot
    }
  }

  private func plot(
    of panel: Panel, _ measure: PlotMeasure, _ curves: [String: [CurveRecord]], _ marks: PlotMarks
  ) throws -> Plot {
    let varying = RunConfiguration.varying(in: panel.rows.map(\.configuration)).filter { !isTuned($0) }
    guard let setting = varying.first else { return try training(panel, measure, curves, marks) }
    guard varying.count == 1 else {
      throw HarnessError.usage(
        "--plot draws lines over one setting, and these runs of \(panel.title) differ in "
          + "\(varying.map(\.name).joined(separator: ", ")); choose values until one is left, as in "
          + varying.dropFirst().map { "--\($0.name) \(panel.rows[0].configuration[$0])" }.joined(separator: " ") + ".")
    }
    return sweep(panel, measure, over: setting, marks)
  }

  /// Rows that belong into one plot.
  private struct Panel {
    let title: String
    let rows: [Analysis.Row]
  }

  /// Nothing of one model, data set or word is drawn with another.
  private func panels(_ rows: [Analysis.Row]) -> [Panel] {
    let words = RunConfiguration.varying(in: rows.map(\.configuration)).filter { setting in
      if case .words = setting.domain { return !isTuned(setting) }
      return false
    }
    let hasNumerics = Set(rows.map(\.numerics)).count > 1
    func key(_ row: Analysis.Row) -> [String] {
      [row.configuration[.model], row.configuration[.data], row.fingerprint, String(row.numerics)]
        + words.map { row.configuration[$0] }
    }
    func title(_ row: Analysis.Row, _ others: [Analysis.Row]) -> String {
      let run = row.configuration
      let isOneOfTwo = others.contains { $0.configuration[.data] == run[.data] && $0.fingerprint != row.fingerprint }
      var parts = ["\(run[.model]) on \(run[.data])\(isOneOfTwo ? " (\(row.fingerprint))" : "")"]
      parts += words.filter { word in others.contains { $0.configuration[word] != run[word] } }.map {
        "\($0.name) \(run[$0])"
      }
      parts += hasNumerics ? ["numerics \(row.numerics)"] : []
      parts += tuning.map { ["\($0.plan.settings.map(\.name).joined(separator: " and ")) tuned"] } ?? []
      return parts.joined(separator: ", ")
    }
    var order: [[String]] = []
    let groups = Dictionary(grouping: rows, by: key)
    for row in rows where !order.contains(key(row)) { order.append(key(row)) }
    return order.compactMap { key in groups[key].map { Panel(title: title($0[0], rows), rows: $0) } }
  }

  /// The mean over the seeds, over training.
  private func training(
    _ panel: Panel, _ measure: PlotMeasure, _ curves: [String: [CurveRecord]], _ marks: PlotMarks
  ) throws -> Plot {
    guard let metric = measure.curve else {
      let have = PlotMeasure.all.filter { $0.curve != nil }.map(\.title).joined(separator: " and ")
      throw HarnessError.usage(
        "\(measure.title) has no curve over training, as \(have) have; with several values of one number, it is drawn over "
          + "these, as in --batch-size 2,8,32.")
    }
    let isByStep = panel.rows.contains { $0.configuration[.evaluateEvery] > 0 }
    let clock: Metric<Observation> = isByStep ? .step : .epoch
    let runs = panel.rows.flatMap(\.runs)
    let times = Set(runs.flatMap { curves[$0.run] ?? [] }.map { $0[clock] }).filter(\.isFinite).sorted()
    let lines = panel.rows.compactMap { row -> Plot.Line? in
      let courses = row.runs.map { run in
        (
          run: run,
          values: Dictionary((curves[run.run] ?? []).map { ($0[clock], $0[metric]) }, uniquingKeysWith: { $1 })
        )
      }
      let points = times.compactMap { time -> (x: Double, y: Double)? in
        // A run that is over because it diverged counts as what it then is; one that is not there yet ends the line.
        let values = courses.map { course in
          course.values[time].flatMap { $0.isFinite ? $0 : nil }
            ?? (course.run.status == .diverged ? measure.ofDiverged(course.run) : .infinity)
        }.filter { !$0.isNaN }
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        return (time, values.reduce(0, +) / Double(values.count))
      }
      guard !points.isEmpty else { return nil }
      return Plot.Line(name: row.configuration[.norm], mark: marks[row.configuration[.norm]], points: points)
    }
    return Plot(
      title: panel.title,
      horizontal: PlotAxis(counts: lines.flatMap { $0.points.map(\.x) }, label: isByStep ? "step" : "epoch", steps: 10),
      vertical: vertical(measure, lines), lines: lines)
  }

  /// The mean over the seeds against a number that was set.
  private func sweep(
    _ panel: Panel, _ measure: PlotMeasure, over setting: AnySetting, _ marks: PlotMarks
  ) -> Plot {
    let values = Set(panel.rows.map { $0.configuration[setting] })
    var order: [String] = []
    for row in panel.rows where !order.contains(row.configuration[.norm]) { order.append(row.configuration[.norm]) }
    let lines = order.compactMap { norm -> Plot.Line? in
      let rows = panel.rows.filter { $0.configuration[.norm] == norm }
      let points = rows.compactMap { row -> (x: Double, y: Double)? in
        guard let x = Double(row.configuration[setting]), measure.mean(row).isFinite else { return nil }
        return (x, measure.mean(row))
      }.sorted { $0.x < $1.x }
      guard !points.isEmpty else { return nil }
      // A normalizer without the setting stands at what does nothing.
      let isLevel = rows.count == 1 && values.count > 1 && rows[0].configuration[setting] == setting.absent
      return Plot.Line(name: norm, mark: marks[norm], points: points, isLevel: isLevel)
    }
    let swept = lines.filter { !$0.isLevel }
    return Plot(
      title: panel.title,
      horizontal: PlotAxis(
        sweep: (swept.isEmpty ? lines : swept).flatMap { $0.points.map(\.x) }, label: "\(setting.name): \(setting.help)"
      ),
      vertical: vertical(measure, lines), lines: lines)
  }

  private func vertical(_ measure: PlotMeasure, _ lines: [Plot.Line]) -> PlotAxis {
    PlotAxis(
      round: lines.flatMap { $0.points.map(\.y) }, label: measure.label, leastSpan: measure.leastSpan,
      limits: measure.limits)
  }
}
