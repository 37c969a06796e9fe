/// A value of a JSON text, with where it begins.
struct JSONValue {
  enum Content {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order in which they are written; no name twice.
    case object([Member])
  }

  struct Member {
    let name: String
    let offset: Int
    let value: JSONValue
  }

  let content: Content
  /// In the bytes of the text.
  let offset: Int

  /// For a person to read.
  var text: String {
    switch content {
    case .null: "null"
    case .bool(let isTrue): String(isTrue)
    case .number(let digits): digits.count > 40 ? "\(digits.prefix(40))…" : digits
    case .string(let text): (text.count > 40 ? text.prefix(40) + "…" : text[...]).debugDescription
    case .array(let values): values.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }
}

/// Where something stands in a text; lines and columns are counted from 1, columns in characters.
struct JSONPlace: CustomStringConvertible {
  let line, column: Int

  init(of offset: Int, in bytes: [UInt8]) {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? min(3, offset) : 0
    let start = bytes[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? mark
    line = bytes[..<offset].count { $0 == 10 } + 1
    // All bytes of a character but the first begin with the bits 10.
    column = bytes[start..<offset].count { $0 & 0xC0 != 0x80 } + 1
  }

  var description: String { "line \(line), column \(column)" }
}

/// What is wrong with a text, and where.
struct JSONFlaw: Error {
  let text: String
  let place: JSONPlace
  /// Whether it is no JSON at all.
  let isGrammar: Bool
}
