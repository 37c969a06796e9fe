import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand

@Suite struct CompletionTests {
  /// What bash offers for the words of a line, of which the last is being written.
  private func offers(_ words: [String], program: String = "compare") throws -> [String] {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/data", withIntermediateDirectories: true)
    try folder.write(Array(Shell.bash.script(Option.all(Catalogue()), for: program).utf8), to: "script")
    let line = ([program] + words).map { "'\($0)'" }.joined(separator: " ")
    let script = """
      cd '\(folder.path)' && . ./script && COMP_WORDS=(\(line)) && COMP_CWORD=\(words.count)
      complete -p '\(program)' | sed 's/.*-F \\([^ ]*\\).*/\\1/' >name
      "$(cat name)"; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let (code, output) = try run("/bin/bash", ["-c", script])
    #expect(code == 0)
    return output.split(separator: "\n").map(String.init)
  }

  @Test(
    "bash offers what an option takes, behind commas, too",
    arguments: [
      (["--norm", "ba"], ["batch"]), (["--norm", "batch,la"], ["batch,layer"]), (["--norm=", "ba"], []),
      (["--norm", "=", "ba"], ["batch"]), (["--model", "="], ["cnn", "rnn", "mlp", "all"]),
      (
        ["--norm", "batch,"],
        ["none", "batch", "layer", "instance", "group", "rms", "renorm", "dyt", "all"].map { "batch," + $0 }
      ),
      (["--optimizer", ""], ["sgd", "adam", "all"]), (["--affine", "o"], ["on", "off"]),
      (["--tune", "lea"], ["learning-rate"]), (["--baseline", "no"], ["none"]), (["--data", "d"], ["digits", "data"]),
      (["--results", "da"], ["data"]), (["merge", "da"], ["data"]), (["merge", "--int"], ["--into"]),
      (["--epochs", ""], []),
      (["--norm", "batch", "--weight-decay"], ["--weight-decay", "--weight-decay-of"]),
      (["s"], ["show", "schema"]), (["claims", "batch"], ["batch-size"]),
      (["claims", "sanity", "--qui"], ["--quiet", "--quick"]),
      (["completion", ""], ["bash", "zsh", "fish"]), (["show", "--pi"], ["--pivot"]),
      (["--ver"], ["--version"]), (["--quiet", "--dry"], ["--dry-run"]),
    ])
  func bash(words: [String], expected: [String]) throws {
    #expect(try offers(words) == expected)
  }

  @Test("A program of another name is completed under its own")
  func otherProgram() throws {
    #expect(try offers(["--norm", "la"], program: "my-compare") == ["layer"])
    #expect(Shell.fish.script(Option.all(Catalogue()), for: "my-compare").contains("complete -c my-compare -l norm "))
  }

  @Test("The program says its own name")
  func programName() throws {
    let folder = try TemporaryFolder()
    let link = folder.path + "/my-compare"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: compareProgram)
    func outcome(_ line: String) throws -> Outcome {
      try RunningProgram(line, in: folder, executable: link).outcome()
    }
    let help = try outcome("--help").output
    #expect(help.contains("USAGE: my-compare [options]\n       my-compare show [options]"))
    #expect(!help.contains("  compare "))
    #expect(try outcome("completion bash").output.hasSuffix("complete -F _my_compare my-compare\n"))
    #expect(try outcome("--qqq").errors.hasPrefix("my-compare: Unknown option"))
  }

  @Test("The scripts are printed, parse, and have every option", arguments: Shell.allCases)
  func scripts(shell: Shell) throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("completion \(shell.rawValue)", in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    for option in Option.all(Catalogue()) {
      let name = shell == .fish ? "complete -c compare -l \(option.name) " : "--\(option.name)"
      #expect(outcome.output.contains(name))
    }
    try folder.write(Array(outcome.output.utf8), to: "script")
    for path in ["/bin", "/usr/bin", "/usr/local/bin"].map({ "\($0)/\(shell.rawValue)" })
    where FileManager.default.isExecutableFile(atPath: path) {
      #expect(try run(path, ["-n", folder.path + "/script"]).code == 0)
    }
    // zsh is not everywhere, but its script is that of bash behind one line.
    if shell == .zsh {
      let lines = outcome.output.split(separator: "\n", maxSplits: 1)
      #expect(lines.last.map(String.init) == (try compare("completion bash", in: folder)).output)
    }
  }
}
