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

  @Test("Words that look alike are two classes if their bytes are not the same")
  func accents() throws {
    let table = "a,label\n1,\u{E9}\n2,e\u{301}\n3,e\n"
    let data = try load(table, table)
    #expect(data.classes == 3 && data.train.labels == [2, 1, 0] && data.test.labels == [2, 1, 0])
    #expect(data.labelNames.map { Array($0.utf8) } == [[0x65], [0x65, 0xCC, 0x81], [0xC3, 0xA9]])
  }
}
