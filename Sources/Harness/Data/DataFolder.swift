import Foundation

/// The four files of a data set, in one folder.
///
/// Each may be plain or gzipped, and spelled `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, or with `idx4`. Where there are
/// several, a plain file comes before a gzipped one: it is what somebody unpacked, or made.
struct DataFolder {
  /// The paths of the images and the labels of one part.
  struct Part {
    let images: String
    let labels: String
  }

  let train: Part
  let test: Part

  /// The files, as they are called where these data sets come from.
  static let fileNames = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  /// - Throws: `HarnessError.noInput` that names every file that is missing.
  init(path: String) throws {
    let found = Self.fileNames.map { Self.file($0, in: path) }
    guard let trainImages = found[0], let trainLabels = found[1], let testImages = found[2], let testLabels = found[3]
    else {
      let missing = zip(Self.fileNames, found).filter { $0.1 == nil }.map(\.0)
      throw HarnessError.noInput(
        "\(path) has no \(missing.joined(separator: ", ")), plain or .gz, with - or . before idx, "
          + "which \(missing.count == 1 ? "belongs" : "belong") to a data set.")
    }
    train = Part(images: trainImages, labels: trainLabels)
    test = Part(images: testImages, labels: testLabels)
  }

  /// Whether any of the files is in the folder.
  static func isFound(at path: String) -> Bool {
    fileNames.contains { file($0, in: path) != nil }
  }

  private static func file(_ name: String, in folder: String) -> String? {
    // Images with channels have four axes.
    let names = [name] + (name.contains("idx3") ? [name.replacingOccurrences(of: "idx3", with: "idx4")] : [])
    let spellings = names + names.map { $0.replacingOccurrences(of: "-idx", with: ".idx") }
    return (spellings + spellings.map { $0 + ".gz" }).map { "\(folder)/\($0)" }.first { path in
      // Some archives unpack to a folder that is called like the file in it.
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }
}
