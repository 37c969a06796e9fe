/// A row of a result file as it stands there.
struct StoredRow: Sendable {
  let columns: CSV.Columns
  let bytes: ArraySlice<UInt8>
  let line: Int

  /// The same, without the rest of the file.
  var byItself: StoredRow { StoredRow(columns: columns, bytes: ArraySlice(Array(bytes)), line: line) }

  var row: CSV.Row { CSV.Row(columns: columns, fields: CSV.fields(of: bytes), line: line) }

  /// The whole number in a column; `nil` where there is none.
  func number(in column: String) -> Int? {
    guard let place = columns.places[column] else { return nil }
    // Only where a comma can be part of a value, the values must be taken apart.
    guard !bytes.contains(UInt8(ascii: "\"")) else { return row[column].flatMap { Int($0) } }
    let comma = UInt8(ascii: ",")
    var rest = bytes
    for _ in 0..<place {
      guard let end = rest.firstIndex(of: comma) else { return nil }
      rest = rest[(end + 1)...]
    }
    return Int(String(decoding: rest.prefix { $0 != comma }, as: UTF8.self))
  }

  /// The columns of two rows of one run and file whose values are not the same, with both.
  ///
  /// A number that is not there agrees with any, and so does a column that one of the files lacks: such a row is of an older version.
  /// A setting that is not there is absent. Numbers are the same however they are spelled.
  ///
  /// - Parameters:
  ///   - other: the other row.
  ///   - file: what they are rows of.
  ///   - ignored: columns that may differ.
  /// - Returns: none for rows that are alike.
  func differences(
    from other: StoredRow, in file: ResultFile, but ignored: Set<String>
  ) -> [(column: String, own: String, other: String)] {
    if bytes == other.bytes && columns.names == other.columns.names { return [] }
    let (own, others) = (row, other.row)
    return columns.names.compactMap { column in
      guard !ignored.contains(column), other.columns.places[column] != nil else { return nil }
      let values = (Self.value(column, of: own, in: file), Self.value(column, of: others, in: file))
      guard values.0 != values.1 else { return nil }
      guard Self.always.contains(column) || !values.0.isEmpty && !values.1.isEmpty else { return nil }
      if let one = Double(values.0), let two = Double(values.1), one == two { return nil }
      return (column, values.0, values.1)
    }
  }

  private static func value(_ column: String, of row: CSV.Row, in file: ResultFile) -> String {
    let value = file.value(column, of: row)
    return value.isEmpty ? AnySetting.named(column)?.absent ?? "" : value
  }

  /// What every row has.
  private static let always = Set(["status", "numerics", "fingerprint"] + ResultsDirectory.outcomeColumns)

  /// In how many columns of a file of this version something stands.
  func filled(in file: ResultFile) -> Int {
    let row = row
    return file.columns.count { row[$0] != nil }
  }
}
