import Foundation

/// Comma-separated values as RFC 4180 has them, with line feeds between records.
package enum CSV {
  /// The shortest decimal that reads back as the same number; nothing where there is none.
  package static func field(_ value: Double, isWhole: Bool = false) -> String {
    guard value.isFinite else { return "" }
    return isWhole ? Int(exactly: value).map(String.init) ?? value.description : value.description
  }

  /// One record with its line end.
  ///
  /// A field with a comma, a quote or a line end is quoted.
  package static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.utf8.contains { $0 == comma || $0 == quote || $0 == 10 || $0 == 13 }
        ? "\"\(field.replacingOccurrences(of: "\"", with: "\"\""))\"" : field
    }.joined(separator: ",") + "\n"
  }

  /// What is wrong with a line of a file.
  struct Flaw: Error {
    let line: Int
    let text: String
  }

  /// A record whose fields are found by the names of their columns.
  struct Row {
    let columns: Columns
    let fields: [String]
    let line: Int

    /// `nil` where the file has no such column, or nothing in it.
    subscript(column: String) -> String? {
      guard let index = columns.places[column], index < fields.count, !fields[index].isEmpty else { return nil }
      return fields[index]
    }

    func text(_ column: String) throws(Flaw) -> String {
      guard let text = self[column] else { throw flaw(column) }
      return text
    }

    /// NaN where there is none.
    func number(_ column: String) throws(Flaw) -> Double {
      guard let text = self[column] else { return .nan }
      guard !text.utf8.contains(0), let number = Double(text) else { throw flaw(column) }
      return number
    }

    func flaw(_ column: String) -> Flaw {
      Flaw(line: line, text: "\(column) '\(self[column] ?? "")'")
    }
  }

  /// The columns of a file.
  struct Columns: Sendable {
    let names: [String]
    let places: [String: Int]

    init(_ names: [String]) {
      self.names = names
      places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }
  }

  /// The records of a text, one after the other; either kind of line end is understood.
  struct Reader {
    private let text: [UInt8]
    private var start = 0
    /// Of the record that was read last, from 1.
    private(set) var line = 0
    /// Whether the last record begins a quotation that does not end.
    private(set) var isCut = false

    init(_ text: [UInt8]) {
      self.text = text
    }

    /// The bytes of the next record, without its line end; `nil` after the last.
    mutating func nextRecord() -> ArraySlice<UInt8>? {
      guard start < text.count else { return nil }
      var (end, isQuoted) = (start, false)
      text.withUnsafeBufferPointer { bytes in
        while end < bytes.count, isQuoted || bytes[end] != 10 {
          if bytes[end] == quote { isQuoted.toggle() }
          end += 1
        }
      }
      isCut = isQuoted
      let record = text[start..<(end > start && text[end - 1] == 13 ? end - 1 : end)]
      start = end + 1
      line += 1
      return record
    }

    /// The fields of the next record.
    mutating func next() -> [String]? { nextRecord().map(CSV.fields) }
  }

  /// The fields of a record.
  static func fields(of record: ArraySlice<UInt8>) -> [String] {
    guard record.contains(quote) else {
      return record.split(separator: comma, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var rest = record
    while let byte = rest.popFirst() {
      switch byte {
      case quote where isQuoted && rest.first == quote:
        field.append(byte)
        rest = rest.dropFirst()
      case quote:
        isQuoted.toggle()
      case comma where !isQuoted:
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      default:
        field.append(byte)
      }
    }
    return fields + [String(decoding: field, as: UTF8.self)]
  }
}

private let comma = UInt8(ascii: ",")
private let quote = UInt8(ascii: "\"")
