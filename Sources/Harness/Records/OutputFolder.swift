import Foundation

/// A folder that files are written to.
enum OutputFolder {
  /// Makes it, and those above it, unless they are there.
  ///
  /// - Returns: why it cannot be made.
  static func make(_ path: String) -> String? {
    if mkdir(path, 0o777) == 0 { return nil }
    var reason = errno
    let parent = (path as NSString).deletingLastPathComponent
    if reason == ENOENT, !parent.isEmpty, parent != path {
      if let flaw = make(parent) { return flaw }
      // Someone else may make it at the same time.
      if mkdir(path, 0o777) == 0 { return nil }
      reason = errno
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return nil }
    return String(cString: strerror(reason))
  }
}
