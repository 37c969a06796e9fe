import Foundation
import TestSupport
import Testing

@testable import CompareCommand

@Suite struct PythonReportTests {
  /// What is said of a folder.
  private func said(_ report: PythonReport) -> [String] {
    var lines: [String] = []
    report.make(saying: { lines.append($0) }, output: .nullDevice)
    return lines
  }

  @Test("Without the packages, the command is named that brings them")
  func named() {
    #expect(
      said(PythonReport(folder: "my results", script: "Results/plot.py", works: { _ in false }))
        == ["Report: uv run Results/plot.py 'my results' --report"])
    #expect(
      said(PythonReport(folder: "Results", script: nil, works: { _ in true }))
        == ["Report: uv run Results/plot.py Results --report, in the folder of the package Norms"])
  }

  @Test("With the packages, the command is run; a script that fails is said and nothing more")
  func run() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("import sys; open(sys.argv[1] + '/made', 'w').write(sys.argv[2])".utf8), to: "plot.py")
    let script = folder.path + "/plot.py"
    let lines = said(PythonReport(folder: folder.path, script: script, works: { _ in true }))
    #expect(lines == ["Report: python3 \(script) \(folder.path) --report"])
    #expect(try folder.text(of: "made") == "--report")
    try folder.write(Array("import sys; sys.exit(65)".utf8), to: "plot.py")
    #expect(
      said(PythonReport(folder: "x", script: script, works: { _ in true })).last
        == "The report was not made: exit code 65.")
  }

  @Test(
    "The script is that of the package that the program lies in, and no other one of the folder that it is called in")
  func script() throws {
    let (package, other) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [package, other] {
      try FileManager.default.createDirectory(atPath: folder.path + "/Results", withIntermediateDirectories: true)
      try folder.write([], to: "Results/plot.py")
    }
    let program = package.path + "/.build/debug/compare"
    #expect(PythonReport.script(from: package.path, of: program) == "Results/plot.py")
    let found = try #require(PythonReport.script(from: other.path, of: program))
    #expect(found.hasSuffix("/Results/plot.py") && !found.hasPrefix(other.path) && found != "Results/plot.py")
    #expect(PythonReport.script(from: other.path, of: "/usr/bin/compare") == nil)
  }

  @Test("What is asked of Python is whether it imports what the script does")
  func asks() {
    var asked: [[String]] = []
    _ = said(
      PythonReport(
        folder: "x", script: "Results/plot.py",
        works: {
          asked.append($0)
          return false
        }))
    let question = ["-c", "import altair, fontTools, pandas, pypdf, vl_convert"]
    #expect(asked == [["python3"] + question, [".venv/bin/python"] + question])
  }

  @Test("A folder knows the commands that recorded into it, each once, and what reads it changes nothing")
  func commands() throws {
    let folder = try TemporaryFolder()
    let line = "--norm layer --model mlp --epochs 1 --train-limit 50 --quiet"
    for _ in 0..<2 { #expect(try compare(line, in: folder).code == 0) }
    #expect(try compare(line + " --seeds 2", in: folder).code == 0)
    #expect(try compare("show", in: folder).code == 0)
    let rows = try ResultRows("commands.csv", in: folder)
    #expect(rows.columns == CommandFile.columns.columns.map(\.name))
    #expect(rows["command"] == ["compare " + line, "compare " + line + " --seeds 2"], "\(rows.fields)")
    // What is in its place keeps nobody from training.
    try folder.write(Array("something else".utf8), to: "Results/commands.csv")
    #expect(try compare(line + " --seeds 3", in: folder).code == 0)
    #expect(try folder.text(of: "Results/commands.csv") == "something else")
  }

  @Test("A comparison that wants a report ends well without Python, and its JSON stays JSON")
  func program() throws {
    let folder = try TemporaryFolder()
    // Away from the package there is no script and no virtual environment, and without a path no Python.
    let program = folder.path + "/compare"
    try FileManager.default.copyItem(atPath: compareProgram, toPath: program)
    func report(_ format: String...) throws -> (code: Int32, output: String) {
      let words = "--norm layer --model mlp --epochs 1 --quiet --report".split(separator: " ").map(String.init)
      return try CompareCommandTests.run(
        "/usr/bin/env", ["-C", folder.path, "PATH=/nowhere", program] + words + format)
    }
    let (code, output) = try report("--json")
    #expect(code == 0)
    #expect((try? JSONSerialization.jsonObject(with: Data(output.utf8))) != nil, "\(output)")
    let text = try report()
    #expect(text.code == 0 && text.output.contains("\nReport: uv run "), "\(text.output)")
  }
}
