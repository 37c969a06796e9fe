/// Which class each label means.
struct ClassLabels {
  let train, test: [Int]
  /// The label of each class, as it stands in the files.
  let names: [String]

  /// More classes than these are taken for something else than classes.
  static let largestCount = 1 << 15

  /// The classes of the labels of both parts.
  ///
  /// Those of an IDX file are classes as they are. Others are the classes from 0 in their order: integers by size, words by
  /// their bytes.
  ///
  /// - Throws: `HarnessError.badData` for a test label that no training sample has.
  init(train: StoredLabels, test: StoredLabels) throws {
    switch (train.values, test.values) {
    case (.classes(let labels), .classes(let others)):
      let classes = (labels.max() ?? 0) + 1
      if let label = others.first(where: { $0 >= classes }) {
        throw HarnessError.badData(
          file: test.name, found: "a test label \(label)", expected: "labels below \(classes), as in \(train.name)")
      }
      (self.train, self.test, names) = (labels, others, (0..<classes).map(String.init))
    case (.integers(let labels), .integers(let others)):
      (self.train, self.test, names) = try Self.mapped(labels, others, train.name, test.name) { $0.sorted() }
    case (.words(let labels), .words(let others)):
      (self.train, self.test, names) = try Self.mapped(
        labels.lazy.map(Word.init), others.lazy.map(Word.init), train.name, test.name
      ) { words in
        words.sorted { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
      }
    default:
      throw HarnessError.badData(
        file: test.name, found: "labels of another kind", expected: "integers or words, as in \(train.name)")
    }
  }

  private static func mapped<Label: Hashable & CustomStringConvertible>(
    _ train: some Sequence<Label>, _ test: some Sequence<Label>, _ trainName: String, _ testName: String,
    inOrder sorted: (Set<Label>) -> [Label]
  ) throws -> ([Int], [Int], [String]) {
    // As large as there are classes: made of all at once, it would be as large as there are samples.
    var all: Set<Label> = []
    for label in train { all.insert(label) }
    let known = sorted(all)
    guard known.count <= largestCount else {
      throw HarnessError.badData(
        file: trainName, found: "\(known.count) different labels", expected: "at most \(largestCount) classes")
    }
    let classes = Dictionary(zip(known, known.indices), uniquingKeysWith: { first, _ in first })
    let test = try test.map { label in
      guard let number = classes[label] else {
        let most = 8
        let list = known.prefix(most).map { $0.description.prefix(40) }.joined(separator: ", ")
        throw HarnessError.badData(
          file: testName, found: "a test label \(label)",
          expected: "one of those in \(trainName): \(list)\(known.count > most ? ", …" : "")")
      }
      return number
    }
    return (train.map { classes[$0] ?? 0 }, test, known.map(\.description))
  }

  /// A label that is another one if its bytes are others: to a `String`, é is e with an accent.
  private struct Word: Hashable, CustomStringConvertible {
    let description: String

    static func == (one: Word, other: Word) -> Bool { one.description.utf8.elementsEqual(other.description.utf8) }

    func hash(into hasher: inout Hasher) {
      var text = description
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}
