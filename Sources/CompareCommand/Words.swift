/// The word of `words` that takes the fewest edits to become `word`, if it is near: at most a third of its letters.
///
/// One that begins like it counts as near, too, and so does one that it goes on from, as `--data-dir` from `--data`.
func nearest(to word: String, in words: [String]) -> String? {
  func distance(_ candidate: String) -> Int {
    let distances = editDistances(word, candidate)
    let beginning = word.hasPrefix(candidate + "-") ? 0 : distances.min() ?? 0
    return min(distances.last ?? 0, beginning + 1)
  }
  // What is far longer than any is near none, and takes long to compare.
  guard word.utf8.count <= 200 else { return nil }
  let letters = word.count { $0 != "-" }
  guard letters > 0 else { return nil }
  return words.min { distance($0) < distance($1) }.flatMap { distance($0) <= max(letters / 3, 1) ? $0 : nil }
}

/// The number of characters to insert, delete, replace or swap with the next to make each beginning of `b` of `a`, from the
/// empty one to all of `b` (Damerau, 1964).
func editDistances(_ a: String, _ b: String) -> [Int] {
  let (source, target) = (Array(a), Array(b))
  var (before, last) = ([Int](), Array(0...target.count))
  for i in source.indices {
    var row = [i + 1]
    for j in target.indices {
      let replaced = last[j] + (source[i] == target[j] ? 0 : 1)
      var fewest = min(replaced, row[j] + 1, last[j + 1] + 1)
      let isSwapped = i > 0 && j > 0 && source[i] == target[j - 1] && source[i - 1] == target[j]
      if isSwapped { fewest = min(fewest, before[j - 1] + 1) }
      row.append(fewest)
    }
    (before, last) = (last, row)
  }
  return last
}

/// A line about a word that is not known, with the nearest one if one is near, and all that are.
func unknown(_ what: String, _ word: String, _ valid: [String]) -> String {
  let guess = nearest(to: word, in: valid).map { " Did you mean '\($0)'?" } ?? ""
  return "Unknown \(what).\(guess) Valid: \(valid.joined(separator: ", "))."
}

/// The lines of a text, of at most `width` characters each unless a single word is longer.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let line = lines[lines.count - 1]
    if line.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if line.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
