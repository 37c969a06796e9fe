import Foundation

/// Comma-separated values as RFC 4180 has them, with line feeds between records.
enum CSV {
  /// The shortest decimal that reads back as the same number, or `nan` where there is none.
  static func field(_ value: Double) -> String {
    value.isFinite ? value.description : "nan"
  }

  /// One record with its line end.
  ///
  /// A field with a comma, a quote or a line end is quoted.
  static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
        ? "\"\(field.replacingOccurrences(of: "\"", with: "\"\""))\"" : field
    }.joined(separator: ",") + "\n"
  }

  /// The records of `text`; either kind of line end is understood.
  static func records(in text: Data) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var (isQuoted, isEmpty) = (false, true)
    func endField() {
      record.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
    }
    var bytes = text.makeIterator()
    var next = bytes.next()
    while let byte = next {
      next = bytes.next()
      isEmpty = false
      switch byte {
      case UInt8(ascii: "\"") where isQuoted && next == byte:
        field.append(byte)
        next = bytes.next()
      case UInt8(ascii: "\""):
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        endField()
      case 13 where !isQuoted && next == 10:
        continue
      case 10 where !isQuoted:
        endField()
        records.append(record)
        record = []
        isEmpty = true
      default:
        field.append(byte)
      }
    }
    if !isEmpty {
      endField()
      records.append(record)
    }
    return records
  }
}
