import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct DataSourceTests {
  @Test("A known name is that data set; a word that is no path is nothing")
  func names() throws {
    for source in DataSource.all { #expect(try DataSource.named(source.name) == source) }
    for word in ["", "digit", "Digits", "no-such-folder", "~no-such-user"] {
      #expect(try DataSource.named(word) == nil, "\(word)")
    }
  }

  @Test("A folder's data set is called what the folder is, however it is spelled")
  func spellings() throws {
    let folder = try good(in: "letters")
    let home = URL(fileURLWithPath: NSHomeDirectory()).resolvingSymlinksInPath().pathComponents.count - 1
    let toRoot = "~/" + String(repeating: "../", count: home)
    try folder.makeFolder("letters/inner")
    let ends = [
      "letters", "letters/", "letters//", "letters/.", "./letters", "letters/inner/..", "letters/inner/../",
    ]
    for end in ends {
      for path in [folder.path + "/" + end, toRoot + folder.path.dropFirst() + "/" + end] {
        let source = try DataSource.named(path)
        #expect(source?.name == "letters", "\(path)")
        #expect(try source?.load().train.count == 3, "\(path)")
      }
    }
    // What is known by name is not looked for in the folder that the program runs in.
    let digits = try good(in: "digits")
    #expect(try DataSource.named(digits.path + "/digits")?.load().name == "digits")
    #expect(try DataSource.named(digits.path + "/digits") != .digits)
  }

  @Test("Files may be plain or gzipped, with - or . before idx, also next to a folder of that name")
  func fileNames() throws {
    let folder = try good(in: "x")
    let path = folder.path + "/x"
    let data = try load(path)
    #expect(data.train.count == 3 && data.test.count == 2 && data.classes == 3)
    for name in DataFolder.fileNames {
      try folder.zip("x/" + name)
      try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    #expect(try load(path).fingerprint == data.fingerprint)
    for name in DataFolder.fileNames {
      let spelled = name.replacingOccurrences(of: "-idx", with: ".idx")
      try FileManager.default.moveItem(atPath: "\(path)/\(name).gz", toPath: "\(path)/\(spelled).gz")
      try folder.makeFolder("x/\(name)")
    }
    #expect(try load(path).fingerprint == data.fingerprint)
    for name in DataFolder.fileNames {
      try folder.unzip("x/" + name.replacingOccurrences(of: "-idx", with: ".idx") + ".gz")
    }
    #expect(try load(path).fingerprint == data.fingerprint)
  }

  @Test("Of a plain and a gzipped file, the plain one is read")
  func plainFirst() throws {
    let folder = try good(in: "x")
    try folder.zip("x/train-labels-idx1-ubyte")
    try folder.write(idx([3], [2, 0, 2]), to: "x/train-labels-idx1-ubyte")
    #expect(try load(folder.path + "/x").train.labels == [2, 0, 2])
    // Whichever way it is spelled.
    try FileManager.default.removeItem(atPath: folder.path + "/x/train-labels-idx1-ubyte")
    try folder.write(idx([3], [2, 2, 2]), to: "x/train-labels.idx1-ubyte")
    #expect(try load(folder.path + "/x").train.labels == [2, 2, 2])
  }

  @Test("A path without the four files says which are missing")
  func missingFiles() throws {
    let folder = try good(in: "x")
    func message(_ word: String) -> String {
      let error = #expect(throws: HarnessError.self, "\(word)") { try DataSource.named(word) }
      #expect(error?.exitCode == 66)
      return error?.description ?? ""
    }
    for name in DataFolder.fileNames {
      #expect(message("/nowhere/x").contains(name) && message(folder.path).contains("\(folder.path) has no "))
      #expect(message(folder.path).contains(name) && message(folder.path + "/x/" + name).contains("is not a folder"))
    }
    #expect(message("/nowhere/x").hasPrefix("/nowhere/x is not there. --data takes a folder"))
    #expect(message("~/no/such/folder").hasPrefix("~/no/such/folder is not there."))
    // The folder that the tests run in is one, but has no data.
    #expect(message(".").contains("train-images-idx3-ubyte"))
    let source = try DataSource.named(folder.path + "/x")
    try FileManager.default.removeItem(atPath: folder.path + "/x/t10k-labels-idx1-ubyte")
    #expect(message(folder.path + "/x").contains("/x has no t10k-labels-idx1-ubyte, plain or .gz"))
    #expect(throws: HarnessError.self) { try source?.load() }
    try FileManager.default.removeItem(atPath: folder.path + "/x")
    let gone = #expect(throws: HarnessError.self) { try source?.load() }
    #expect(gone?.exitCode == 66)
  }

  @Test("A known data set is taken from the first folder that has it; one that is nowhere says how to get it")
  func nowhere() throws {
    for known in [DataSource.mnist, .fashionMNIST] {
      let source = DataSource(name: known.name, folders: ["/nowhere/1", "/nowhere/2"], remedy: known.remedy)
      let error = #expect(throws: HarnessError.self) { try source.load() }
      #expect(error?.exitCode == 66)
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(known.name) is not in /nowhere/1 or /nowhere/2 (no train-images-idx3-ubyte"))
      #expect(text.contains("https://") && text.hasSuffix("name their folder with --data DIR."))
      let folder = try good(in: "x")
      let second = DataSource(name: known.name, folders: ["/nowhere", folder.path + "/x"], remedy: "")
      #expect(try second.load().name == known.name)
    }
  }

  private func load(_ path: String) throws -> Dataset {
    try #require(try DataSource.named(path)).load()
  }
}
