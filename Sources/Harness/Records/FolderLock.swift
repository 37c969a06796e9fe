import Foundation

/// What keeps several programs from writing to one folder at the same time.
struct FolderLock: Sendable {
  let folder: String
  /// Waits until an open file is locked, and returns 0, or leaves the reason why it cannot be in `errno`.
  var take: @Sendable (_ file: Int32) -> Int32 = { flock($0, LOCK_EX) }

  /// Runs `body` while no other program holds the lock.
  ///
  /// - Throws: `HarnessError` if the folder cannot be written, or its file system has no locks: without one, programs side by side
  ///   would damage what is recorded.
  func hold<Result>(_ body: () throws -> Result) throws -> Result {
    let path = folder + "/.lock"
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate(
        "The results folder \(folder) cannot be written: \(String(cString: strerror(errno))). "
          + "Name another one with --results.")
    }
    defer { close(file) }
    while take(file) != 0 {
      guard errno == EINTR else {
        throw HarnessError.writeFailed(
          "\(path) cannot be locked: \(String(cString: strerror(errno))). "
            + "Name a folder on a disk of this machine with --results; compare merge joins it with others.")
      }
    }
    return try body()
  }
}
