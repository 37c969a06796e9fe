import Harness

/// How a table is written.
enum TableFormat: String, CaseIterable, Sendable {
  case text, markdown, latex, json

  var help: String {
    switch self {
    case .text: "a table for a terminal"
    case .markdown: "print the table for a Markdown file"
    case .latex: "print the table for a paper (needs the package booktabs)"
    case .json: "print everything as JSON, numbers in full"
    }
  }
}

/// Columns of text of one length.
struct Table {
  private(set) var columns: [(title: String, cells: [String])] = []

  mutating func add(_ title: String, _ cells: [String]) {
    columns.append((title, cells))
  }

  /// The number of rows.
  var count: Int { columns.first?.cells.count ?? 0 }

  /// The same rows in another order, or some of them.
  func rows(_ order: [Int]) -> Table {
    Table(columns: columns.map { column in (column.title, order.map { column.cells[$0] }) })
  }

  /// The rows with the largest numbers of a column first, and no more than `top` of them; words by the alphabet, cells
  /// without a number last.
  func order(by title: String?, top: Int?) throws -> [Int] {
    var order = Array(0..<count)
    if let title {
      func name(_ title: String) -> String { String(title.map { $0 == " " || $0 == "_" ? "-" : $0 }) }
      guard let column = columns.first(where: { name($0.title) == name(title) }) else {
        throw HarnessError.usage(unknown("column '\(title)' of --sort", title, columns.map { name($0.title) }))
      }
      let numbers = column.cells.map(Self.number)
      let isWords = isWords(column.cells)
      // Less is better of these.
      let sign: Double = ["train loss", "epochs to 90 %"].contains(column.title) ? -1 : 1
      order.sort { a, b in
        if isWords { return (column.cells[a], a) < (column.cells[b], b) }
        let (first, second) = (numbers[a].map { sign * $0 } ?? -.infinity, numbers[b].map { sign * $0 } ?? -.infinity)
        return first == second ? a < b : first > second
      }
    }
    return Array(order.prefix(top ?? count))
  }

  /// The number that a cell begins with.
  private static func number(_ cell: String) -> Double? {
    let text = cell.replacing("−", with: "-").drop { $0 == "≥" || $0 == " " || $0 == "+" }
    return Double(text.prefix { !$0.isWhitespace })
  }

  private init(columns: [(title: String, cells: [String])]) {
    self.columns = columns
  }

  init() {}

  func text(_ format: TableFormat) -> String {
    switch format {
    case .text, .json: plain
    case .markdown: markdown
    case .latex: latex
    }
  }

  /// Columns of words are aligned to the left, of numbers to the right.
  private func isWords(_ cells: [String]) -> Bool { cells.allSatisfy { $0.first?.isLetter ?? true } }

  private var lines: [[String]] { (0..<count).map { row in columns.map { $0.cells[row] } } }

  private var plain: String {
    let widths = columns.map { column in ([column.title] + column.cells).map(\.count).max() ?? 0 }
    func line(_ cells: [String]) -> String {
      zip(zip(columns, cells), widths).map { pair, width in
        let (column, cell) = pair
        let room = String(repeating: " ", count: width - cell.count)
        return isWords(column.cells) ? cell + room : room + cell
      }.joined(separator: "  ").trimmingSuffix { $0 == " " }
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(columns.map(\.title)), rule] + lines.map(line)).joined(separator: "\n")
  }

  private var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = columns.map { isWords($0.cells) ? ":--" : "--:" }
    return ([line(columns.map(\.title)), line(rule)] + lines.map(line)).joined(separator: "\n")
  }

  private var latex: String {
    func escaped(_ cell: String) -> String { cell.map { Self.commands[$0] ?? String($0) }.joined() }
    func line(_ cells: [String]) -> String { cells.map(escaped).joined(separator: " & ") + " \\\\" }
    let alignment = columns.map { isWords($0.cells) ? "l" : "r" }.joined()
    return
      (["\\begin{tabular}{\(alignment)}", "\\toprule", line(columns.map(\.title)), "\\midrule"] + lines.map(line)
      + ["\\bottomrule", "\\end{tabular}"]).joined(separator: "\n")
  }

  /// What LaTeX would take for something else, or does not know.
  private static let commands: [Character: String] = [
    "\\": "\\textbackslash{}", "_": "\\_", "%": "\\%", "&": "\\&", "#": "\\#", "$": "\\$", "{": "\\{", "}": "\\}",
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "±": "$\\pm$", "≥": "$\\geq$", "−": "$-$", "–": "--",
    "=": "$=$",
  ]
}

extension String {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
    String(prefix(upTo: lastIndex { !isTrimmed($0) }.map(index(after:)) ?? startIndex))
  }
}
