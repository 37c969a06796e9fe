/// The word of `words` that takes the fewest edits to become `word`; one that begins like it counts as near,
/// too.
func nearest(to word: String, in words: [String]) -> String? {
  func distance(_ candidate: String) -> Int {
    min(editDistance(word, candidate), editDistance(word, String(candidate.prefix(word.count))) + 1)
  }
  return words.min { distance($0) < distance($1) }
}

/// The number of characters to insert, delete or replace to make `b` of `a` (Levenshtein, 1966).
func editDistance(_ a: String, _ b: String) -> Int {
  let target = Array(b)
  var row = Array(0...target.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in target.indices {
      let replaced = diagonal + (character == target[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[target.count]
}
