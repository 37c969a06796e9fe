import Foundation

/// What keeps several programs from writing to one folder at the same time.
struct FolderLock: Sendable {
  let folder: String
  /// What to do while another program holds it for long.
  var wait = LockWait()
  /// Locks an open file and returns 0, or leaves the reason why it cannot be locked now in `errno`.
  var take: @Sendable (_ file: Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) }

  /// Runs `body` while no other program holds the lock.
  ///
  /// - Throws: `HarnessError` if the folder cannot be written, or its file system has no locks: without one, programs side by side
  ///   would damage what is recorded; and what ends the wait.
  func hold<Result>(_ body: () throws -> Result) throws -> Result {
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else {
        throw HarnessError.cannotCreate(
          "The results folder \(folder) cannot be written: \(String(cString: strerror(errno))). "
            + "Name another one with --results.")
      }
      defer { close(file) }
      try lock(file)
      // Who held it may have failed, and removed it with the folder that it had made.
      if Self.isSame(file, path) { return try body() }
    }
  }

  private var path: String { folder + "/.lock" }

  private static func isSame(_ file: Int32, _ path: String) -> Bool {
    var (mine, there) = (stat(), stat())
    return fstat(file, &mine) == 0 && stat(path, &there) == 0 && mine.st_dev == there.st_dev
      && mine.st_ino == there.st_ino
  }

  private func lock(_ file: Int32) throws {
    let start = ContinuousClock.now
    var isLong = false
    while take(file) != 0 {
      guard [EINTR, EWOULDBLOCK].contains(errno) else {
        throw HarnessError.writeFailed(
          "\(path) cannot be locked: \(String(cString: strerror(errno))). "
            + "Name a folder on a disk of this machine with --results; compare merge joins it with others.")
      }
      if isLong {
        try wait.goOn()
      } else if start.duration(to: .now) > LockWait.patience {
        isLong = true
        wait.begin("\(folder) is locked by \(Self.holder(of: file)): waiting until it is free.")
      }
      usleep(isLong ? 50_000 : 1000)
    }
  }

  /// Who holds the lock of a file, where the system tells.
  private static func holder(of file: Int32) -> String {
    var status = stat()
    guard fstat(file, &status) == 0, let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else {
      return "another program"
    }
    // As `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`: the process, and the file behind its device, which is not known by the
    // same number everywhere. Where that leaves several, none is named.
    let lines = locks.split(separator: "\n").map { $0.split(separator: " ") }
    let holders = lines.filter { $0.count > 5 && $0[1] == "FLOCK" && $0[5].hasSuffix(":\(status.st_ino)") }.map {
      $0[4]
    }
    guard Set(holders).count == 1, let holder = holders.first, holder != "\(getpid())" else { return "another program" }
    return "process \(holder)"
  }
}

/// What a program does while another one holds the lock of its results for more than a second.
public struct LockWait: Sendable {
  /// So long nothing is said, and nothing ends the wait: what is to be recorded is not lost for the time in which others record.
  static let patience = Duration.seconds(1)

  let begin: @Sendable (_ notice: String) -> Void
  let goOn: @Sendable () throws -> Void

  /// - Parameters:
  ///   - begin: called once in a wait, with a line that says which folder is locked, and by whom.
  ///   - goOn: called again and again until it is over; what it throws ends the wait.
  public init(
    begin: @escaping @Sendable (_ notice: String) -> Void = { _ in }, goOn: @escaping @Sendable () throws -> Void = {}
  ) {
    (self.begin, self.goOn) = (begin, goOn)
  }
}
