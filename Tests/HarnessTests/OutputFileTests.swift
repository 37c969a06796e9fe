import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct OutputFileTests {
  @Test("A file that is replaced on a full disk is as it was, with nothing beside it, and the system's reason is told")
  func fullDisk() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/differences.csv"
    try OutputFile.replace(file, with: "old".utf8)
    #expect(try folder.text(of: "differences.csv") == "old")
    let error = #expect(throws: HarnessError.self) {
      try onFullDisk { try OutputFile.replace(file, with: [UInt8](repeating: 1, count: fullDiskSize + 1)) }
    }
    #expect(error == .writeFailed("\(file) cannot be written: File too large."))
    #expect(try folder.text(of: "differences.csv") == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["differences.csv"])
    try OutputFile.replace(file, with: "new".utf8)
    #expect(try folder.text(of: "differences.csv") == "new")
  }

  @Test("A file that cannot be made, or whose place is taken, is told by its own name")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    #expect(throws: HarnessError.cannotCreate("/nowhere/file cannot be written: No such file or directory.")) {
      try OutputFile.replace("/nowhere/file", with: "text".utf8)
    }
    try FileManager.default.createDirectory(atPath: folder.path + "/taken", withIntermediateDirectories: true)
    #expect(throws: HarnessError.writeFailed("\(folder.path)/taken cannot be written: Is a directory.")) {
      try OutputFile.replace(folder.path + "/taken", with: "text".utf8)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
  }

  @Test("A folder is made with those above it, once, or it is told why not")
  func folders() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<2 { #expect(OutputFolder.make(folder.path + "/a/b//c/") == nil) }
    #expect(FileManager.default.fileExists(atPath: folder.path + "/a/b/c"))
    try folder.write([1], to: "file")
    #expect(OutputFolder.make(folder.path + "/file") == "File exists")
    #expect(OutputFolder.make(folder.path + "/file/a/b") == "Not a directory")
  }
}
