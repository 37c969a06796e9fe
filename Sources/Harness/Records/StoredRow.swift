/// A row of a result file as it stands there.
struct StoredRow: Sendable {
  let columns: CSV.Columns
  let bytes: ArraySlice<UInt8>
  let line: Int

  var row: CSV.Row { CSV.Row(columns: columns, fields: CSV.fields(of: bytes), line: line) }

  /// The columns of two rows of one run and file whose values are not the same, with both.
  ///
  /// Nothing agrees with any value, and so does a column that one of the files lacks: such a row is of an older version. Numbers
  /// are the same however they are spelled.
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
      let values = (file.value(column, of: own), file.value(column, of: others))
      guard values.0 != values.1, !values.0.isEmpty, !values.1.isEmpty else { return nil }
      if let one = Double(values.0), let two = Double(values.1), one == two { return nil }
      return (column, values.0, values.1)
    }
  }

  /// In how many columns of a file of this version something stands.
  func filled(in file: ResultFile) -> Int {
    let row = row
    return file.columns.count { row[$0] != nil }
  }
}
