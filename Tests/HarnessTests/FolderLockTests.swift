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

  @Test("A lock that another program holds is waited for; after a second that is said once")
  func held() throws {
    let folder = try TemporaryFolder()
    let (notices, tries) = (Seen<String>(), Seen<Int>())
    let other = open(folder.path + "/.lock", O_RDWR | O_CREAT, 0o644)
    try #require(flock(other, LOCK_EX) == 0)
    defer { close(other) }
    let wait = LockWait(begin: notices.append) {
      tries.append(1)
      if tries.all.count == 3 { flock(other, LOCK_UN) }
    }
    let start = ContinuousClock.now
    #expect(try FolderLock(folder: folder.path, wait: wait).hold { true })
    #expect(start.duration(to: .now) >= LockWait.patience && tries.all.count == 3)
    // This process is no other one.
    #expect(notices.all == ["\(folder.path) is locked by another program: waiting until it is free."])
  }

  @Test("A lock that is removed while it is waited for is made anew")
  func removed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/.lock"
    let tries = Seen<Int32>()
    let lock = FolderLock(folder: folder.path) { file in
      tries.append(file)
      if tries.all.count == 1 { unlink(path) }
      return flock(file, LOCK_EX | LOCK_NB)
    }
    #expect(try lock.hold { tries.all.count } == 2 && access(path, F_OK) == 0)
  }

  @Test("What is thrown while a lock is waited for ends the wait, and a lock that is free is not asked about")
  func ended() throws {
    let folder = try TemporaryFolder()
    let lock = FolderLock(folder: folder.path, wait: LockWait(goOn: { throw HarnessError.outOfTime }))
    #expect(try lock.hold { true })
    let error = try lock.hold { #expect(throws: HarnessError.self) { try lock.hold { Issue.record("Done") } } }
    #expect(error == .outOfTime)
  }

  @Test("A folder that two programs are at work in is shared, and one that is left is not")
  func use() throws {
    let folder = try TemporaryFolder()
    do {
      let first = FolderUse(of: folder.path)
      let second = FolderUse(of: folder.path)
      let third = FolderUse(of: folder.path)
      #expect(!first.isShared && second.isShared && third.isShared)
    }
    #expect(!FolderUse(of: folder.path).isShared)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
