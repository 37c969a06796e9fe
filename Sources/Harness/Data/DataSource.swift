import Foundation

/// Where a data set comes from: the next one is a line here.
public struct DataSource: Sendable {
  public let name: String
  /// Folders that are looked in, after the one that the user names.
  let folders: [String]
  let howToGet: String

  public static let all = [
    DataSource(
      // Handwritten digits, 8×8 (UCI Optical Recognition of Handwritten Digits).
      name: "digits",
      folders: [Bundle.module.resourcePath.map { $0 + "/digits" }].compactMap(\.self),
      howToGet: "It is a resource of this package: build it again with `swift build`."),
    DataSource(
      // Articles of clothing, 28×28 (Xiao, Rasul & Vollgraf, 2017).
      name: "fashion-mnist",
      folders: ["/usr/share/datasets/fashion-mnist"],
      howToGet:
        "Install it with `apt-get install dataset-fashion-mnist`, or download its four files from https://github.com/zalandoresearch/fashion-mnist"
    ),
    DataSource(
      // Handwritten digits, 28×28 (LeCun et al., 1998).
      name: "mnist",
      folders: ["/usr/share/datasets/mnist"],
      howToGet: "Download its four files from http://yann.lecun.com/exdb/mnist/"),
  ]

  private static let parts = ["train", "t10k"]

  /// Reads the data set from `folder`, or from where it usually is.
  public func load(from folder: String? = nil) throws -> Dataset {
    let candidates = [folder].compactMap(\.self) + folders
    guard let found = candidates.first(where: { Self.file("train-images-idx3-ubyte", in: $0) != nil }) else {
      throw HarnessError.noInput(
        """
        \(name) is not in \(candidates.joined(separator: " or ")) (no train-images-idx3-ubyte or train-images-idx3-ubyte.gz). \
        \(howToGet)\(howToGet.hasPrefix("It") ? "" : ", and name their folder with --data-dir.")
        """)
    }
    let train = try Self.images("train", in: found)
    let test = try Self.images("t10k", in: found)
    guard (train.height, train.width) == (test.height, test.width) else {
      throw HarnessError.badData(
        file: found, found: "test images of \(test.height)×\(test.width)",
        expected: "\(train.height)×\(train.width), as those to train on are")
    }
    let classes = (train.labels.max() ?? 0) + 1
    if let label = test.labels.first(where: { $0 >= classes }) {
      throw HarnessError.badData(
        file: found, found: "a test label \(label)", expected: "labels below \(classes), as in the training set")
    }
    return Dataset(name: name, train: train, test: test, classes: max(classes, 2))
  }

  private static func images(_ part: String, in folder: String) throws -> LabelledImages {
    func path(_ name: String) throws -> String {
      guard let path = file(name, in: folder) else {
        throw HarnessError.noInput("\(folder) has no \(name) or \(name).gz, which belongs to the data set.")
      }
      return path
    }
    let imagePath = try path("\(part)-images-idx3-ubyte")
    let labelPath = try path("\(part)-labels-idx1-ubyte")
    let images = try IDXFile(path: imagePath, axes: 3)
    let labels = try IDXFile(path: labelPath, axes: 1)
    guard images.extents[0] > 0, images.extents[1] >= 2, images.extents[2] >= 2 else {
      throw HarnessError.badData(
        file: imagePath, found: "\(images.extents[0]) images of \(images.extents[1])×\(images.extents[2])",
        expected: "at least one image of at least 2×2")
    }
    guard labels.extents[0] == images.extents[0] else {
      throw HarnessError.badData(
        file: labelPath, found: "\(labels.extents[0]) labels",
        expected: "\(images.extents[0]), one for each image in \(imagePath)")
    }
    return LabelledImages(
      count: images.extents[0], height: images.extents[1], width: images.extents[2], pixels: images.bytes,
      labels: labels.bytes.map(Int.init))
  }

  private static func file(_ name: String, in folder: String) -> String? {
    ["\(folder)/\(name).gz", "\(folder)/\(name)"].first { FileManager.default.fileExists(atPath: $0) }
  }
}
