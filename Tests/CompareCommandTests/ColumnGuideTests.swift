import Foundation
import Harness
import Testing

@testable import CompareCommand

@Suite struct ColumnGuideTests {
  @Test("Every column of every file is explained", arguments: ColumnGuide.files.map(\.file))
  func everyColumn(file: String) throws {
    let columns = try #require(ColumnGuide.files.first { $0.file == file }).columns
    #expect(columns.filter { $0.help.isEmpty }.map(\.name) == [])
    for column in columns { #expect(ColumnGuide.text.contains(column.name)) }
  }

  @Test("The guide fits a terminal of 80 columns")
  func width() {
    for line in ColumnGuide.text.split(separator: "\n") { #expect(line.count <= 80) }
  }
}
