/// Lines at the bottom of a terminal that are written over again and again, with finished lines above them.
///
/// At rest the cursor stands where the first of them begins. Terminals keep the cursor on its text when they are
/// resized, whether or not they wrap long lines anew, so that the next drawing finds everything it has to replace
/// below the cursor, at any size.
enum LiveLines {
  /// Puts `lines` in the place of those drawn before, and `finished` above them.
  ///
  /// - Parameters:
  ///   - lines: each shorter than the screen is wide, and no more than it has rows.
  ///   - finished: lines of any length, which stay.
  /// - Returns: what to write, in one piece.
  static func update(to lines: [String], below finished: [String] = []) -> String {
    // What is drawn over needs no erasing first, and does not flicker.
    let above = finished.isEmpty ? "" : "\u{1B}[J" + finished.map { $0 + "\n" }.joined()
    let block = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n")
    let back = lines.count > 1 ? "\u{1B}[\(lines.count - 1)A" : ""
    return "\r" + above + block + "\u{1B}[J" + back + (lines.isEmpty ? "" : "\r")
  }
}
