/// A way in which a data set stands in a folder.
///
/// The next one is a file like `NPYFormat.swift`, and a word in ``all``.
protocol DataFormat: Sendable {
  /// The files, for whoever has none of them.
  var files: String { get }

  /// Whether any of the files is in a folder.
  func isFound(in folder: String) -> Bool

  /// Whether all of them are.
  ///
  /// - Throws: `HarnessError.noInput` that names those that are missing.
  func check(_ folder: String) throws

  /// What the files hold.
  ///
  /// Memory grows with what is there, and not with what a file claims; what has more than `memory` is refused.
  func read(_ folder: String, within memory: DataMemory) throws -> StoredData
}

/// The formats of data sets.
enum DataFormats {
  static let all: [any DataFormat] = [IDXFormat(), NPYFormat(), NPZFormat(), CSVFormat()]

  /// Whether a folder has a file of any of them.
  static func isFound(in folder: String) -> Bool { all.contains { $0.isFound(in: folder) } }

  /// The format of the data set in a folder.
  ///
  /// - Throws: `HarnessError.noInput` that names what is missing, or `.badData` for two that are whole.
  static func format(of folder: String) throws -> any DataFormat {
    let found = all.filter { $0.isFound(in: folder) }
    let whole = found.filter { (try? $0.check(folder)) != nil }
    guard whole.count <= 1 else {
      throw HarnessError.badData(
        file: folder, found: whole.map(\.files).joined(separator: "; and "),
        expected: "one of them; give each data set a folder of its own")
    }
    if let whole = whole.first { return whole }
    if let part = found.first { try part.check(folder) }
    throw HarnessError.noInput("\(folder) has no \(files).")
  }

  /// The files of every format.
  static var files: String { all.map(\.files).joined(separator: "; or ") }
}
