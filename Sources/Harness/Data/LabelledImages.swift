/// Images with one label each, as bytes.
public struct LabelledImages: Sendable {
  public let count: Int
  public let height: Int
  public let width: Int
  let pixels: [UInt8]
  public let labels: [Int]
}

extension LabelledImages {
  /// Reads the files of a part.
  init(_ files: DataFolder.Part) throws {
    let images = try IDXFile(path: files.images, axes: 3)
    let labels = try IDXFile(path: files.labels, axes: 1)
    let (count, height, width) = (images.extents[0], images.extents[1], images.extents[2])
    guard count > 0, height >= 2, width >= 2 else {
      throw HarnessError.badData(
        file: files.images, found: "\(count) images of \(height)×\(width)",
        expected: "at least one image of at least 2×2")
    }
    guard labels.extents[0] == count else {
      throw HarnessError.badData(
        file: files.labels, found: "\(labels.extents[0]) labels",
        expected: "\(count), one for each image in \(files.images)")
    }
    self.init(count: count, height: height, width: width, pixels: images.bytes, labels: labels.bytes.map(Int.init))
  }
}
