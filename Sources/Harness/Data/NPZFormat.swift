import Foundation

/// One archive of NumPy arrays, as `numpy.savez` or `numpy.savez_compressed` writes it.
struct NPZFormat: DataFormat {
  var files: String { "one .npz with \(NPYFormat.arrays.joined(separator: ", "))" }

  func isFound(in folder: String) -> Bool { !archives(in: folder).isEmpty }

  func check(_ folder: String) throws { _ = try archive(in: folder) }

  func read(_ folder: String, within memory: DataMemory) throws -> StoredData {
    let archive = try ZipArchive(path: archive(in: folder))
    let missing = NPYFormat.arrays.filter { archive.entries[$0 + ".npy"] == nil }
    guard missing.isEmpty else {
      let most = 10
      let names = archive.entries.keys.sorted()
      throw HarnessError.badData(
        file: archive.file.name,
        found: names.isEmpty
          ? "no arrays" : names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : ""),
        expected: "also \(missing.map { $0 + ".npy" }.joined(separator: ", "))")
    }
    func member(_ name: String) throws -> ZipMember {
      guard let member = try archive.member(name + ".npy") else {
        throw HarnessError.badData(file: archive.file.name, found: "no \(name)", expected: "it")
      }
      return member
    }
    func part(_ name: String) throws -> StoredData.Part {
      try NPYFile.part(values: member("x_" + name), labels: member("y_" + name), within: memory)
    }
    return StoredData(train: try part("train"), test: try part("test"))
  }

  private func archives(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".npz") && !$0.hasPrefix(".") }.sorted()
  }

  private func archive(in folder: String) throws -> String {
    let archives = archives(in: folder)
    guard archives.count == 1 else {
      throw HarnessError.badData(
        file: folder, found: archives.isEmpty ? "no .npz" : archives.joined(separator: " and "),
        expected: "one .npz; give each data set a folder of its own")
    }
    return "\(folder)/\(archives[0])"
  }
}
