import Norms
import Tensors

extension Case {
  /// The case of a name, listed or not.
  init(named name: String) throws(CaseError) {
    let words = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let form = Form.all.first(where: { $0.kind == words[0] }) else {
      throw CaseError(
        description: "There is no kind of case \"\(words[0])\" (\(name)); there are "
          + Form.all.map(\.pattern).joined(separator: ", ") + ".")
    }
    let reading = CaseName(name: name, pattern: form.pattern, words: Array(words.dropFirst()))
    self = try form.make(reading)
  }
}

/// A kind of case: how its names look, and how one is made of them.
private struct Form: Sendable {
  let pattern: String
  let make: @Sendable (CaseName) throws(CaseError) -> Case

  var kind: String { String(pattern.prefix { $0 != "/" }) }

  static let all: [Form] = [
    Form(pattern: "copy/SHAPE") { name throws(CaseError) in
      try name.expect(words: 1...1)
      return .copy(try name.extents(0, numbers: 1...4))
    },
    Form(pattern: "norm/NORM/forward|both/LAYOUT/NxC|NxCxHxW") { name throws(CaseError) in
      try name.expect(words: 4...4)
      let shape = try name.extents(3, numbers: 2...4)
      if shape.count == 3 { throw name.error("a shape has two extents or four") }
      let norm = try name.norm(0, of: Case.norms, channels: shape[1])
      let pass = try name.choice(1, of: ["forward", "both"])
      let layout = try name.choice(2, of: [.channelsFirst, .channelsLast].map(\TensorLayout.rawValue))
      return .normalizer(
        norm, shape, layout == TensorLayout.channelsFirst.rawValue ? .channelsFirst : .channelsLast,
        backward: pass == "both")
    },
    Form(pattern: "product/MxKxN") { name throws(CaseError) in
      try name.expect(words: 1...1)
      let extents = try name.extents(0, numbers: 3...3, elements: name.elementsOfProduct)
      return .product(rows: extents[0], inner: extents[1], columns: extents[2])
    },
    Form(pattern: "gradient/RxMxN") { name throws(CaseError) in
      try name.expect(words: 1...1)
      let extents = try name.extents(0, numbers: 3...3, elements: name.elementsOfProduct)
      return .gradient(summed: extents[0], rows: extents[1], columns: extents[2])
    },
    Form(pattern: "convolution/NxHxWxCxK") { name throws(CaseError) in
      .convolution(try name.geometry())
    },
    Form(pattern: "convolution-gradient/NxHxWxCxK") { name throws(CaseError) in
      .convolutionGradient(try name.geometry())
    },
    Form(pattern: "cnn/NORM/SIDExSIDE/BATCH[/WIDTH]") { name throws(CaseError) in
      try name.expect(words: 3...4)
      let sides = try name.extents(1, numbers: 2...2)
      guard sides[0] == sides[1], sides[0] >= 6 else {
        throw name.error("images are square, of a side of 6 at least: they are pooled twice")
      }
      let batch = try name.extents(2, numbers: 1...1)[0]
      let width = try name.words.count == 4 ? name.extents(3, numbers: 1...1)[0] : Case.defaultWidth
      try name.bound([batch, sides[0], sides[1], width])
      let norm = try name.norm(0, of: ["none"] + Case.norms, channels: width)
      return .cnn(norm, side: sides[0], batch: batch, width: width)
    },
    Form(pattern: "rnn/NORM/STEPSxINPUTS/BATCH/HIDDEN") { name throws(CaseError) in
      try name.expect(words: 4...4)
      let sequence = try name.extents(1, numbers: 2...2)
      let (batch, hidden) = (try name.extents(2, numbers: 1...1)[0], try name.extents(3, numbers: 1...1)[0])
      try name.bound([sequence[0], batch, max(hidden, sequence[1])])
      try name.bound([hidden, max(hidden, sequence[1])])
      let norm = try name.norm(0, of: ["none"] + Case.norms, channels: hidden)
      return .rnn(norm, steps: sequence[0], inputs: sequence[1], batch: batch, hidden: hidden)
    },
  ]
}

/// The words of a name, read as what its kind expects.
private struct CaseName {
  let name: String
  let pattern: String
  /// The words after the kind.
  let words: [String]

  /// A tensor of more would take a gigabyte.
  private static let mostElements = 1 << 28

  func error(_ flaw: String) -> CaseError {
    CaseError(description: "\"\(name)\" is not the name of a case: \(flaw). It has the form \(pattern).")
  }

  func expect(words range: ClosedRange<Int>) throws(CaseError) {
    guard range.contains(words.count) else { throw error("it has \(words.count) parts after its kind") }
  }

  /// Positive numbers with an x between them.
  func extents(
    _ index: Int, numbers: ClosedRange<Int>, elements: ([Int]) -> [[Int]] = { [$0] }
  ) throws(CaseError) -> [Int] {
    let parts = words[index].split(separator: "x", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }
    guard values.count == parts.count, numbers.contains(values.count), values.allSatisfy({ $0 > 0 }) else {
      throw error(
        "\"\(words[index])\" is not \(numbers.lowerBound == 1 ? "a number" : "numbers with an x between them")")
    }
    for tensor in elements(values) { try bound(tensor) }
    return values
  }

  /// Refuses a tensor that is too large.
  func bound(_ shape: [Int]) throws(CaseError) {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Self.mostElements else {
        throw error("a tensor of \(Case.title(shape)) has more than \(Self.mostElements) elements")
      }
      count = product
    }
  }

  /// The tensors of a product of three extents.
  var elementsOfProduct: ([Int]) -> [[Int]] {
    { $0.count == 3 ? [[$0[0], $0[1]], [$0[1], $0[2]], [$0[0], $0[2]]] : [] }
  }

  func choice(_ index: Int, of choices: [String]) throws(CaseError) -> String {
    guard choices.contains(words[index]) else {
      throw error("\"\(words[index])\" is none of \(choices.joined(separator: ", "))")
    }
    return words[index]
  }

  func norm(_ index: Int, of norms: [String], channels: Int) throws(CaseError) -> String {
    let norm = try choice(index, of: norms)
    if norm == "group", channels % Case.groups != 0 {
      throw error("\(channels) channels cannot be divided into \(Case.groups) groups")
    }
    return norm
  }

  func geometry() throws(CaseError) -> ConvolutionGeometry {
    try expect(words: 1...1)
    let extents = try extents(0, numbers: 5...5) { $0.count == 5 ? [Array($0[..<4]), [9, $0[3], $0[4]]] : [] }
    try bound(Array(extents[..<3]) + [extents[4]])
    return ConvolutionGeometry(
      batch: extents[0], height: extents[1], width: extents[2], inputChannels: extents[3], outputChannels: extents[4])
  }
}
