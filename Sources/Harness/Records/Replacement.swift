import Foundation

/// Files of a folder that take the place of others all together: wherever the program is killed, none has, or all will have.
///
/// They are written beside the others first. A list of them is the promise that all are whole: from then on, whoever writes to
/// the folder next ends what was begun. Without the list, what stands beside is thrown away.
struct Replacement {
  let folder: String

  private static let end = "end"
  private var list: String { folder + "/.replacement" }

  /// Where a file stands until it takes its place.
  func path(of name: String) -> String { OutputFile.beside("\(folder)/\(name)", by: "merge") }

  /// Promises that the files stand beside, whole, in the order in which they are to take their places.
  func promise(_ names: [String]) throws {
    try OutputFile.replace(list, with: (names + [Self.end, ""]).joined(separator: "\n").utf8)
  }

  /// Puts the files that were promised in their places, as many as are not there yet.
  func finish() throws {
    guard let text = FileReader.text(of: list) else { return }
    var names = text.split(separator: "\n").map(String.init)
    // A list that someone else wrote may say anything.
    if names.popLast() == Self.end {
      for name in names where !name.contains("/") && FileManager.default.fileExists(atPath: path(of: name)) {
        try move(path(of: name), to: "\(folder)/\(name)")
      }
    }
    guard unlink(list) == 0 || errno == ENOENT else {
      throw HarnessError.writeFailed("\(list) cannot be removed: \(String(cString: strerror(errno))).")
    }
  }

  /// Removes what was written beside, and neither promised nor put in its place, by whoever writes to the folder.
  func abandon() {
    guard !FileManager.default.fileExists(atPath: list) else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where OutputFile.isBeside(name) { unlink("\(folder)/\(name)") }
  }

  private func move(_ source: String, to target: String) throws {
    guard rename(source, target) == 0 else {
      throw HarnessError.writeFailed("\(target) cannot be replaced: \(String(cString: strerror(errno))).")
    }
    // The list must not be there before the files, nor be gone before they have their places.
    syncFolder(of: target)
  }
}
