/// Four IDX files, as MNIST has them: images along three axes, or along four with channels.
struct IDXFormat: DataFormat {
  var files: String { DataFolder.fileNames.joined(separator: ", ") }

  func isFound(in folder: String) -> Bool { DataFolder.isFound(at: folder) }

  func check(_ folder: String) throws { _ = try DataFolder(path: folder) }

  func read(_ folder: String, within memory: DataMemory) throws -> StoredData {
    let files = try DataFolder(path: folder)
    return StoredData(train: try part(files.train, memory), test: try part(files.test, memory))
  }

  private func part(_ files: DataFolder.Part, _ memory: DataMemory) throws -> StoredData.Part {
    let images = try IDXFile(path: files.images, axes: 3...4, within: memory)
    let (count, height, width) = (images.extents[0], images.extents[1], images.extents[2])
    guard count > 0, images.extents.count > 3 || (height >= 2 && width >= 2), !images.bytes.isEmpty else {
      throw HarnessError.badData(
        file: files.images, found: "\(count) images of \(height)×\(width)",
        expected: "at least one image of at least 2×2")
    }
    let values = StoredArray(name: files.images, shape: images.extents, type: .uint8, bytes: images.bytes)
    let labels = try IDXFile(path: files.labels, axes: 1...1, within: memory) {
      try StoredLabels.check($0[0], of: files.labels, for: count, in: values.name)
    }
    return StoredData.Part(
      values: values,
      labels: StoredLabels(name: files.labels, values: .classes(labels.bytes.map(Int.init))))
  }
}
