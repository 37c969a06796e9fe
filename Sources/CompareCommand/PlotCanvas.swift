/// The characters of a plot, between its axes.
///
/// Places are from 0 to 1 along both axes.
struct PlotCanvas {
  let columns, rows: Int
  private var cells: [[Character]]
  /// Where marks stand, which nothing is written over.
  private var marked: [[Bool]]

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    marked = Array(repeating: Array(repeating: false, count: columns), count: rows)
  }

  /// A row, the lowest first.
  func row(_ row: Int) -> String { String(cells[row]) }

  func column(_ place: Double) -> Int { min(max(Int((1 + place * Double(columns - 3)).rounded()), 0), columns - 1) }

  private func height(_ place: Double) -> Double { min(max(place, 0), 1) * Double(rows - 1) }

  /// Connects places with dots.
  mutating func draw(_ places: [(x: Double, y: Double)]) {
    for (from, to) in zip(places, places.dropFirst()) {
      let (first, last) = (column(from.x), column(to.x))
      var before = height(from.y)
      for column in first...max(first, last) {
        let share = last == first ? 1 : Double(column - first) / Double(last - first)
        let now = height(from.y + (to.y - from.y) * share)
        dot(column, now)
        fill(column, from: before, to: now)
        before = now
      }
    }
  }

  /// One dot, at the third of its row that is nearest.
  private mutating func dot(_ column: Int, _ height: Double) {
    let row = Int(height.rounded())
    let rest = height - Double(row)
    let dot: Character = rest < -1.0 / 6 ? "." : rest > 1.0 / 6 ? "˙" : "·"
    cells[row][column] = cells[row][column] == " " || cells[row][column] == dot ? dot : ":"
  }

  /// Closes the gap in a column that a steep line leaves.
  private mutating func fill(_ column: Int, from: Double, to: Double) {
    let (low, high) = (Int(min(from, to).rounded()), Int(max(from, to).rounded()))
    guard high - low > 1 else { return }
    for row in low + 1..<high { cells[row][column] = ":" }
  }

  /// Puts a mark at places: at all of them if there is room, otherwise at some, where other lines have none.
  ///
  /// A mark whose cell is taken stands beside it.
  mutating func mark(_ places: [(x: Double, y: Double)], with mark: Character, turn: Int, of turns: Int) {
    let room = max(columns / max(Self.leastDistance, turns + 3), 1)
    let every = (places.count + room - 1) / room
    for (index, place) in places.enumerated() {
      let isLast = index == places.count - 1
      guard every <= 1 || isLast || (index + 1 + turn * every / max(turns, 1)) % every == 0 else { continue }
      let (row, column) = (Int(height(place.y).rounded()), column(place.x))
      let free = Self.detours.map { column + $0 }.first { (0..<columns).contains($0) && !marked[row][$0] }
      guard let free else { continue }
      cells[row][free] = mark
      marked[row][free] = true
    }
  }

  /// Columns from one mark of a line to its next.
  private static let leastDistance = 6
  private static let detours = [0, 1, -1, 2, -2, 3, -3, 4, -4]
}
