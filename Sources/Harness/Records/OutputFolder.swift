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

  /// The folders, of one and of those above it, that are not there.
  static func missing(_ path: String) -> [String] {
    Array(sequence(first: path, next: parent).prefix { access($0, F_OK) != 0 })
  }

  /// The folder that a path is in; `nil` for a mere name, and for the root.
  static func parent(of path: String) -> String? {
    let names = path.utf8.split(separator: UInt8(ascii: "/")).dropLast().map { String($0) ?? "" }
    guard !names.isEmpty else { return nil }
    return (path.utf8.first == UInt8(ascii: "/") ? "/" : "") + names.joined(separator: "/")
  }
}
