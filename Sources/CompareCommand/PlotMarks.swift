/// A letter for each of some names: the first of its own that no name before it has.
struct PlotMarks {
  private var marks: [String: Character] = [:]
  private var taken: Set<Character> = []

  init(_ names: [String]) {
    for name in names where marks[name] == nil {
      let letters = name.uppercased().filter { $0.isASCII && $0.isLetter } + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      let mark = letters.first { !taken.contains($0) } ?? "?"
      marks[name] = mark
      taken.insert(mark)
    }
  }

  subscript(name: String) -> Character { marks[name] ?? "?" }
}
