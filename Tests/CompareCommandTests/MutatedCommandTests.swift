import Foundation
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

/// Command lines and plans that chance has changed: they are understood, or refused in a line.
@Suite struct MutatedCommandTests {
  @Test("Whatever a command line is, it is understood or refused in one line")
  func commands() throws {
    let catalogue = Catalogue()
    let options = Option.all(catalogue).map { "--\($0.name)" }
    let words = [
      "batch", "all", "0", "-1", "1e400", "nan", "9223372036854775808", "digits", "", ",", "a=b", "--", "-h",
      "é\u{301}",
    ]
    let values = words + ["learning-rate=1e-4..1", "norm,batch-size", "none,,layer", "2h", "sanity", "1,2,3"]
    let verbs = Verb.allCases.map(\.rawValue) + ["shwo", "all"]
    var mutator = Mutator("commands")
    var (understood, refused) = (0, 0)
    for _ in 0..<Mutator.count {
      var arguments: [String] = mutator.draw(2) == 0 ? [verbs[mutator.draw(verbs.count)]] : []
      for _ in 0..<mutator.draw(5) {
        let option = options[mutator.draw(options.count)]
        let value = values[mutator.draw(values.count)]
        // What a shell hands over has no zero byte.
        let spoiled = String(decoding: mutator.mutated(Array(option.utf8)).filter { $0 != 0 }, as: UTF8.self)
        arguments += [[option, value], ["\(option)=\(value)"], [value], [spoiled]][mutator.draw(4)]
      }
      let growth = ResidentMemory.growth {
        do {
          _ = try Command(arguments, catalogue)
          understood += 1
        } catch {
          let text = "\(error)"
          #expect([64, 65, 66].contains((error as? HarnessError)?.exitCode), "\(arguments): \(text)")
          #expect(!text.isEmpty && !text.contains("\n"), "\(arguments): \(text)")
          refused += 1
        }
      }
      if Mutator.isAlone { #expect(growth ?? 0 <= 16 << 20, "\(arguments)") }
    }
    #expect(understood > Mutator.count / 50 && refused > Mutator.count / 4)
  }

  @Test("Whatever becomes of a plan, it is a plan or refused")
  func plans() throws {
    let folder = try TemporaryFolder()
    let plan = """
      {"grid": {"norm": ["none", "batch"], "batch-size": [2, 32], "seed": [0, 1]},
       "exceptions": [{"where": {"batch-size": 2}, "set": {"learning-rate": 5e-4}}]}
      """
    var mutator = Mutator("plans")
    var (taken, refused) = (0, 0)
    for _ in 0..<Mutator.count {
      let changed = mutator.mutated(Array(plan.utf8))
      try folder.write(changed, to: "plan.json")
      let growth = ResidentMemory.growth {
        do {
          var request = Request(Catalogue())
          try PlanFile(path: folder.path + "/plan.json").apply(to: &request)
          taken += 1
        } catch {
          #expect((error as? HarnessError)?.exitCode == 65, "\(error)")
          refused += 1
        }
      }
      if Mutator.isAlone { #expect(growth ?? 0 <= 4 * changed.count + 16 << 20) }
    }
    #expect(taken > 0 && refused > Mutator.count / 4)
  }
}
