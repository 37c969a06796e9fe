/// What a NumPy file says of its values before they begin.
///
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1 to 3.
struct NPYHeader: Equatable {
  /// The kind of the values, a letter: `u` unsigned, `i` signed, `f` real, `U` text, `S` bytes of text, `O` objects, others.
  let kind: Character
  /// The bytes of a value.
  let size: Int
  let isBigEndian: Bool
  /// Whether the first axis is the one that changes fastest.
  let isFortran: Bool
  let shape: [Int]

  /// What NumPy calls the type.
  var typeName: String {
    switch kind {
    case "u": "uint\(8 * size)"
    case "i": "int\(8 * size)"
    case "f": "float\(8 * size)"
    case "c": "complex\(8 * size)"
    case "b": "bool"
    case "U", "S": "text of \(kind == "U" ? size / 4 : size) characters"
    case "O": "objects, which is a pickle"
    default: "dtype \(kind)\(size)"
    }
  }

  /// NumPy writes a hundred bytes; a header that claims more than these is not believed.
  private static let largestLength = 1 << 16
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  init(reading reader: some ByteReader) throws {
    func broken(_ found: String, _ expected: String = "a NumPy file as numpy.save writes it") -> HarnessError {
      .badData(file: reader.name, found: found, expected: expected)
    }
    let start = try reader.read(upTo: 8)
    guard start.starts(with: Self.magic) else {
      if start.isEmpty { throw broken("nothing") }
      throw broken(start[0] == 0x80 ? "a pickle" : "other bytes at its beginning")
    }
    guard start.count == 8 else { throw broken("\(start.count) bytes") }
    guard (1...3).contains(start[6]) else { throw broken("version \(start[6]) of the format", "version 1, 2 or 3") }
    let extents = try reader.read(upTo: start[6] == 1 ? 2 : 4)
    let length = extents.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard extents.count == (start[6] == 1 ? 2 : 4) else { throw broken("a header that breaks off") }
    guard length <= Self.largestLength else {
      throw broken("a header of \(length) bytes", "at most \(Self.largestLength)")
    }
    let text = try reader.read(upTo: length)
    guard text.count == length else { throw broken("a header that breaks off") }
    var literal = PythonLiteral(text)
    guard let entries = literal.dictionary(), Set(entries.keys) == ["descr", "fortran_order", "shape"] else {
      throw broken("a header that is no dictionary of descr, fortran_order and shape")
    }
    guard case .truth(let isFortran) = entries["fortran_order"], case .integers(let shape) = entries["shape"] else {
      throw broken("a header whose fortran_order or shape makes no sense")
    }
    guard case .text(let type) = entries["descr"] else {
      throw broken("records of several fields", "one type of numbers")
    }
    var rest = type[...]
    let order = rest.first.flatMap { "<>|=".contains($0) ? rest.removeFirst() : nil } ?? "|"
    guard let kind = rest.popFirst(), kind.isLetter else {
      throw broken("dtype '\(type.prefix(40))'", "one of NumPy's")
    }
    let number = rest.prefix { $0.isASCII && $0.isNumber }
    guard let size = kind == "O" ? 8 : Int(number), (0...1 << 20).contains(size), kind == "O" || !number.isEmpty else {
      throw broken("dtype '\(type.prefix(40))'", "one of NumPy's")
    }
    (self.kind, self.size, isBigEndian) = (kind, kind == "U" ? 4 * size : size, order == ">")
    (self.isFortran, self.shape) = (isFortran, shape)
  }
}

/// The few words of Python that a NumPy header is written in.
private struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case truth(Bool)
    case integers([Int])
    /// A list, which is not looked into.
    case list
  }

  private var rest: ArraySlice<UInt8>

  init(_ text: [UInt8]) {
    rest = text[...]
  }

  /// A dictionary with strings as keys, and nothing after it but white space; `nil` if there is none.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = string(), take(":"), let value = value(), entries.updateValue(value, forKey: key) == nil else {
        return nil
      }
      guard take(",") || next == UInt8(ascii: "}") else { return nil }
    }
    return next == nil ? entries : nil
  }

  /// The next byte that is no white space.
  private var next: UInt8? {
    mutating get {
      rest = rest.drop { [32, 9, 10, 13].contains($0) }
      return rest.first
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func value() -> Value? {
    switch next {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(Value.text)
    case UInt8(ascii: "("): return tuple().map(Value.integers)
    case UInt8(ascii: "["):
      // Types of records are lists; what is in them does not matter.
      var depth = 0
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "[") { depth += 1 }
        if byte == UInt8(ascii: "]") { depth -= 1 }
        if depth == 0 { return .list }
      }
      return nil
    default:
      let word = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
      rest = rest.dropFirst(word.count)
      switch String(decoding: word, as: UTF8.self) {
      case "True": return .truth(true)
      case "False": return .truth(false)
      default: return nil
      }
    }
  }

  /// A string without escapes.
  private mutating func string() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    rest.removeFirst()
    let text = rest.prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    rest = rest.dropFirst(text.count)
    guard rest.popFirst() == quote else { return nil }
    return String(decoding: text, as: UTF8.self)
  }

  /// Integers of 0 or more in parentheses.
  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      _ = next
      let digits = rest.prefix { (48...57).contains($0) }
      guard numbers.count < 32, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      numbers.append(number)
      rest = rest.dropFirst(digits.count)
      // Python 2 ended long integers so.
      _ = take("L")
      guard take(",") || next == UInt8(ascii: ")") else { return nil }
    }
    return numbers
  }
}
