/// A time as people and Slurm write it: `90`, `90s`, `15m`, `1h30m`, `1.5d`, `30:00`, `2:30:00`, `1-12`, `1-12:00:00`.
enum TimeText {
  static let form = "a time, as 90s, 30m, 1h30m or 2d, or as Slurm writes it, 2:30:00 or 1-12:00:00"

  /// The most seconds that can be asked for, some thirty years.
  private static let largest = 1e9

  /// The seconds of a text; `nil` if it is none of a time that can be waited for.
  static func seconds(_ text: String) -> Double? {
    let seconds = ofNumber(text) ?? ofUnits(text) ?? ofClock(text)
    return seconds.flatMap { $0 > 0 && $0 <= largest ? $0 : nil }
  }

  /// Digits with a point among them at most: no sign, no power, no `nan`.
  private static func ofNumber(_ text: some StringProtocol) -> Double? {
    text.allSatisfy { "0123456789.".contains($0) } ? Double(text) : nil
  }

  /// Numbers with units, each once, the longest first.
  private static func ofUnits(_ text: String) -> Double? {
    var units: ArraySlice<(name: Character, seconds: Double)> = [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)]
    var (sum, rest) = (0.0, text[...])
    while let end = rest.firstIndex(where: { $0.isLetter }) {
      guard let place = units.firstIndex(where: { $0.name == rest[end] }), let number = ofNumber(rest[..<end]) else {
        return nil
      }
      sum += number * units[place].seconds
      units = units[(place + 1)...]
      rest = rest[rest.index(after: end)...]
    }
    return rest.isEmpty && !text.isEmpty ? sum : nil
  }

  /// `minutes:seconds`, `hours:minutes:seconds`, and behind the days `hours`, `hours:minutes` or all three.
  private static func ofClock(_ text: String) -> Double? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard let clock = halves.last, halves.count <= 2 else { return nil }
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).compactMap { part in
      part.allSatisfy { "0123456789".contains($0) } ? Int(part) : nil
    }
    guard parts.count == clock.count(where: { $0 == ":" }) + 1, parts.dropFirst().allSatisfy({ $0 < 60 }) else {
      return nil
    }
    let scales: [Double]
    switch (halves.count, parts.count) {
    case (1, 2): scales = [60, 1]
    case (1, 3), (2, 1...3): scales = [3600, 60, 1]
    default: return nil
    }
    let seconds = zip(parts, scales).reduce(0) { $0 + Double($1.0) * $1.1 }
    guard halves.count == 2 else { return seconds }
    guard let hours = parts.first, hours < 24, let days = Int(halves[0]), days >= 0, !halves[0].hasPrefix("+") else {
      return nil
    }
    return Double(days) * 86400 + seconds
  }
}
