import Foundation

/// The report on one page that `Results/plot.py` writes of a results folder.
///
/// It is named whether or not it can be made here: nothing of a comparison depends on Python.
struct PythonReport {
  /// Of the results.
  let folder: String
  /// Where `plot.py` is, for a shell in this folder.
  var script = Self.script()
  /// Whether a program runs without complaint.
  var works: ([String]) -> Bool = { Self.run($0, output: .nullDevice, errors: .nullDevice) == 0 }

  /// A Python that has what the script imports: the one on the path, or that of the virtual environment of the package.
  private var python: String? {
    let environment = String((script ?? "").dropLast("Results/plot.py".count)) + ".venv/bin/python"
    return ["python3", environment].first { works([$0, "-c", "import altair, fontTools, pandas, pypdf, vl_convert"]) }
  }

  /// Makes the report if Python and its packages are there, and says with which command, or how it could be.
  ///
  /// - Parameters:
  ///   - say: takes each line that is said.
  ///   - output: of the script.
  func make(saying say: (String) -> Void, output: FileHandle) {
    let arguments = [script ?? "Results/plot.py", folder, "--report"]
    guard script != nil, let python else {
      let place = script == nil ? ", in the folder of the package Norms" : ""
      return say("Report: \(Self.shell(["uv", "run"] + arguments))\(place)")
    }
    say("Report: \(Self.shell([python] + arguments))")
    let code = Self.run([python] + arguments, output: output, errors: .standardError)
    if code != 0 { say("The report was not made: exit code \(code).") }
  }

  /// `plot.py` of the package that this program was built in, seen from `current`; never another one that lies about there.
  static func script(
    from current: String = FileManager.default.currentDirectoryPath, of program: String = CommandLine.arguments[0]
  ) -> String? {
    let name = "Results/plot.py"
    var parent = URL(fileURLWithPath: program).resolvingSymlinksInPath()
    while parent.path != "/" {
      parent.deleteLastPathComponent()
      guard FileManager.default.fileExists(atPath: parent.appendingPathComponent(name).path) else { continue }
      let isHere = URL(fileURLWithPath: current).resolvingSymlinksInPath().path == parent.path
      return isHere ? name : parent.appendingPathComponent(name).path
    }
    return nil
  }

  /// Words as a shell takes them.
  static func shell(_ words: [String]) -> String {
    func isPlain(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || "/._-=,+:@%".contains(character))
    }
    return words.map { word in
      !word.isEmpty && word.allSatisfy(isPlain) ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }

  /// Runs a program of the path to its end.
  ///
  /// - Returns: its exit code, 127 if there is no such program.
  private static func run(_ words: [String], output: FileHandle, errors: FileHandle) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { return 127 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
