import Foundation

/// How long the result files were before a run was recorded, for as long as that takes.
struct Journal {
  let path: String

  private static let end = "end"

  /// The files and their lengths, if a run was being recorded; a journal that is not whole was followed by nothing.
  var lengths: [(name: String, length: Int)] {
    guard let text = FileReader.text(of: path) else { return [] }
    var lines = text.split(separator: "\n")
    guard lines.popLast() ?? "" == Self.end else { return [] }
    return lines.compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let length = Int(parts[0]) else { return nil }
      return (String(parts[1]), length)
    }
  }

  func begin(_ lengths: [(name: String, length: Int)]) throws {
    let lines = lengths.map { "\($0.length) \($0.name)" }
    do {
      let file = try OutputFile(path: path)
      try file.write((lines + [Self.end, ""]).joined(separator: "\n"))
      try file.flush()
    } catch HarnessError.cannotCreate(let message) {
      throw HarnessError.writeFailed(message)
    }
  }

  func end() throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw HarnessError.writeFailed("\(path) cannot be removed: \(String(cString: strerror(errno))).")
    }
  }
}
