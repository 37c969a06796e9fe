import Foundation

/// What shows other programs that this one is at work in a results folder, for as long as it is kept.
///
/// It keeps nobody out, as ``FolderLock`` does, and leaves no file: the folder itself is locked, together with whoever else is at work.
public final class FolderUse: Sendable {
  /// Whether another program was at work in the folder by then; not, where the system cannot tell.
  public let isShared: Bool
  private let folder: Int32

  /// - Parameter path: of the folder, which is there.
  public init(of path: String) {
    folder = open(path, O_RDONLY | O_CLOEXEC)
    isShared = flock(folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    // Another one may be looking just now.
    for _ in 0..<100 where flock(folder, LOCK_SH | LOCK_NB) != 0 { usleep(1000) }
  }

  deinit { close(folder) }
}
