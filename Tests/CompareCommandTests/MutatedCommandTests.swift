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
    let values =
      words + [
        "learning-rate=1e-4..1", "norm,batch-size", "none,,layer", "2h", "sanity", "1,2,3", "1/0", "3/2", "../x",
      ]
    let verbs = Verb.allCases.map(\.rawValue) + ["shwo", "all"]
    var trials = MutationTrials("command line", words: values)
    trials.run { mutator, _ in
      var arguments: [String] = mutator.draw(2) == 0 ? [verbs[mutator.draw(verbs.count)]] : []
      for _ in 0..<mutator.draw(5) {
        let option = mutator.draw(of: options)
        let value = mutator.draw(of: values)
        // What a shell hands over has no zero byte.
        let spoiled = String(
          decoding: mutator.mutated(Array(mutator.draw(of: [option, value]).utf8)).filter { $0 != 0 }, as: UTF8.self)
        arguments +=
          [[option, value], ["\(option)=\(value)"], [value], [spoiled], [option, spoiled]][mutator.draw(5)]
      }
      return arguments
    } bytes: {
      Array($0.joined(separator: "\0").utf8)
    } trying: { arguments in
      do {
        _ = try Command(arguments, catalogue)
        return .read(0)
      } catch {
        let text = "\(error)"
        let isKnown = [64, 65, 66].contains((error as? HarnessError)?.exitCode)
        if !isKnown || text.isEmpty || text.contains("\n") { Issue.record("\(arguments): \(text)") }
        return .refused
      }
    }
    #expect(trials.isSkipped || (trials.read > trials.count / 50 && trials.refused > trials.count / 4))
  }

  @Test("Whatever becomes of a plan, it is a plan or refused")
  func plans() throws {
    let folder = try TemporaryFolder()
    let plans = [
      """
      {"grid": {"norm": ["none", "batch"], "batch-size": [2, 32], "seed": [0, 1]},
       "exceptions": [{"where": {"batch-size": 2}, "set": {"learning-rate": 5e-4}}]}
      """,
      """
      {"$schema": "x", "grid": {"model": "cnn", "norm": "group", "groups": [1, 4], "learning-rate": 1.5e-3, "width": 8}}
      """,
    ].map { Array($0.utf8) }
    var trials = MutationTrials(
      "JSON",
      words: [
        "{", "}", "[", "]", ":", ",", "null", "true", "\"norm\"", "\"all\"", "1e400", "\\ud800", "\\u0000", "\"where\"",
        "\"set\"", "\"grid\"", "\"seed\": 1", "-0.0", "1.0", "\u{FEFF}", "é", "[[[[[[[[[[[[[[[[", "/**/",
      ])
    try trials.run { mutator, index in
      let changed = mutator.mutated(plans[index % 2], or: plans[1 - index % 2])
      try folder.write(changed, to: "plan.json")
      return changed
    } bytes: {
      $0
    } trying: { changed in
      do {
        var request = Request(Catalogue())
        try PlanFile(path: folder.path + "/plan.json").apply(to: &request)
        return .read(changed.count)
      } catch {
        let text = "\(error)"
        if (error as? HarnessError)?.exitCode != 65 || text.contains("\n") { Issue.record("\(changed): \(text)") }
        return .refused
      }
    }
    #expect(trials.isSkipped || (trials.read > 0 && trials.refused > trials.count / 4))
  }
}
