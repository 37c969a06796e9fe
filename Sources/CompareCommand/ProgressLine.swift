/// One line about a run in flight, as much of it as there is room for.
///
/// Where it is narrow, what tells least goes first: samples per second, the loss, part of the bar, the epoch, the
/// rest of the bar, the end of the title, the words of the figures, the title, the time left. The accuracy stays.
struct ProgressLine: Equatable, Sendable {
  /// A figure, with its words and without.
  struct Field: Equatable, Sendable {
    enum Kind: Sendable { case note, epoch, loss, accuracy, speed, timeLeft }

    let kind: Kind
    let text: String
    let brief: String

    init(_ kind: Kind, _ text: String, brief: String? = nil) {
      self.kind = kind
      self.text = text
      self.brief = brief ?? text
    }
  }

  /// What the run is, the most telling part first.
  var title: [String]
  /// The room of the title, so that lines below one another agree.
  var titleWidth = 0
  /// The part of the run that is done, 0...1.
  var fraction = 0.0
  /// In the order in which they are shown.
  var fields: [Field] = []

  /// The characters of the title.
  var titleCount: Int { title.joined(separator: " ").count }

  private static let shortestBar = 6
  private static let longestBar = 20

  /// The line without colour, of at most `width` characters.
  func text(width: Int) -> String {
    rendered(width: width, done: { $0 })
  }

  /// The same characters, with the part of the bar that is done in cyan.
  func styled(width: Int) -> String {
    rendered(width: width, done: { $0.isEmpty ? "" : "\u{1B}[36m\($0)\u{1B}[0m" })
  }

  /// What is shown, before it is coloured.
  private struct Layout {
    var title: String
    var bar = 0
    var fields: [String]
  }

  private func rendered(width: Int, done style: (String) -> String) -> String {
    let layout = layout(width: width)
    let done = Int(min(1, max(0, fraction)) * Double(layout.bar))
    let bar = style(String(repeating: "█", count: done)) + String(repeating: "░", count: layout.bar - done)
    return ([layout.title, bar] + layout.fields).filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func layout(width: Int) -> Layout {
    let whole = title.joined(separator: " ")
    let padded = whole + String(repeating: " ", count: max(0, titleWidth - titleCount))
    let bar = Self.shortestBar...Self.longestBar
    return fit(padded, bar: bar.upperBound...bar.upperBound, without: [], in: width)
      ?? fit(padded, bar: bar.upperBound...bar.upperBound, without: [.speed], in: width)
      ?? fit(padded, bar: bar, without: [.speed, .loss], in: width)
      ?? fit(padded, bar: bar, without: [.speed, .loss, .epoch], in: width)
      ?? fit(padded, bar: 0...0, without: [.speed, .loss, .epoch], in: width)
      ?? narrow(width: width)
  }

  /// Everything but the fields of `dropped` kinds, with the longest bar that there is room for.
  private func fit(
    _ title: String, bar: ClosedRange<Int>, without dropped: Set<Field.Kind>, in width: Int
  ) -> Layout? {
    let fields = fields.filter { !dropped.contains($0.kind) }.map(\.text)
    let room = width - title.count - Self.length(fields)
    guard bar.upperBound > 0 else { return room < 0 ? nil : Layout(title: title, fields: fields) }
    guard room - 2 >= bar.lowerBound else { return nil }
    return Layout(title: title, bar: min(room - 2, bar.upperBound), fields: fields)
  }

  /// The beginning of the title, and of the figures those that go last.
  private func narrow(width: Int) -> Layout {
    let last = fields.filter { [.note, .accuracy, .timeLeft].contains($0.kind) }
    for texts in [last.map(\.text), last.map(\.brief)] {
      if let title = shortened(to: width - Self.length(texts)) { return Layout(title: title, fields: texts) }
    }
    let briefs = last.map(\.brief)
    let both = briefs.joined(separator: "  ")
    let most = both.count <= width ? both : briefs.first ?? title.joined(separator: " ")
    return Layout(title: Self.cut(most, to: width), fields: [])
  }

  /// As many parts of the title as there is room for, `nil` if that is none.
  private func shortened(to room: Int) -> String? {
    for count in stride(from: title.count, to: 0, by: -1) {
      let text = title.prefix(count).joined(separator: " ") + (count < title.count ? "…" : "")
      if text.count <= room { return text }
    }
    return nil
  }

  /// The beginning of `text`, with an ellipsis if there is more.
  static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : width < 1 ? "" : text.prefix(width - 1) + "…"
  }

  /// The room that fields take behind something else.
  private static func length(_ fields: [String]) -> Int {
    fields.reduce(0) { $0 + 2 + $1.count }
  }
}
