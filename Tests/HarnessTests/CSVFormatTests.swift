import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct CSVFormatTests {
  private static let good = "a,label,b\n1,x,-2\n3.5,y,1e3\n2,x,0\n"

  private func load(_ train: String, _ test: String = good) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.write(Array(train.utf8), to: "train.csv")
    try folder.write(Array(test.utf8), to: "test.csv")
    return try #require(try DataSource.named(folder.path + "/")).load()
  }

  @Test("Columns are channels, standardized each by itself; the label may be any column")
  func columns() throws {
    let data = try load("a,label,b,c\n1,x,-2,7\n3,y,2,7\n", "a,label,b,c\n1,y,4,8\n")
    #expect(data.shape == SampleShape(height: 1, width: 1, channels: 3) && data.shape.kind == .vectors)
    #expect(data.moments.map(\.mean) == [2, 0, 7] && data.moments.map(\.deviation) == [1, 2, 1])
    #expect(data.batch(0..<2, of: data.train, on: .serial).scalars == [-1, -1, 0, 1, 1, 0])
    #expect(data.batch([0], of: data.test, on: .serial).scalars == [-1, 2, 1])
    #expect(data.labelNames == ["x", "y"] && data.train.labels == [0, 1] && data.test.labels == [1])
  }

  @Test("A column that is the same everywhere has its number as mean, to the bit")
  func constant() throws {
    let text = "a,label\n0.1,x\n0.1,y\n0.1,x\n"
    let data = try load(text, text)
    #expect(data.moments.map(\.mean) == [0.1] && data.moments[0].variance == 0 && data.moments[0].deviation == 1)
  }

  @Test("Line ends, quotes, white space and a mark of the encoding change nothing")
  func spellings() throws {
    let plain = try load(Self.good)
    for text in [
      Self.good.replacing("\n", with: "\r\n"), "\u{FEFF}" + Self.good, Self.good + "\n\n",
      "\"a\", label ,b\n 1 ,\"x\",-2.0\n3.5,y ,1000\n2,x,0", String(Self.good.dropLast()),
    ] {
      #expect(try load(text, text).fingerprint == plain.fingerprint, "\(text)")
    }
  }

  @Test("Labels are integers if all of them are")
  func labels() throws {
    func names(_ train: [String], _ test: [String]) throws -> [String] {
      try load("a,label\n" + train.map { "1,\($0)\n" }.joined(), "a,label\n" + test.map { "1,\($0)\n" }.joined())
        .labelNames
    }
    #expect(try names(["10", "9", "-1"], ["9"]) == ["-1", "9", "10"])
    #expect(try names(["10", "9", "a"], ["9"]) == ["10", "9", "a"])
  }

  @Test(
    "A table that is not what it should be is named, with what was found and what was expected",
    arguments: [
      ("", "nothing"), ("1,2,3\n4,5,6\n", "a first line of 1,2,3"), ("label\n1\n", "a first line of label"),
      ("a,label,label\n1,2,3\n", "a first line of a,label,label"), ("a,label,b\n", "no line but the first"),
      ("a,label,b\n1,x,-2\n1,x\n", "line 3 with 2 fields"), ("a,label,b\n1,x,-2,4\n", "line 2 with 4 fields"),
      ("a,label,b\n1,x,two\n", "'two' as b in line 2"), ("a,label,b\n,x,2\n", "'' as a in line 2"),
      ("a,label,b\n1,,2\n", "no label in line 2"), ("a,label,b\n1,\"x,2\n3,y,4\n", "a quotation that begins in line 2"),
      ("a,label,b\n1,x,nan\n", "in sample 0 that is infinite or no number"),
      ("a,label,b\n1,x,2\n1,y,1e999\n", "in sample 1 that is infinite or no number"),
      ("a,label,c\n1,x,2\n", "other columns"), ("a,b,label\n1,2,x\n", "other columns"),
      ("a,label,b\n1,x,2\n", "a test label y"),
    ])
  func broken(table: String, found: String) throws {
    let error = #expect(throws: HarnessError.self, "\(found)") { try load(table) }
    let text = error?.description ?? ""
    #expect(error?.exitCode == 65 && text.contains(".csv: found "), "\(text)")
    #expect(text.contains(found), "\(text)")
  }
}
