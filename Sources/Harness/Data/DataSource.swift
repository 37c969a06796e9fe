import Foundation

/// Where a data set comes from: one that has a name, or a folder of the user's.
///
/// The next data set that has a name is a constant here and a word in ``all``.
public struct DataSource: Hashable, Sendable {
  public let name: String
  /// The folders that are looked in, one after the other.
  let folders: [String]
  /// What to do if none of them has it.
  let remedy: String

  /// Handwritten digits, 8×8 (UCI Optical Recognition of Handwritten Digits).
  public static let digits = DataSource(
    name: "digits",
    folders: [Bundle.module.resourcePath.map { $0 + "/digits" }].compactMap(\.self),
    remedy: "It is a resource of this package: build it again with `swift build`.")

  /// Articles of clothing, 28×28 (Xiao, Rasul & Vollgraf, 2017).
  public static let fashionMNIST = DataSource(
    name: "fashion-mnist",
    folders: ["/usr/share/datasets/fashion-mnist"],
    remedy:
      "Install it with `apt-get install dataset-fashion-mnist`, or download its four files from "
      + "https://github.com/zalandoresearch/fashion-mnist and name their folder with --data DIR.")

  /// Handwritten digits, 28×28 (LeCun et al., 1998).
  public static let mnist = DataSource(
    name: "mnist",
    folders: ["/usr/share/datasets/mnist"],
    remedy:
      "Download its four files, train-images-idx3-ubyte.gz and so on, from "
      + "https://ossci-datasets.s3.amazonaws.com/mnist/ and name their folder with --data DIR.")

  public static let all = [digits, fashionMNIST, mnist]

  /// The data set that a word of the command line means: the name of one in ``all``, or else a folder.
  ///
  /// A known name is never a folder: `./digits` is the folder. A folder's data set is called what the folder is, so `.`,
  /// `data/../mnist/` and `~/mnist` have the name that `cd` and `pwd` would show last.
  ///
  /// - Returns: `nil` if `word` is neither a name nor a path.
  /// - Throws: `HarnessError.noInput` if `word` is a path, but not that of a folder with a data set.
  public static func named(_ word: String) throws -> DataSource? {
    if let known = all.first(where: { $0.name == word }) { return known }
    let path = NSString(string: word).expandingTildeInPath
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      guard word.contains("/") else { return nil }
      throw HarnessError.noInput(
        "\(word) is not there. --data takes a folder with \(DataFormats.files); or one of "
          + "\(all.map(\.name).joined(separator: ", ")).")
    }
    guard isFolder.boolValue else {
      throw HarnessError.noInput(
        "\(word) is not a folder. --data takes the folder of \(DataFormats.files).")
    }
    _ = try DataFormats.format(of: path)
    return DataSource(
      name: URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent, folders: [path],
      remedy: "They were there when the folder was named.")
  }

  /// Reads the data set.
  ///
  /// - Throws: `HarnessError.noInput` if a file is not there or cannot be read, `HarnessError.badData` if one is not what
  ///   it should be, `HarnessError.outOfMemory` if one has more than fits into memory.
  public func load() throws -> Dataset { try load(within: DataMemory()) }

  func load(within memory: DataMemory) throws -> Dataset {
    guard let path = folders.first(where: DataFormats.isFound) else {
      let places = folders.isEmpty ? "its folder" : folders.joined(separator: " or ")
      throw HarnessError.noInput("\(name) is not in \(places) (no \(DataFormats.files)). \(remedy)")
    }
    return try Dataset(name: name, DataFormats.format(of: path).read(path, within: memory))
  }
}
