import Foundation

/// Lines over two axes, drawn with characters.
///
/// A line is dots, at three heights to a row, with its mark where it was measured. No colour is needed to tell lines apart.
struct Plot {
  /// One line, in the order of its points.
  struct Line {
    let name: String
    let mark: Character
    let points: [(x: Double, y: Double)]
    /// Whether it does not depend on what is horizontal: its one value holds all along.
    var isLevel = false
  }

  let title: String
  let horizontal, vertical: PlotAxis
  /// At least one, each with at least one point.
  let lines: [Line]

  /// The plot in lines of at most `width` characters, unless words are longer.
  func text(width: Int) -> String {
    let labels = vertical.tickLabels
    let margin = (labels.map(\.count).max() ?? 0) + 2
    let legendWidth = (lines.map(\.name.count).max() ?? 0) + 4
    let isLegendBeside = width - margin - legendWidth >= Self.leastColumns
    let columns = max(width - margin - (isLegendBeside ? legendWidth : 0), Self.leastColumns / 2)
    let perTick = rowsPerTick(columns)
    var canvas = PlotCanvas(columns: columns, rows: (vertical.ticks.count - 1) * perTick + 1)
    for line in lines { canvas.draw(places(of: line)) }
    for (index, line) in lines.enumerated() {
      canvas.mark(places(of: line), with: line.mark, turn: index, of: lines.count)
    }
    let legend = isLegendBeside ? legendRows(canvas.rows) : [:]
    let body = (0..<canvas.rows).reversed().map { row -> String in
      let label = row % perTick == 0 ? labels[row / perTick] : ""
      let axis = padded(label, margin - 2) + (label.isEmpty ? " │" : " ┤")
      return trimmed(axis + canvas.row(row) + (legend[row].map { "  \($0.mark) \($0.name)" } ?? ""))
    }
    let below =
      isLegendBeside ? [] : wrapped(lines.map { "\($0.mark)\u{a0}\($0.name)" }.joined(separator: "   "), width: width)
    return
      (wrapped(title, width: width) + wrapped(vertical.label, width: width) + body + axisRows(canvas, margin, width)
      + below)
      .joined(separator: "\n").replacing("\u{a0}", with: " ")
  }

  /// The columns of the terminal, 80 where there is none; 40 are needed, and over 100 are hard to take in.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return min(max(Int(size.ws_col), 40), 100)
  }

  /// Fewer columns are too few for lines with a legend beside them.
  private static let leastColumns = 22

  /// The height follows the width, and every line has a row of the legend.
  private func rowsPerTick(_ columns: Int) -> Int {
    let steps = max(vertical.ticks.count - 1, 1)
    let wanted = max(min(columns / 4, 16), 9, lines.count)
    return max((wanted - 1 + steps / 2) / steps, (lines.count - 1 + steps - 1) / steps, 1)
  }

  private func places(of line: Line) -> [(x: Double, y: Double)] {
    let places = line.points.map { (x: horizontal.place(of: $0.x), y: vertical.place(of: $0.y)) }
    guard line.isLevel, let place = places.first else { return places }
    return horizontal.ticks.map { (x: horizontal.place(of: $0), y: place.y) }
  }

  /// The rows in which the legend names the lines: as near to their ends as can be, in the order of their ends.
  private func legendRows(_ rows: Int) -> [Int: Line] {
    let ends = lines.map { line in places(of: line).last?.y ?? 0 }
    let order = lines.indices.sorted { (ends[$1], $0) < (ends[$0], $1) }
    var taken: [Int] = []
    for (count, index) in order.enumerated() {
      let wanted = Int((ends[index] * Double(rows - 1)).rounded())
      taken.append(min(wanted, (taken.last ?? rows) - 1, rows - 1 - count))
    }
    // What was pushed below the last row pushes the others up.
    for place in taken.indices.reversed() { taken[place] = max(taken[place], taken.count - 1 - place) }
    return Dictionary(uniqueKeysWithValues: zip(taken, order.map { lines[$0] }))
  }

  /// The horizontal axis: a rule with ticks, their labels where there is room, and what it is.
  private func axisRows(_ canvas: PlotCanvas, _ margin: Int, _ width: Int) -> [String] {
    var rule = Array(repeating: Character("─"), count: canvas.columns)
    var labels = Array(repeating: Character(" "), count: margin + canvas.columns + 6)
    var freeFrom = 0
    let all = Array(zip(horizontal.ticks, horizontal.tickLabels))
    // The last is what the axis comes to: it is labelled before those that would be in its way.
    let last = all.last.map { spot(of: $0.0, $0.1, canvas, margin, width) }
    for (index, (tick, text)) in all.enumerated() {
      rule[canvas.column(horizontal.place(of: tick))] = "┬"
      let (start, end) = spot(of: tick, text, canvas, margin, width)
      guard start >= freeFrom, index == all.count - 1 || end + 2 <= last?.start ?? .max else { continue }
      for (offset, character) in text.enumerated() { labels[start + offset] = character }
      freeFrom = end + 2
    }
    let label = horizontal.label + (horizontal.isLogarithmic ? " (logarithmic axis)" : "")
    let lines = wrapped(label, width: max(width - margin, 20))
    let centred = lines.map { String(repeating: " ", count: margin + max(canvas.columns - $0.count, 0) / 2) + $0 }
    return [String(repeating: " ", count: margin - 1) + "└" + String(rule), trimmed(String(labels))] + centred
  }

  /// From where to where the label of a tick stands.
  private func spot(
    of tick: Double, _ text: String, _ canvas: PlotCanvas, _ margin: Int, _ width: Int
  ) -> (start: Int, end: Int) {
    let middle = margin + canvas.column(horizontal.place(of: tick))
    let start = min(max(middle - (text.count - 1) / 2, 0), max(width, margin + canvas.columns) - text.count)
    return (start, start + text.count)
  }
}

/// Text with spaces before it.
private func padded(_ text: String, _ count: Int) -> String {
  String(repeating: " ", count: max(count - text.count, 0)) + text
}

/// Text without spaces behind it.
private func trimmed(_ text: String) -> String {
  String(text.prefix(upTo: text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex))
}
