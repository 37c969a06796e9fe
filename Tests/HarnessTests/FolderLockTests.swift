import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct FolderLockTests {
  @Test(
    "On a file system without locks nothing is done, and it is told why and what to do",
    arguments: [ENOLCK, EOPNOTSUPP])
  func missing(reason: Int32) throws {
    let folder = try TemporaryFolder()
    let lock = FolderLock(folder: folder.path) { _ in
      errno = reason
      return -1
    }
    let error = #expect(throws: HarnessError.self) { try lock.hold { Issue.record("Done without a lock") } }
    let expected =
      "\(folder.path)/.lock cannot be locked: \(String(cString: strerror(reason))). "
      + "Name a folder on a disk of this machine with --results; compare merge joins it with others."
    #expect(error == .writeFailed(expected) && error?.exitCode == 74)
  }

  @Test("A signal that comes meanwhile does not end the waiting")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let signals = Seen<Int32>()
    let lock = FolderLock(folder: folder.path) { file in
      signals.append(file)
      errno = EINTR
      return signals.all.count < 3 ? -1 : 0
    }
    #expect(try lock.hold { signals.all.count } == 3)
  }
}
