import Foundation
import TestSupport
import Testing

/// The program, where another one keeps its folder locked.
@Suite struct LockedFolderTests {
  private let folder: TemporaryFolder
  private let lock: Int32

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/Results", withIntermediateDirectories: false)
    lock = open(folder.path + "/Results/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    try #require(flock(lock, LOCK_EX) == 0)
  }

  #if os(Linux)
    private let notice = "Results is locked by process \(getpid()): waiting until it is free."
  #else
    private let notice = "Results is locked by another program: waiting until it is free."
  #endif

  @Test(
    "A time limit ends the wait for a folder",
    arguments: ["--norm layer --quiet", "claims sanity --quick --results Results"])
  func timeLimit(line: String) throws {
    defer { close(lock) }
    let outcome = try compare("\(line) --time-limit 2s", in: folder)
    #expect(outcome.code == 75 && outcome.output.isEmpty)
    #expect(outcome.errorLines.first == notice && outcome.errorLines.count == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("compare: the time limit is over;"))
  }

  @Test("Ctrl-C ends the wait, and a folder that is free again is gone on with", arguments: [true, false])
  func interrupted(isStopped: Bool) throws {
    let process = try RunningProgram("--norm none --model mlp --epochs 1", in: folder)
    process.wait { process.errors.contains(notice) }
    if isStopped { process.interrupt() } else { flock(lock, LOCK_UN) }
    let outcome = try process.outcome()
    close(lock)
    #expect(outcome.code == (isStopped ? 130 : 0) && outcome.output.isEmpty == isStopped, "\(outcome.errors)")
    #expect(outcome.errors.contains("compare: interrupted; every finished run is recorded.") == isStopped)
  }

  @Test("A run that ends while the folder is locked is recorded when it is free, also after Ctrl-C")
  func recording() throws {
    flock(lock, LOCK_UN)
    defer { close(lock) }
    let process = try RunningProgram("--norm none --model mlp --epochs 3000 --jobs 1", in: folder)
    process.wait { process.errors.contains("epoch ") }
    try #require(flock(lock, LOCK_EX) == 0)
    process.wait { process.errors.contains(notice) }
    process.interrupt()
    usleep(300_000)
    flock(lock, LOCK_UN)
    let outcome = try process.outcome()
    #expect(outcome.code == 130, "\(outcome.errors)")
    #expect(outcome.errors.contains("1 of 1 runs are recorded, and the same command goes on."), "\(outcome.errors)")
  }
}
