import Harness
import TestSupport
import Testing

@testable import CompareCommand

@Suite struct VerbHelpTests {
  @Test(
    "A verb of its own kind has a page of its own",
    arguments: [
      ("merge --help", "USAGE: compare merge DIR… --into DIR", "--into DIR"),
      ("merge a --into b -h", "USAGE: compare merge DIR…", "exit code is 65"),
      ("schema --help", "USAGE: compare schema", "\"exceptions\": [{ \"where\""),
      ("schema -h", "USAGE: compare schema", "--plan plan.json"),
      ("show --help", "USAGE: compare show [options]", "--pivot ROWS,COLUMNS"),
      ("show --norm batch -h", "USAGE: compare show [options]", "--top N"),
      ("columns --help", "USAGE: compare columns", "CSV files"),
      ("completion -h", "USAGE: compare completion bash|zsh|fish", "source <(compare completion zsh)"),
    ])
  func pages(line: String, usage: String, words: String) throws {
    guard case .helpOfVerb(let verb) = try command(line) else { return #expect(Bool(false), "\(line)") }
    let text = Command.helpText(of: verb, Catalogue(), program: "compare")
    #expect(text.contains(usage) && text.contains(words) && !text.contains("SETTINGS"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 126 })
  }

  @Test("The plan that the help of the schema shows is one")
  func plan() throws {
    let text = Command.helpText(of: .schema, Catalogue())
    let start = try #require(text.firstIndex(of: "{")), end = try #require(text.lastIndex(of: "}"))
    let folder = try TemporaryFolder()
    try folder.write(Array(text[start...end].utf8), to: "plan.json")
    guard case .compare(let request) = try command("--plan \(folder.path)/plan.json") else {
      return #expect(Bool(false))
    }
    #expect(try request.trainings().trainings.count == 12)
  }
}
