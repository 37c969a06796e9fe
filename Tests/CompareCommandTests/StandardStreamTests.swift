import Foundation
import TestSupport
import Testing

@testable import CompareCommand

@Suite struct StandardStreamTests {
  @Test("A write that fails is kept as the reason, and nothing is written after it")
  func failure() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let stream = StandardStream(descriptor)
    stream.write("")
    #expect(stream.failure == nil)
    stream.write("text")
    #expect(stream.failure == StandardStream.Failure(number: ENOSPC))
    #expect(stream.failure?.exitCode == 74)
    #expect(stream.failure?.message == "Standard output cannot be written: No space left on device.")
    let pipe = Pipe()
    dup2(pipe.fileHandleForWriting.fileDescriptor, descriptor)
    stream.write("late")
    close(descriptor)
    try pipe.fileHandleForWriting.close()
    #expect(pipe.fileHandleForReading.readDataToEndOfFile().isEmpty)
  }

  @Test("A reader who has gone is not spoken of")
  func closedPipe() {
    #expect(StandardStream.Failure(number: EPIPE).exitCode == 141)
    #expect(StandardStream.Failure(number: EPIPE).message == nil)
    #expect(StandardStream.Failure(number: EBADF).exitCode == 74)
  }

  @Test("A reader who is slow gets everything; one who does not read is given up in time")
  func slowReader() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    let impatient = StandardStream(descriptor, patience: 10)
    impatient.write(String(repeating: "a", count: 1_000_000))
    #expect(impatient.failure == StandardStream.Failure(number: EAGAIN))
    let patient = StandardStream(descriptor)
    let writer = Thread {
      patient.write(String(repeating: "b", count: 1_000_000))
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    #expect(text.count { $0 == UInt8(ascii: "b") } == 1_000_000)
    #expect(patient.failure == nil)
  }
}

@Suite struct BrokenStreamTests {
  private static let runs = "--norm layer,batch,none --model rnn --epochs 1"

  @Test(
    "Streams that cannot be written lose no run",
    arguments: [
      ("2>/dev/full", 0, ""), ("2>&-", 0, ""), ("2>&- <&-", 0, ""),
      (">/dev/full --quiet", 74, "compare: Standard output cannot be written: No space left on device.\n"),
      (">&- --quiet", 74, "compare: Standard output cannot be written: Bad file descriptor.\n"),
      (">&- 2>&- <&-", 74, ""), (">/dev/full 2>/dev/full", 74, ""),
    ])
  func shell(redirections: String, code: Int, errors: String) throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec '\(compareProgram)' \(Self.runs) \(redirections)"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == code)
    #expect(String(decoding: text, as: UTF8.self) == errors)
    try expectThreeRuns(in: folder)
  }

  @Test("Readers who have gone lose no run, and nothing is said", arguments: [(true, 141), (false, 0)])
  func closedPipe(isOutput: Bool, code: Int) throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compareProgram)
    process.arguments = Self.runs.split(separator: " ").map(String.init) + (isOutput ? ["--quiet"] : [])
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let (broken, whole) = (Pipe(), Pipe())
    process.standardOutput = isOutput ? broken : whole
    process.standardError = isOutput ? whole : broken
    try broken.fileHandleForReading.close()
    try process.run()
    let text = whole.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == code)
    #expect(isOutput ? text.isEmpty : String(decoding: text, as: UTF8.self).contains("test accuracy"))
    try expectThreeRuns(in: folder)
  }

  /// A header and three rows, and no progress among them.
  private func expectThreeRuns(in folder: TemporaryFolder) throws {
    let lines = try folder.text(of: "Results/runs.csv").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(Set(lines.map { $0.count { $0 == "," } }).count == 1)
  }
}
