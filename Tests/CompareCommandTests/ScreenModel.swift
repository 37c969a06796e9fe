/// As much of a terminal as progress needs: characters, lines, and the few control sequences that move and erase.
struct ScreenModel {
  /// What happens to long lines when the window becomes narrower.
  enum Resizing: CaseIterable { case cuts, wraps }

  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var isColoured = false
  /// Control sequences that are not known; none should come.
  private(set) var unknown: [String] = []
  private(set) var row = 0
  private(set) var column = 0
  /// All lines, of which the last `rows` from `top` are on the screen, and whether each goes on in the next.
  private var lines: [(text: [Character], wraps: Bool)] = [([], false)]
  private var top = 0
  private var sequence = ""

  init(columns: Int, rows: Int = 24) {
    (self.columns, self.rows) = (columns, rows)
  }

  /// The lines that are on the screen or were, without empty ones at the end.
  var text: [String] {
    var texts = lines.map { trimmed(String($0.text)) }
    while texts.last == "" { texts.removeLast() }
    return texts
  }

  /// How many lines have left the screen at its top.
  var scrolled: Int { top }

  mutating func feed(_ text: String) {
    for scalar in text.unicodeScalars { feed(Character(scalar)) }
  }

  mutating func resize(columns: Int, rows: Int, _ resizing: Resizing) {
    (self.columns, self.rows) = (columns, rows)
    switch resizing {
    case .cuts:
      lines = lines.map { (Array($0.text.prefix(columns)), false) }
      column = min(column, columns - 1)
    case .wraps:
      var wrapped: [(text: [Character], wraps: Bool)] = []
      var cursor = (row: 0, column: 0)
      var line: [Character] = []
      var cursorInLine: Int?
      for (index, part) in lines.enumerated() {
        if index == row { cursorInLine = line.count + column }
        line += part.text
        guard !part.wraps else { continue }
        if let offset = cursorInLine { cursor = (wrapped.count + offset / columns, offset % columns) }
        cursorInLine = nil
        let pieces = max(1, (line.count + columns - 1) / columns)
        for piece in 0..<pieces {
          wrapped.append((Array(line.dropFirst(piece * columns).prefix(columns)), piece < pieces - 1))
        }
        line = []
      }
      lines = wrapped
      (row, column) = cursor
    }
    top = max(0, min(row, lines.count - rows))
  }

  private mutating func feed(_ character: Character) {
    if !sequence.isEmpty {
      sequence.append(character)
      if sequence.count > 2 && character.isLetter { endSequence() }
      return
    }
    switch character {
    case "\u{1B}": sequence = "\u{1B}"
    case "\r": column = 0
    case "\n": lineFeed()
    case "\r\n":
      column = 0
      lineFeed()
    default:
      if column == columns {
        lines[row].wraps = true
        column = 0
        lineFeed()
      }
      while lines[row].text.count <= column { lines[row].text.append(" ") }
      lines[row].text[column] = character
      column += 1
    }
  }

  /// A terminal's driver adds a carriage return to each line feed.
  private mutating func lineFeed() {
    column = 0
    row += 1
    if row == lines.count { lines.append(([], false)) }
    top = max(top, row - rows + 1)
  }

  private mutating func endSequence() {
    let body = sequence.dropFirst(2)
    switch sequence.last {
    case "A": row = max(top, row - (Int(body.dropLast()) ?? 1))
    case "K": erase()
    case "J":
      erase()
      lines.removeLast(lines.count - row - 1)
    case "m": isColoured = body != "0m"
    default: unknown.append(sequence)
    }
    sequence = ""
  }

  private mutating func erase() {
    lines[row].text = Array(lines[row].text.prefix(min(column, columns - 1)))
    lines[row].wraps = false
  }

  private func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }
}
