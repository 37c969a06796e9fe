/// Reads a JSON text (RFC 8259) to the letter, and says where it is none.
///
/// Beyond that, no object may have a name twice, of which readers take one or the other, and nothing may be nested deeper than
/// ``deepest``.
struct JSONReader {
  static let deepest = 64

  private let bytes: [UInt8]
  private var next = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The value of the text.
  mutating func read() throws(JSONFlaw) -> JSONValue {
    // Some editors begin with a mark of their encoding.
    next = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    try checkEncoding()
    skipSpace()
    let value = try value()
    skipSpace()
    guard next == bytes.count else { throw unexpected("its end") }
    return value
  }

  // MARK: - Flaws

  private func flaw(_ text: String, at offset: Int? = nil, isGrammar: Bool = true) -> JSONFlaw {
    JSONFlaw(text: text, place: JSONPlace(of: offset ?? next, in: bytes), isGrammar: isGrammar)
  }

  private func unexpected(_ wanted: String) -> JSONFlaw {
    guard next < bytes.count else { return flaw("its end, where \(wanted) should be") }
    return flaw("\(found.debugDescription), where \(wanted) should be")
  }

  /// The character here; the encoding was checked.
  private var found: String {
    String(String(decoding: bytes[next..<min(next + 32, bytes.count)], as: UTF8.self).prefix(1))
  }

  private func checkEncoding() throws(JSONFlaw) {
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    var (low, high) = (0, bytes.count)
    // The longest beginning that is right, but for a character that it cuts.
    while low < high {
      let middle = (low + high + 1) / 2
      let isRight = (0...3).contains {
        middle >= $0 && String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil
      }
      if isRight { low = middle } else { high = middle - 1 }
    }
    let start = (max(low - 3, 0)...low).last { String(validating: bytes[..<$0], as: UTF8.self) != nil }
    throw flaw("bytes that are not UTF-8", at: start)
  }

  // MARK: - Values

  private mutating func skipSpace() {
    while next < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
  }

  /// Takes a character if it is here.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  private mutating func value() throws(JSONFlaw) -> JSONValue {
    let start = next
    return JSONValue(content: try content(), offset: start)
  }

  private mutating func content() throws(JSONFlaw) -> JSONValue.Content {
    guard next < bytes.count else { throw unexpected("a value") }
    switch bytes[next] {
    case UInt8(ascii: "{"): return .object(try nested { reader throws(JSONFlaw) in try reader.members() })
    case UInt8(ascii: "["): return .array(try nested { reader throws(JSONFlaw) in try reader.items() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default:
      for (word, content) in [("null", JSONValue.Content.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[next...].starts(with: word.utf8) {
        next += word.utf8.count
        return content
      }
      throw unexpected("a value")
    }
  }

  /// Reads what stands in brackets, one level deeper.
  private mutating func nested<Content>(
    _ read: (inout JSONReader) throws(JSONFlaw) -> Content
  ) throws(JSONFlaw) -> Content {
    guard depth < Self.deepest else { throw flaw("more than \(Self.deepest) brackets in each other") }
    depth += 1
    next += 1
    let content = try read(&self)
    depth -= 1
    return content
  }

  private mutating func items() throws(JSONFlaw) -> [JSONValue] {
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return values }
    while true {
      skipSpace()
      values.append(try value())
      skipSpace()
      if take("]") { return values }
      guard take(",") else { throw unexpected("a comma or ]") }
    }
  }

  private mutating func members() throws(JSONFlaw) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    var names: [String: Int] = [:]
    skipSpace()
    if take("}") { return members }
    while true {
      skipSpace()
      let start = next
      guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
      let name = try string()
      if let first = names.updateValue(start, forKey: name) {
        throw flaw(
          "\(name.debugDescription) for the second time, after \(JSONPlace(of: first, in: bytes))", at: start,
          isGrammar: false)
      }
      skipSpace()
      guard take(":") else { throw unexpected("a colon") }
      skipSpace()
      members.append(JSONValue.Member(name: name, offset: start, value: try value()))
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw unexpected("a comma or }") }
    }
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONFlaw) -> String {
    let start = next
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<next], as: UTF8.self)
  }

  private mutating func digits() throws(JSONFlaw) {
    let start = next
    while next < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[next]) { next += 1 }
    guard next > start else { throw unexpected("a digit") }
  }

  // MARK: - Strings

  private mutating func string() throws(JSONFlaw) -> String {
    let start = next
    next += 1
    var text: [UInt8] = []
    while next < bytes.count {
      let byte = bytes[next]
      switch byte {
      case UInt8(ascii: "\""):
        next += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
      case ..<0x20: throw flaw("a control character in a string")
      default:
        text.append(byte)
        next += 1
      }
    }
    throw flaw("a string that does not end", at: start)
  }

  private mutating func escaped() throws(JSONFlaw) -> Unicode.Scalar {
    let start = next
    next += 1
    guard next < bytes.count else { throw unexpected("what \\ is for") }
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
      UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if let scalar = plain[bytes[next]] {
      next += 1
      return scalar
    }
    guard take("u") else { throw flaw("\\ before what it is not for", at: start) }
    let unit = try hexadecimal(from: start)
    guard UTF16.isLeadSurrogate(unit), take("\\"), take("u") else {
      guard let scalar = Unicode.Scalar(unit) else { throw flaw("half of a character", at: start) }
      return scalar
    }
    let second = try hexadecimal(from: start)
    guard UTF16.isTrailSurrogate(second) else { throw flaw("half of a character", at: start) }
    return Unicode.Scalar(0x10000 + UInt32(unit - 0xD800) << 10 + UInt32(second - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func hexadecimal(from start: Int) throws(JSONFlaw) -> UInt16 {
    let digits = bytes[next..<min(next + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw flaw("\\u without four hexadecimal digits", at: start) }
    next += 4
    return unit
  }
}
