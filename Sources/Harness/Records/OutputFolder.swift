import Foundation

/// A folder that files are written to.
enum OutputFolder {
  /// Makes it, and those above it, unless they are there.
  ///
  /// - Returns: why it cannot be made.
  static func make(_ path: String) -> String? {
    if mkdir(path, 0o777) == 0 { return nil }
    var reason = errno
    if reason == ENOENT, let parent = parent(of: path) {
      if let flaw = make(parent) { return flaw }
      // Someone else may make it at the same time.
      if mkdir(path, 0o777) == 0 { return nil }
      reason = errno
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return nil }
    return String(cString: strerror(reason))
  }

  /// Does what writes files to a folder, which may not be there; if it fails before there is more in a new file than a first line, the
  /// folder is as it was.
  static func change<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    func names() -> Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []) }
    let missing = sequence(first: path, next: parent).prefix { access($0, F_OK) != 0 }
    let before = names()
    do { return try body() } catch {
      let new = names().subtracting(before).map { "\(path)/\($0)" }
      if new.allSatisfy({ FileReader.text(of: $0)?.dropLast().contains("\n") == false }) {
        for file in new { unlink(file) }
        for folder in missing { rmdir(folder) }
      }
      throw error
    }
  }

  /// The folder that a path is in; `nil` for a mere name, and for the root.
  static func parent(of path: String) -> String? {
    let names = path.utf8.split(separator: UInt8(ascii: "/")).dropLast().map { String($0) ?? "" }
    guard !names.isEmpty else { return nil }
    return (path.utf8.first == UInt8(ascii: "/") ? "/" : "") + names.joined(separator: "/")
  }
}
