import Foundation
import Tensors
import Testing

/// How large a file can be on a disk that is full: more than any other test writes, as it holds for all of them.
let fullDiskSize = 4 << 20

/// The limit is that of the whole process: who writes as much without one waits until there is none.
private let limiting = Lock(())

/// Runs `body` where a file can be larger than ``fullDiskSize``.
func onEmptyDisk(_ body: () throws -> Void) rethrows {
  try limiting.withLock { _ in try body() }
}

/// Runs `body` where no file can grow beyond ``fullDiskSize``: what does not fit is written in part, as on a full disk.
func onFullDisk(_ body: () throws -> Void) throws {
  signal(SIGXFSZ, SIG_IGN)
  #if os(Linux)
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    let resource = RLIMIT_FSIZE
  #endif
  try limiting.withLock { _ in
    var old = rlimit()
    try #require(getrlimit(resource, &old) == 0)
    var new = rlimit(rlim_cur: rlim_t(fullDiskSize), rlim_max: old.rlim_max)
    try #require(setrlimit(resource, &new) == 0)
    defer { setrlimit(resource, &old) }
    try body()
  }
}
