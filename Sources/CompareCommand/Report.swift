import Foundation
import Harness

/// What is printed of an analysis: a table, and the sentences that say what it means.
struct Report {
  let analysis: Analysis
  /// How each row was tuned, if it was.
  let tuning: (plan: Tuning, results: [TuningResult])?
  /// Whether runs of the grid are missing: what there are no differences for may be among them.
  var isPart = false

  private var rows: [Analysis.Row] { analysis.rows }

  private func result(of row: Analysis.Row) -> TuningResult? {
    tuning?.results.first { $0.configuration == row.configuration }
  }

  // MARK: - Tables

  /// What varies between the rows, then what they came to.
  var table: Table {
    var table = Table()
    func add(_ title: String, _ cell: (Analysis.Row) -> String) { table.add(title, rows.map(cell)) }
    add("norm") { $0.configuration[.norm] }
    add("model") { $0.configuration[.model] }
    for setting in analysis.varying { add(setting.name) { $0.configuration[setting] } }
    if Set(rows.map(\.numerics)).count > 1 { add("numerics") { String($0.numerics) } }
    if Dictionary(grouping: rows, by: { $0.configuration[.data] }).values.contains(where: {
      Set($0.map(\.fingerprint)).subtracting(["unknown"]).count > 1
    }) {
      add("fingerprint") { $0.fingerprint }
    }
    add("test accuracy") { plusMinus($0.testAccuracy, 4) }
    if rows.contains(where: { $0.difference != nil }) {
      add("difference") { row in
        row.difference.map { "\(signed($0.mean)) ± \(fixed($0.halfWidth, 4))" } ?? (row.isBaseline ? "baseline" : "–")
      }
      add("best") { row in row.isToldFromBest.map { $0 ? "" : "=" } ?? "–" }
    }
    if let tuning {
      for (index, setting) in tuning.plan.settings.enumerated() {
        add(setting.name) { row in
          let values = result(of: row)?.values[index] ?? []
          guard let median = TuningResult.median(values), let low = values.min(), let high = values.max() else {
            return "–"
          }
          return "\(short(median)) (\(short(low))–\(short(high)))"
        }
      }
      add("range that trains") { row in
        result(of: row).map { String(format: "%.0f %%", 100 * $0.trainedShare) } ?? "–"
      }
    }
    add("train loss") { loss($0.trainLoss.mean) }
    add("epochs to 90 %") { row in
      let epochs = fixed(row.epochsToNinety.mean, 1)
      return row.reached == row.runs.count || row.epochsToNinety.mean.isNaN
        ? epochs : "≥ \(epochs) (\(row.reached) of \(row.runs.count))"
    }
    add("samples/s") { fixed($0.samplesPerSecond.mean, 0) }
    if rows.contains(where: { $0.runs.count > 1 }) { add("runs") { String($0.runs.count) } }
    for status in [RunStatus.diverged, .collapsed] where rows.contains(where: { $0.count(status) > 0 }) {
      add(status.rawValue) { String($0.count(status)) }
    }
    return table
  }

  /// What a smaller budget of tuning would have given.
  var budgets: Table? {
    guard let tuning, let first = tuning.results.first, first.smallerBudgets.count > 1 else { return nil }
    var table = Table()
    func add(_ title: String, _ cell: (Analysis.Row) -> String) { table.add(title, rows.map(cell)) }
    add("norm") { $0.configuration[.norm] }
    add("model") { $0.configuration[.model] }
    for setting in analysis.varying { add(setting.name) { $0.configuration[setting] } }
    for (index, smaller) in first.smallerBudgets.enumerated() {
      add("best of \(smaller.budget)") { row in
        result(of: row).map { fixed($0.smallerBudgets[index].accuracy.mean, 4) } ?? "–"
      }
    }
    return table
  }

  /// The mean test accuracy by two settings.
  ///
  /// - Throws: `HarnessError.usage` if rows of one cell differ in a third, or if a setting is what was tuned.
  func pivot(_ vertical: AnySetting, _ horizontal: AnySetting) throws -> Table {
    for setting in [vertical, horizontal]
    where tuning?.plan.settings.contains(where: { $0.name == setting.name }) ?? false {
      throw HarnessError.usage("--pivot cannot show \(setting.name), which --tune chose for each seed.")
    }
    func values(_ setting: AnySetting) -> [String] {
      Set(rows.map { $0.configuration[setting] }).sorted { a, b in
        if let a = Double(a), let b = Double(b) { return a < b }
        return a < b
      }
    }
    let cells = Dictionary(grouping: rows) { [$0.configuration[vertical], $0.configuration[horizontal]] }
    // The first in the order of the rows, so that the same is said every time.
    for row in rows {
      let mixed = cells[[row.configuration[vertical], row.configuration[horizontal]]] ?? []
      guard mixed.count > 1 else { continue }
      let others = AnySetting.all.filter { setting in Set(mixed.map { $0.configuration[setting] }).count > 1 }
      let what = "--pivot \(vertical.name),\(horizontal.name) would average runs that also differ in "
      guard let other = others.first else {
        throw HarnessError.usage(
          what + "data (fingerprint) or numerics (of another version). Move some to a folder of their own.")
      }
      throw HarnessError.usage(
        what
          + "\(others.map(\.name).joined(separator: ", ")); choose one value, as in --\(other.name) \(row.configuration[other])."
      )
    }
    var table = Table()
    table.add(vertical.name, values(vertical))
    for value in values(horizontal) {
      table.add("\(horizontal.name) \(value)", values(vertical).map { cells[[$0, value]].map { cell($0[0]) } ?? "–" })
    }
    return table
  }

  /// A row in one cell: its accuracy, and how many of its runs came to nothing.
  private func cell(_ row: Analysis.Row) -> String {
    let failures = [RunStatus.diverged, .collapsed].compactMap { status in
      row.count(status) > 0 ? "\(row.count(status)) \(status.rawValue)" : nil
    }
    return plusMinus(row.testAccuracy, 4) + (failures.isEmpty ? "" : " (\(failures.joined(separator: ", ")))")
  }

  // MARK: - Sentences

  /// What the numbers mean, and what they leave out.
  var notes: [String] {
    intervals + missingDifferences + rates + outcomes + censored + choices + atEnd
  }

  /// The same for a pivot.
  var pivotNotes: [String] { spread + outcomes }

  /// The same for plots.
  var plotNotes: [String] {
    let counts = rows.map(\.runs.count)
    let (fewest, most) = (counts.min() ?? 1, counts.max() ?? 1)
    let seeds = fewest == most ? "\(most)" : "\(fewest) to \(most)"
    let means = most == 1 ? "One seed: what another would give is not known." : "Means over \(seeds) seeds."
    return ["\(means) What can be told apart is in the table, without --plot."] + outcomes
  }

  /// Sentences under a table: wrapped for a terminal, a list in Markdown, comments in LaTeX, which are no part of the paper.
  static func text(_ notes: [String], _ format: TableFormat, width: Int = Report.width) -> String {
    let lines = notes.flatMap { note in
      switch format {
      case .text, .json: wrapped(note, width: width)
      case .markdown: ["- " + note]
      case .latex: wrapped(note, width: width - 2).map { "% " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The columns of the terminal; 100 where there is none, or a wider one: longer lines are hard to read.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return min(Int(size.ws_col), 100)
  }

  private var spread: [String] {
    guard rows.contains(where: { !$0.testAccuracy.halfWidth.isNaN }) else { return [] }
    return ["± behind the test accuracy: 95 %, over seeds alone; rows cannot be compared by it."]
  }

  private var intervals: [String] {
    let differences = rows.compactMap(\.difference)
    guard !differences.isEmpty else { return spread }
    let counted = tuning == nil ? "seeds and test images" : "seeds, tuning and test images"
    let level =
      differences.count == 1
      ? "a 95 % interval that counts" : "intervals that hold for all \(differences.count) at 95 % and count"
    return spread + [
      "difference: from the baseline of the same settings, paired over seeds, with \(level) \(counted), not other data, models or settings.",
      "best: = cannot be told from the most accurate of its model and data, whatever their settings, over all pairs of them.",
      limits(differences),
    ]
  }

  /// What more seeds could show, and what only more test images could.
  private func limits(_ differences: [PairedDifference]) -> String {
    func span(_ counts: [Int]) -> String {
      let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
      return fewest == most ? "\(most)" : "\(fewest) to \(most)"
    }
    let given = "With \(span(differences.map(\.seeds))) seeds and \(span(differences.map(\.images))) test images, "
    let floor = fixed(differences.map(\.seedFloor).max() ?? 0, 4)
    guard floor != fixed(0, 4) else { return given + "only the number of seeds limits what differences can be shown." }
    return given + "more seeds could show differences down to \(floor), smaller ones only more test images."
  }

  private var missingDifferences: [String] {
    guard rows.count > 1 else { return [] }
    let isShown = rows.contains { $0.difference != nil }
    let alone = Dictionary(grouping: rows) { [$0.configuration[.model], $0.configuration[.data], String($0.numerics)] }
    if isShown {
      guard rows.contains(where: { $0.difference == nil && !$0.isBaseline }) else { return [] }
      return ["difference –: no baseline with three seeds in common and the same settings, data and numerics."]
    }
    if (rows.map(\.runs.count).max() ?? 0) < 3 {
      return isPart
        ? [] : ["Differences and ranks need three seeds or more: --seeds 5. These rows are in the order of the runs."]
    }
    if alone.values.allSatisfy({ $0.count == 1 }) {
      return ["No differences: the rows are of different models, data or numerics, which are not compared."]
    }
    return [
      "No differences: no row has three seeds in common with a baseline of the same settings, data and numerics, whose outcomes "
        + "are recorded."
    ]
  }

  private var rates: [String] {
    guard tuning == nil, Set(rows.map { $0.configuration[.norm] }).count > 1,
      !analysis.varying.contains(where: { $0.name == "learning-rate" })
    else { return [] }
    return ["All normalizers ran at one learning rate, which may suit some and not others: --tune learning-rate."]
  }

  /// What became of runs that are no ordinary ones.
  private var outcomes: [String] {
    var notes: [String] = []
    if rows.contains(where: { $0.count(.diverged) > 0 }) {
      notes.append("Runs that diverged count as guessing; the train loss is that of the others.")
    }
    if rows.contains(where: { $0.count(.collapsed) > 0 }) {
      notes.append("Runs that collapsed ended no better than guessing, at 99 %.")
    }
    return notes
  }

  private var censored: [String] {
    guard rows.contains(where: { $0.reached < $0.runs.count && !$0.epochsToNinety.mean.isNaN }) else { return [] }
    return ["epochs to 90 % ≥: runs that never came to it count with all of their epochs, so it takes more."]
  }

  private var choices: [String] {
    guard let tuning else { return [] }
    let names = tuning.plan.settings.map(\.name).joined(separator: ", ")
    return [
      "\(names): the median of what was chosen for each seed, and between which values; range that trains: the share of the "
        + "trials that did better than guessing.",
      "Each seed chose on training images that it held out, and learned from the others alone.",
    ]
      + (budgets == nil
        ? []
        : ["best of k: the test accuracy if only the first k points had been tried, chosen on the images held out."])
      + (tuning.results.contains { $0.trainedShare == 0 }
        ? ["Warning: where 0 % trains, nothing was tuned: look elsewhere, as in --tune \(names)=LOW..HIGH."] : [])
  }

  private var atEnd: [String] {
    var found: [String: (setting: AnySetting, isUpper: Bool, names: [String])] = [:]
    let models = Set(rows.map { $0.configuration[.model] })
    for result in tuning?.results ?? [] {
      let run = result.configuration
      let name =
        ([run[.norm]] + (models.count > 1 ? [run[.model]] : []) + analysis.varying.map { "\($0.name) \(run[$0])" })
        .joined(separator: " ")
      for (setting, isUpper) in result.atEnd {
        found["\(setting.name) \(isUpper)", default: (setting, isUpper, [])].names.append(name)
      }
    }
    return found.sorted { $0.key < $1.key }.map { _, choice in
      "Warning: the choice of \(choice.setting.name) lies at the \(choice.isUpper ? "upper" : "lower") end of its range for "
        + "\(choice.names.joined(separator: ", ")); widen it for all, as in --tune \(widened(choice.setting, choice.isUpper))."
    }
  }

  /// The option that looks ten times further, for all alike; without numbers if the ranges of models differ.
  private func widened(_ setting: AnySetting, _ isUpper: Bool) -> String {
    let index = tuning?.plan.settings.firstIndex { $0.name == setting.name } ?? 0
    let ranges = Set(tuning?.results.map { $0.ranges[index] } ?? [])
    guard ranges.count == 1, let range = ranges.first else { return "\(setting.name)=LOW..HIGH" }
    let (low, high) = (range.lowerBound / (isUpper ? 1 : 10), range.upperBound * (isUpper ? 10 : 1))
    guard setting.canonical(low.description) != nil, setting.canonical(high.description) != nil else {
      return "\(setting.name)=LOW..HIGH"
    }
    return "\(setting.name)=\(short(low))..\(short(high))"
  }
}

func plusMinus(_ estimate: Estimate, _ digits: Int) -> String {
  estimate.halfWidth.isNaN
    ? fixed(estimate.mean, digits) : "\(fixed(estimate.mean, digits)) ± \(fixed(estimate.halfWidth, digits))"
}

func signed(_ value: Double) -> String {
  let digits = fixed(abs(value), 4)
  return (digits == fixed(0, 4) ? "" : value < 0 ? "−" : "+") + digits
}

/// A loss to four decimals; one that went through the roof to one digit.
func loss(_ value: Double) -> String {
  abs(value) < 1000 || value.isNaN ? fixed(value, 4) : String(format: "%.0e", value)
}

/// Three digits.
private func short(_ value: Double) -> String { String(format: "%.3g", value) }
