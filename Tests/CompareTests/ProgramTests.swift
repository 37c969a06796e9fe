import Foundation
import Harness
import Tensors
import TestSupport
import Testing

/// What a run of the program came to.
private struct Outcome {
  let code: Int32
  let output: String
  let errors: String
}

/// The built program, which stands beside the tests.
private let program: URL = {
  var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  while !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("compare").path) {
    folder = folder.deletingLastPathComponent()
    precondition(folder.path != "/", "compare is not built")
  }
  return folder.appendingPathComponent("compare")
}()

private func start(_ arguments: [String], in folder: TemporaryFolder) throws -> (Process, Pipe, Pipe) {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
  let (output, errors) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = errors
  try process.run()
  return (process, output, errors)
}

private func compare(_ line: String, in folder: TemporaryFolder) throws -> Outcome {
  let (process, output, errors) = try start(line.split(separator: " ").map(String.init), in: folder)
  let text = output.fileHandleForReading.readDataToEndOfFile()
  let errorText = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(
    code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
    errors: String(decoding: errorText, as: UTF8.self))
}

/// The rows of a result file, without the columns that hold times, and without the package's version.
private func rows(_ file: String, in folder: TemporaryFolder) throws -> [String] {
  let lines = try folder.text(of: file).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
  let left: Set = ["seconds", "samples_per_second", "elapsed_seconds", "version"]
  let kept = lines[0].indices.filter { !left.contains(lines[0][$0]) }
  return lines.map { fields in kept.map { fields[$0] }.joined(separator: ",") }
}

private let norms = NormalizerChoice.all.count

@Suite struct ProgramTests {
  @Test("The plain command prints a table and records the run; the second time it trains nothing and prints the same")
  func plainCommand() throws {
    let folder = try TemporaryFolder()
    let first = try compare("--norm layer --model rnn", in: folder)
    #expect(first.code == 0)
    #expect(first.output.contains("layer  rnn") && first.output.contains("Results/runs.csv"))
    #expect(first.errors.contains("[1/1] rnn layer digits seed 0: test accuracy 0.9"))
    #expect(!first.errors.contains("\u{1B}") && !first.errors.contains("\r"))
    let before = try folder.text(of: "Results/runs.csv")
    let second = try compare("--norm layer --model rnn", in: folder)
    #expect(second.output == first.output)
    #expect(second.errors == "1 run is recorded already and not trained again (--force does).\n")
    #expect(try folder.text(of: "Results/runs.csv") == before)
    let forced = try compare("--norm layer --model rnn --force --quiet", in: folder)
    #expect(forced.errors == "")
    #expect(try folder.text(of: "Results/runs.csv").split(separator: "\n").count == 2)
  }

  @Test(
    "Mistakes have their exit codes and one line",
    arguments: [
      ("--norm lyer", 64, "compare: Unknown value 'lyer' of --norm."),
      ("--batch-size 2000", 64, "compare: --batch-size 2000 is larger than digits, which has 1437"),
      ("--norm group --groups 5", 64, "compare: --groups 5 does not divide the 64 channels of a layer of rnn."),
      ("--data /nowhere/mnist", 66, "compare: /nowhere/mnist is not there. --data takes a folder"),
      ("--results /dev/null/x", 73, "compare: The results folder /dev/null/x cannot be made"),
    ])
  func mistakes(line: String, code: Int, text: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try compare(line, in: folder)
    #expect(outcome.code == Int32(code))
    #expect(outcome.errors.hasPrefix(text), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("A dry run lists the runs and writes nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("--norm all --model all --dry-run", in: folder)
    #expect(outcome.output.hasSuffix("\(2 * norms) runs, \(2 * norms) to train.\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("One and two threads, and one to three runs side by side, give the same files but for the times")
  func threads() throws {
    let first = try TemporaryFolder()
    let line = "--norm all --model all --epochs 2 --batch-size 100"
    #expect(try compare("\(line) --jobs 1 --threads 1", in: first).code == 0)
    for other in ["--jobs 1 --threads 2", "--jobs 2", "--jobs 3"] {
      let folder = try TemporaryFolder()
      #expect(try compare("\(line) \(other)", in: folder).code == 0)
      for file in ["Results/runs.csv", "Results/curves.csv"] {
        #expect(try rows(file, in: folder) == rows(file, in: first))
      }
    }
  }

  @Test("The default comparison gives the numbers that it gave before, to the last bit")
  func digest() throws {
    let folder = try TemporaryFolder()
    #expect(try compare("--norm all --model all", in: folder).code == 0)
    let text = try (rows("Results/runs.csv", in: folder) + rows("Results/curves.csv", in: folder))
      .joined(separator: "\n")
    let digest = String(StableHash(of: text.utf8).value, radix: 16)
    #expect(digest == "1e4d89c52505b201")
  }

  @Test("A run that diverges is recorded and shown")
  func divergence() throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("--norm none --model cnn --learning-rate 1e6", in: folder)
    #expect(outcome.code == 0 && outcome.output.contains("diverged"))
    #expect(try folder.text(of: "Results/runs.csv").contains(",diverged,"))
  }

  @Test("Two processes that write to one folder lose nothing and record each run once")
  func twoProcesses() throws {
    let folder = try TemporaryFolder()
    let arguments = "--norm all --model rnn --epochs 2 --seeds 4 --quiet --threads 1".split(separator: " ").map(
      String.init)
    let (first, _, _) = try start(arguments, in: folder)
    let second = try compare(arguments.joined(separator: " "), in: folder)
    first.waitUntilExit()
    #expect(first.terminationStatus == 0 && second.code == 0)
    try expectWhole(folder, runs: 4 * norms, epochs: 2)
  }

  @Test("Killed twenty times at random moments, no finished run is lost or there twice")
  func killed() throws {
    let folder = try TemporaryFolder()
    let arguments = "--norm all --model all --epochs 3 --seeds 3 --quiet".split(separator: " ").map(String.init)
    var finished = 0
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let (process, _, _) = try start(arguments, in: folder)
      usleep(UInt32.random(in: 20_000...250_000, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let text = (try? folder.text(of: "Results/runs.csv")) ?? ""
      let whole = max(text.split(separator: "\n").count - 1, 0)
      #expect(whole >= finished)
      finished = max(finished, text.hasSuffix("\n") ? whole : whole - 1)
    }
    #expect(try compare(arguments.joined(separator: " "), in: folder).code == 0)
    try expectWhole(folder, runs: 6 * norms, epochs: 3)
  }

  @Test("Ctrl-C ends with the table of what is finished and exit code 130")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let arguments = "--norm all --model cnn --epochs 1000 --seeds 3".split(separator: " ").map(String.init)
    let (process, _, errors) = try start(arguments, in: folder)
    usleep(700_000)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.hasSuffix("compare: interrupted; every finished run is recorded.\n"))
    try expectWhole(folder, runs: 0, epochs: 1000)
  }

  private func expectWhole(_ folder: TemporaryFolder, runs: Int, epochs: Int) throws {
    let recorded = try rows("Results/runs.csv", in: folder).dropFirst().map { $0.prefix(16) }
    #expect(recorded.count == runs && Set(recorded).count == runs)
    let curves = try rows("Results/curves.csv", in: folder).dropFirst().map { $0.prefix(16) }
    #expect(curves.count == runs * epochs)
    #expect(Dictionary(grouping: curves) { $0 }.values.allSatisfy { $0.count == epochs })
  }
}
