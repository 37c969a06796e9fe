import Foundation

/// Four NumPy files, each an array as `numpy.save` writes it.
struct NPYFormat: DataFormat {
  /// The names of the arrays.
  static let arrays = ["x_train", "y_train", "x_test", "y_test"]

  var files: String { Self.arrays.map { $0 + ".npy" }.joined(separator: ", ") }

  func isFound(in folder: String) -> Bool { Self.arrays.contains { isThere($0, folder) } }

  func check(_ folder: String) throws {
    let missing = Self.arrays.filter { !isThere($0, folder) }.map { $0 + ".npy" }
    guard missing.isEmpty else {
      throw HarnessError.noInput(
        "\(folder) has no \(missing.joined(separator: ", ")), which \(missing.count == 1 ? "belongs" : "belong") to a data set."
      )
    }
  }

  func read(_ folder: String, within memory: DataMemory) throws -> StoredData {
    try check(folder)
    func part(_ name: String) throws -> StoredData.Part {
      try NPYFile.part(
        values: FileReader(path: "\(folder)/x_\(name).npy"), labels: FileReader(path: "\(folder)/y_\(name).npy"),
        within: memory)
    }
    return StoredData(train: try part("train"), test: try part("test"))
  }

  private func isThere(_ array: String, _ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(array).npy")
  }
}
