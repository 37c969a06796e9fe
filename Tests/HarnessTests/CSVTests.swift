import Foundation
import Testing

@testable import Harness

@Suite struct CSVTests {
  @Test("Fields come back as they were, whatever is in them, with either kind of line end")
  func roundTrip() {
    let rows = [["plain", "with, comma", "with \"quotes\"", "two\nlines", ""], ["1", "é", "nan", "", ""], [""]]
    let text = rows.map(CSV.line).joined()
    #expect(records(text) == rows)
    #expect(
      records(text.replacingOccurrences(of: "two\nlines", with: "x").replacingOccurrences(of: "\n", with: "\r\n"))
        == [["plain", "with, comma", "with \"quotes\"", "x", ""], rows[1], rows[2]])
    #expect(CSV.line(["a", "b,c", "d\"e", "f\rg"]) == "a,\"b,c\",\"d\"\"e\",\"f\rg\"\n")
  }

  @Test(
    "Numbers are the shortest that read back the same", arguments: [0.1, 1e-300, 1.0 / 3, 5e22, -0.0, 2] as [Double])
  func numbers(value: Double) {
    #expect(Double(CSV.field(value)) == value)
    #expect(CSV.field(2, isWhole: true) == "2" && CSV.field(2) == "2.0" && CSV.field(2.5, isWhole: true) == "2.5")
  }

  @Test("Where there is no number there is nothing", arguments: [Double.nan, .infinity, -.infinity])
  func noNumber(value: Double) {
    #expect(CSV.field(value).isEmpty && CSV.field(value, isWhole: true).isEmpty)
  }

  @Test("A field is found by the name of its column")
  func rows() throws {
    let row = CSV.Row(columns: CSV.Columns(["b", "a", "empty", "a"]), fields: ["1.5", "x", "", "y"], line: 7)
    #expect(row["a"] == "x" && row["empty"] == nil && row["c"] == nil)
    #expect(try row.number("b") == 1.5 && row.number("empty").isNaN && row.number("c").isNaN)
    let flaw = #expect(throws: CSV.Flaw.self) { try row.number("a") }
    #expect(flaw?.line == 7 && flaw?.text == "a 'x'")
    #expect(throws: CSV.Flaw.self) { try row.text("empty") }
  }

  @Test("Records are numbered")
  func lines() {
    var reader = CSV.Reader(Array("a\nb\r\n\nd".utf8))
    #expect(reader.next() == ["a"] && reader.line == 1)
    #expect(reader.next() == ["b"] && reader.next() == [""] && reader.next() == ["d"] && reader.line == 4)
    #expect(reader.next() == nil)
  }

  private func records(_ text: String) -> [[String]] {
    var reader = CSV.Reader(Array(text.utf8))
    return Array(sequence(state: ()) { _ in reader.next() })
  }
}
