import TestSupport
import Testing

@testable import Harness

@Suite struct JournalTests {
  @Test("What was begun is there until it ends")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let journal = Journal(path: folder.path + "/journal")
    #expect(journal.lengths.isEmpty)
    try journal.end()
    try journal.begin([("runs.csv", 123), ("a file.csv", 0)])
    #expect(journal.lengths.map(\.name) == ["runs.csv", "a file.csv"] && journal.lengths.map(\.length) == [123, 0])
    try journal.end()
    #expect(journal.lengths.isEmpty)
    try journal.end()
  }

  @Test("A journal that is cut anywhere says nothing: no byte of the files was written yet")
  func cut() throws {
    let folder = try TemporaryFolder()
    let journal = Journal(path: folder.path + "/journal")
    try journal.begin([("outcomes.csv", 9), ("runs.csv", 123)])
    let whole = try folder.text(of: "journal")
    #expect(whole == "9 outcomes.csv\n123 runs.csv\nend\n")
    for length in 0...whole.count {
      try folder.write(Array(whole.utf8.prefix(length)), to: "journal")
      #expect(journal.lengths.isEmpty == (length < whole.count - 1), "\(length)")
    }
  }

  @Test("A journal that cannot be written is a write that failed")
  func unwritable() throws {
    let error = #expect(throws: HarnessError.self) { try Journal(path: "/nowhere/journal").begin([]) }
    #expect(error?.exitCode == 74 && error?.description.contains("/nowhere/journal") == true)
  }
}
