import Foundation
import Testing

@testable import CompareCommand

@Suite struct JSONReaderTests {
  private func value(_ text: String) throws -> JSONValue {
    var reader = JSONReader(Array(text.utf8))
    return try reader.read()
  }

  /// A value as objects of Foundation, numbers as they are read there.
  private func object(_ value: JSONValue) -> Any {
    switch value.content {
    case .null: NSNull()
    case .bool(let isTrue): isTrue
    case .number(let digits): Double(digits) ?? .nan
    case .string(let text): text
    case .array(let values): values.map(object)
    case .object(let members): Dictionary(uniqueKeysWithValues: members.map { ($0.name, object($0.value)) })
    }
  }

  @Test(
    "What is read is what Foundation reads",
    arguments: [
      "0", " -1.5e-3\n", "\"\"", "\"a\\n\\t\\r\\b\\f\\/\\\\\\\"\\u00e9é\\ud83d\\ude00😀\"", "[]", "[ ]", "{}", "{ }",
      "null",
      "[1, [2, [true, false, null]], {\"a\": {\"b\": \"c\"}, \"d\": [1E+2, 1e2, 0.25]}]", "\u{FEFF}[1]",
      "[\"\u{7F}\u{2028}\"]",
    ])
  func values(text: String) throws {
    let expected = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSObject
    #expect(try object(value(text)) as? NSObject == expected)
  }

  @Test(
    "What is no JSON is refused with its place",
    arguments: [
      ("", "its end, where a value should be", 1, 1), ("\u{FEFF}", "its end, where a value should be", 1, 1),
      ("[1,\n 2", "its end, where a comma or ] should be", 2, 3), ("[1,]", "\"]\", where a value should be", 1, 4),
      ("{\"é\": 1,}", "\"}\", where a name in quotes should be", 1, 9),
      ("{\"a\" 1}", "\"1\", where a colon should be", 1, 6),
      ("{a: 1}", "\"a\", where a name in quotes should be", 1, 2),
      ("{\"a\": 1 \"b\": 2}", "\"\\\"\", where a comma or } should be", 1, 9),
      ("[1] x", "\"x\", where its end should be", 1, 5), ("[nul]", "\"n\", where a value should be", 1, 2),
      ("[NaN]", "\"N\", where a value should be", 1, 2), ("[01]", "\"1\", where a comma or ] should be", 1, 3),
      ("[1.]", "\"]\", where a digit should be", 1, 4), ("[-]", "\"]\", where a digit should be", 1, 3),
      ("[+1]", "\"+\", where a value should be", 1, 2), ("[.5]", "\".\", where a value should be", 1, 2),
      ("[1e]", "\"]\", where a digit should be", 1, 4), ("\r\n\"ab", "a string that does not end", 2, 1),
      ("\"a\nb\"", "a control character in a string", 1, 3), ("\"\\x\"", "\\ before what it is not for", 1, 2),
      ("\"\\u12g4\"", "\\u without four hexadecimal digits", 1, 2),
      ("\"\\u12", "\\u without four hexadecimal digits", 1, 2),
      ("\"\\ud800\"", "half of a character", 1, 2), ("\"\\ude00\"", "half of a character", 1, 2),
      ("\"\\ud800\\u0041\"", "half of a character", 1, 2), ("// a\n1", "\"/\", where a value should be", 1, 1),
      ("{\"a\": 1,\n \"\\u0061\": 2}", "\"a\" for the second time, after line 1, column 2", 2, 2),
      (String(repeating: "[", count: 65), "more than 64 brackets in each other", 1, 65),
    ])
  func flaws(text: String, words: String, line: Int, column: Int) {
    let flaw = #expect(throws: JSONFlaw.self) { try value(text) }
    #expect(
      flaw?.text == words && flaw?.place.line == line && flaw?.place.column == column, "\(String(describing: flaw))")
    #expect(flaw?.isGrammar == !words.contains("second time"))
  }

  @Test("Sixty-four brackets are no more than can be", arguments: ["[", "{\"a\":"])
  func depth(bracket: String) throws {
    let end = bracket == "[" ? "]" : "}"
    let inner = bracket == "[" ? "" : "1"
    _ = try value(String(repeating: bracket, count: 64) + inner + String(repeating: end, count: 64))
    #expect(throws: JSONFlaw.self) { try value(String(repeating: bracket, count: 100_000)) }
  }

  @Test(
    "Bytes that are not UTF-8 have their place",
    arguments: [
      ([0x22, 0x61, 0xFF, 0x22], 3), ([0x22, 0xC3], 2), ([0x22, 0xF0, 0x9F, 0x98, 0x22], 2),
      ([0xFF, 0xFE, 0x31, 0x00], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 2), ([0x22, 0xC0, 0xAF, 0x22], 2),
      ([0xC3, 0xA9, 0x80, 0x31, 0x32, 0x33, 0x34], 2),
    ] as [([UInt8], Int)])
  func encoding(bytes: [UInt8], column: Int) {
    var reader = JSONReader(bytes)
    let flaw = #expect(throws: JSONFlaw.self) { try reader.read() }
    #expect(flaw?.text == "bytes that are not UTF-8" && flaw?.place.line == 1 && flaw?.place.column == column)
  }

  @Test("A long text takes no longer than its length says", .timeLimit(.minutes(1)))
  func long() throws {
    let count = 200_000
    let text = "[" + (0..<count).map { "{\"a\":\($0)}" }.joined(separator: ",\n") + "]"
    guard case .array(let values) = try value(text).content else { return #expect(Bool(false)) }
    #expect(values.count == count)
    let flaw = #expect(throws: JSONFlaw.self) { try value(text + "]") }
    #expect(flaw?.place.line == count)
  }
}
