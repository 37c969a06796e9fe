import Foundation
import TestSupport

/// What a run of the program came to.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  /// The lines of standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// The path of the built program, which stands beside the tests.
let compareProgram: String = {
  var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  while !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("compare").path) {
    folder = folder.deletingLastPathComponent()
    precondition(folder.path != "/", "compare is not built")
  }
  return folder.appendingPathComponent("compare").path
}()

/// A run of the program in a folder; what it prints is in files, which never fill up as pipes do.
final class RunningProgram {
  private let process = Process()
  private let prints: TemporaryFolder

  init(_ line: String, in folder: TemporaryFolder, executable: String = compareProgram) throws {
    prints = try TemporaryFolder()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = line.split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    try process.run()
  }

  private func file(_ name: String) throws -> FileHandle {
    try prints.write([], to: name)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(prints.path)/\(name)"))
  }

  var errors: String { (try? prints.text(of: "errors")) ?? "" }

  func interrupt() { process.interrupt() }

  func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Waits until something is so, or the program has ended; not for ever, where it never will be.
  func wait(until isSo: () -> Bool) {
    let end = ContinuousClock.now + .seconds(120)
    while process.isRunning && !isSo() && ContinuousClock.now < end { usleep(1000) }
  }

  deinit {
    if process.isRunning { kill() }
  }

  /// Waits for the end.
  func outcome() throws -> Outcome {
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, output: try prints.text(of: "output"), errors: errors)
  }
}

/// Runs the program to its end; words of the line are separated by single spaces.
func compare(_ line: String, in folder: TemporaryFolder) throws -> Outcome {
  try RunningProgram(line, in: folder).outcome()
}

/// Runs something else, as a shell.
func run(_ executable: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: executable)
  process.arguments = arguments
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

/// A result file, read as simply as can be: no field of ours has a comma.
struct ResultRows {
  let columns: [String]
  let fields: [[String]]

  init(_ file: String, in folder: TemporaryFolder) throws {
    let lines = try folder.text(of: "Results/\(file)").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    columns = lines.first ?? []
    fields = Array(lines.dropFirst())
  }

  subscript(column: String) -> [String] {
    guard let index = columns.firstIndex(of: column) else { return [] }
    return fields.map { $0[index] }
  }

  /// The rows without the columns that hold times.
  var timeless: [[String]] {
    let kept = columns.indices.filter { !["seconds", "samples_per_second", "elapsed_seconds"].contains(columns[$0]) }
    return ([columns] + fields).map { row in kept.map { row[$0] } }
  }
}

/// A table as it was printed, without the column of samples per second, which is as wide as its title.
func timeless(_ table: String) -> [String] {
  let lines = table.split(separator: "\n").map(Array.init)
  let title = Array("samples/s")
  guard
    let head = lines.first(where: { $0.starts(with: "norm") }),
    let start = head.indices.first(where: { head[$0...].starts(with: title) })
  else { return lines.map { String($0) } }
  let clock = start..<start + title.count
  return lines.map { line in
    String(line.indices.filter { line.count < clock.upperBound || !clock.contains($0) }.map { line[$0] })
  }
}
