import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct ResultFileTests {
  private let folder: TemporaryFolder
  private let file: ResultFile

  init() throws {
    folder = try TemporaryFolder()
    file = ResultFile(path: folder.path + "/file.csv", columns: ["run", "a", "b"], absent: { "no \($0)" })
  }

  @Test("A new file has its header, and rows as they are appended")
  func new() throws {
    #expect(try rows().isEmpty)
    try file.prepare()
    #expect(try text() == "run,a,b\n")
    try append(["run": "r1", "a": "1", "b": "x,y"], ["run": "r2", "b": "2"])
    #expect(try text() == "run,a,b\nr1,1,\"x,y\"\nr2,,2\n")
    #expect(try rows() == [["r1", "1", "x,y"], ["r2", "", "2"]])
    #expect(try rows(of: ["r2"]) == [["r2", "", "2"]] && rows(of: []).isEmpty)
  }

  @Test("Columns are found by their names, in any order; one that nobody knows is kept empty in new rows")
  func order() throws {
    try write("note,b,run,a\nmine,2,r1,1\n")
    try file.prepare()
    try append(["run": "r2", "a": "3", "b": "4"])
    #expect(try text() == "note,b,run,a\nmine,2,r1,1\n,4,r2,3\n")
    #expect(try file.runs(from: 0).runs == ["r1", "r2"] && rows(of: ["r2"]) == [["", "4", "r2", "3"]])
    try file.rewrite(with: [{ ["run": "r3", "a": "5"][$0] ?? "" }]) { $0 != "r2" }
    #expect(try text() == "note,b,run,a\nmine,2,r1,1\n,,r3,5\n")
  }

  @Test(
    "A file of an older version gets the columns that it lacks, with what they were, and leaves out what has no run")
  func older() throws {
    try write("run,old,b\nr1,x,nan\nr2,,\nr3,\"y,z\",7\n")
    try file.prepare(keeping: { $0 != "r2" })
    #expect(try text() == "run,old,b,a\nr1,x,no b,no a\nr3,\"y,z\",7,no a\n")
    // Once it has them all, it stays as it is.
    let number = file.number
    try file.prepare(keeping: { _ in false })
    #expect(file.number == number)
    #expect(!FileManager.default.fileExists(atPath: OutputFile.beside(file.path)))
  }

  @Test("Line ends may be those of another system")
  func lineEnds() throws {
    try write("run,a,b\r\nr1,1,2\r\n")
    try file.prepare()
    try append(["run": "r2"])
    #expect(try rows() == [["r1", "1", "2"], ["r2", "", ""]])
  }

  @Test(
    "What someone else wrote without a line's end is refused, and stays", arguments: ["my own notes", "run,a,b,more"])
  func notes(text: String) throws {
    try write(text)
    let error = #expect(throws: HarnessError.self) { try file.prepare() }
    #expect(error?.exitCode == 65)
    #expect(try self.text() == text)
    // The beginning of its own first line is no loss.
    try write("run,a")
    try file.prepare()
    #expect(try self.text() == "run,a,b\n")
  }

  @Test("A file of zeros is not looked through for its last line")
  func zeros() throws {
    try write("run,a,b\n")
    try #require(truncate(file.path, 1 << 40) == 0)
    let error = #expect(throws: HarnessError.self) { try file.prepare() }
    #expect(error?.exitCode == 65 && error?.description.contains("no end of a line in the last 64 MiB") == true)
  }

  @Test("A line without an end is not read, and cut off before others are written")
  func unfinished() throws {
    try write("run,a,b\nr1,1,2\nr2,3,4")
    #expect(try rows() == [["r1", "1", "2"]])
    #expect(try file.runs(from: 0).runs == ["r1"] && file.runs(from: 0).end == 15)
    try file.prepare()
    #expect(try text() == "run,a,b\nr1,1,2\n")
    try write("run,a")
    #expect(try rows().isEmpty)
    try file.prepare()
    #expect(try text() == "run,a,b\n")
  }

  @Test("The runs from a place on are those of the lines that begin there")
  func further() throws {
    try write("run,a,b\nr1,1,2\n")
    let (first, end) = try file.runs(from: 0)
    #expect(first == ["r1"] && end == 15)
    #expect(try file.runs(from: end).runs.isEmpty && file.runs(from: end).end == end)
    try append(["run": "r2"], ["run": "r3"])
    #expect(try file.runs(from: end).runs == ["r2", "r3"] && file.runs(from: end).end == 25)
  }

  @Test("A line that does not fit the header is named", arguments: ["r2,1", "r2,1,2,3", ""])
  func misfit(line: String) throws {
    try write("run,a,b\nr1,1,2\n\(line)\n")
    let error = #expect(throws: HarnessError.self) { try rows() }
    #expect(error?.exitCode == 65)
    #expect(error?.description.contains("file.csv: found line 3 with \(line.prefix(6))") == true)
    #expect(error?.description.contains("expected 3 values that fit the header") == true)
  }

  @Test("A write that does not fit leaves the file as it was, and a file that is written anew stays the old one")
  func fullDisk() throws {
    try write("run,a,b\nr1,1,2\n")
    let rest = fullDiskSize - 15
    let long = String(repeating: "x", count: rest - 2)
    for text in [long, long + long] {
      let error = #expect(throws: HarnessError.self) { try onFullDisk { try append(["run": "r2", "a": text]) } }
      #expect(error?.exitCode == 74 && error?.description.contains("File too large") == true)
      #expect(try file.length() == 15)
      let again = #expect(throws: HarnessError.self) {
        try onFullDisk { try file.rewrite(with: [{ $0 == "a" ? text : "" }]) { _ in true } }
      }
      #expect(again?.exitCode == 74)
      #expect(try file.length() == 15 && !FileManager.default.fileExists(atPath: OutputFile.beside(file.path)))
    }
    try append(["run": "r2", "a": "3"])
    #expect(try rows() == [["r1", "1", "2"], ["r2", "3", ""]])
  }

  @Test("A file that is cut to a length has no more, and never more than it had")
  func cut() throws {
    try write("run,a,b\nr1,1,2\n")
    try file.cut(to: 100)
    #expect(try file.length() == 15)
    try file.cut(to: 8)
    #expect(try text() == "run,a,b\n" && file.length() == 8)
  }

  @Test("A file without a run is somebody else's and stays as it is")
  func foreign() throws {
    try write("a,b\n1,2\n")
    for action in [{ try self.file.prepare() }, { _ = try self.rows() }, { try self.append([:]) }] {
      let error = #expect(throws: HarnessError.self) { try action() }
      #expect(error?.exitCode == 65 && error?.description.contains("the columns a,b…, and no run") == true)
    }
    #expect(try text() == "a,b\n1,2\n")
  }

  private func write(_ text: String) throws { try folder.write(Array(text.utf8), to: "file.csv") }

  private func text() throws -> String { try folder.text(of: "file.csv") }

  private func rows(of runs: Set<String>? = nil) throws -> [[String]] {
    var rows: [[String]] = []
    try file.forEachRow(of: runs) { rows.append($0.fields) }
    return rows
  }

  private func append(_ lines: [String: String]...) throws {
    try file.append(lines.map { line in { line[$0] ?? "" } })
  }
}
