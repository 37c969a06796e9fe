import Harness

/// The table of a comparison: what varies between the rows, then what they came to.
struct Table {
  private var columns: [(title: String, cells: [String])] = []

  init(_ summaries: [Summary]) {
    func add(_ title: String, _ cell: (Summary) -> String) {
      columns.append((title, summaries.map(cell)))
    }
    /// A column of the configuration is shown where rows of one model and normalizer differ in it.
    func addVarying(_ title: String, _ cell: (RunConfiguration) -> String) {
      let kinds = Dictionary(grouping: summaries.map(\.configuration)) { [$0.model.rawValue, $0.norm] }
      if kinds.values.contains(where: { Set($0.map(cell)).count > 1 }) { add(title) { cell($0.configuration) } }
    }
    add("norm") { $0.configuration.norm }
    add("model") { $0.configuration.model.rawValue }
    addVarying("data") { $0.data }
    addVarying("epochs") { String($0.epochs) }
    addVarying("batch") { String($0.batchSize) }
    addVarying("rate") { String($0.learningRate) }
    addVarying("optimizer") { $0.optimizer.rawValue }
    addVarying("groups") { String($0.groups) }
    addVarying("activation") { $0.activation.rawValue }
    addVarying("placement") { $0.placement.rawValue }
    addVarying("init scale") { String($0.initialScale) }
    addVarying("width") { String($0.width) }
    addVarying("depth") { String($0.depth) }
    addVarying("clip") { $0.clip.map { String($0) } ?? "none" }
    add("test accuracy") { plusMinus($0.testAccuracy, 4) }
    add("train loss") { fixed($0.trainLoss.mean, 4) }
    add("epochs to 90 %") { summary in
      let epochs = fixed(summary.epochsToNinety.mean, 1)
      return summary.reached == summary.runs || summary.reached == 0
        ? epochs : "\(epochs) (\(summary.reached) of \(summary.runs))"
    }
    add("samples/s") { fixed($0.samplesPerSecond.mean, 0) }
    if summaries.contains(where: { $0.runs > 1 }) { add("runs") { String($0.runs) } }
    if summaries.contains(where: { $0.diverged > 0 }) { add("diverged") { String($0.diverged) } }
  }

  /// Columns of words are aligned to the left, of numbers to the right.
  var text: String {
    let widths = columns.map { column in ([column.title] + column.cells).map(\.count).max() ?? 0 }
    func line(_ cells: [String]) -> String {
      zip(zip(columns, cells), widths).map { pair, width in
        let (column, cell) = pair
        let room = String(repeating: " ", count: width - cell.count)
        return column.cells.allSatisfy { $0.first?.isLetter ?? true } ? cell + room : room + cell
      }.joined(separator: "  ")
    }
    let rows = (columns.first?.cells ?? []).indices.map { row in line(columns.map { $0.cells[row] }) }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(columns.map(\.title)), rule] + rows).joined(separator: "\n")
  }
}

private func plusMinus(_ estimate: Estimate, _ digits: Int) -> String {
  estimate.halfWidth.isNaN
    ? fixed(estimate.mean, digits) : "\(fixed(estimate.mean, digits)) ± \(fixed(estimate.halfWidth, digits))"
}
