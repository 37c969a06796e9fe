import Claims
import Foundation
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct ClaimsCommandTests {
  @Test("Without a name, the claims are listed with what they say")
  func list() throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("claims", in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    for claim in Literature.claims { #expect(outcome.output.contains(claim.name + " ")) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test(
    "A mistake is named, with the nearest word",
    arguments: [
      ("claims batchsize", "Unknown claim 'batchsize'. Did you mean 'batch-size'? Valid: convergence,"),
      ("claims all extra", "Unknown claim 'extra'."), ("claims --quick", "--quick is for claims that are named"),
      ("claims sanity --model rnn", "Unknown option '--model'."),
      ("claims sanity --norm bach", "Did you mean 'batch'?"),
      ("claims family --norm none", "Nothing can be asked. family: asks nothing of none"),
      ("claims sanity --train-limit 10,20", "--train-limit of claims is one number"),
      ("claims sanity --test-limit 10,20", "--test-limit of claims is one number"),
      ("claims sanity --seeds 0", "'0' is no value of --seeds"), ("show --quick", "Unknown option '--quick'."),
      ("--quick", "Unknown option '--quick'."),
    ])
  func mistakes(_ line: String, _ message: String) throws {
    let outcome = try compare(line, in: try TemporaryFolder())
    #expect(
      outcome.code == 64 && outcome.errorLines.count == 1 && outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("A quick trial prints measures and no verdict, and leaves none; a second one trains nothing")
  func quick() throws {
    let folder = try TemporaryFolder()
    let first = try compare("claims gradient-flow --quick --norm layer", in: folder)
    #expect(first.code == 0 && first.output.contains("layer keeps the gradient through 4 layers, at first"))
    #expect(first.output.contains("these numbers say nothing"))
    for verdict in ["supported", "contradicted", "inconclusive"] { #expect(!first.output.contains(verdict)) }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/Results/claims")
    #expect(files.contains("runs.csv") && files.contains("layers.csv") && !files.contains(VerdictFile.name))
    let second = try compare("claims gradient-flow --quick --norm layer", in: folder)
    #expect(second.output == first.output && second.errors.contains("runs are recorded already"))
  }

  @Test(
    "--json has every reading; --markdown says what is asked, by whom and how; --dry-run lists questions and runs; --results names the folder"
  )
  func formats() throws {
    let folder = try TemporaryFolder()
    let plan = try compare("claims whitening gradient-flow --quick --norm layer --dry-run --results r", in: folder)
    #expect(plan.code == 0 && plan.output.contains("  - whitening costs the cube of the features"))
    #expect(plan.output.hasSuffix("4 runs, 4 to train.\n"))
    let page = try compare("claims whitening --quick --markdown --quiet --results r", in: folder)
    let blocks = page.output.components(separatedBy: "\n\n")
    #expect(blocks[0] == "### whitening" && blocks[3].hasPrefix("| question | quantity |"))
    #expect(
      blocks[2].split(separator: "\n").map { $0.prefix(while: { $0 != ":" }) } == [
        "- **Said by**", "- **But**", "- **Here**",
      ])
    let outcome = try compare("claims whitening --quick --json --quiet --results r", in: folder)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let claim = try #require((object["claims"] as? [[String: Any]])?.first)
    let question = try #require((claim["questions"] as? [[String: Any]])?.first)
    #expect(claim["name"] as? String == "whitening" && claim["quick"] as? Bool == true)
    #expect((question["first"] as? [Double])?.count == 1 && question["verdict"] as? String == "measured")
  }

  @Test("Interrupted, it ends with 130 and keeps what is finished; then it goes on")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let program = try RunningProgram("claims sanity --norm none,layer --seeds 2 --jobs 2", in: folder)
    program.wait { (try? folder.text(of: "Results/claims/runs.csv").split(separator: "\n").count) ?? 0 > 4 }
    program.interrupt()
    let stopped = try program.outcome()
    #expect(stopped.code == 130 && stopped.errors.contains("interrupted"))
    let again = try compare("claims sanity --norm none,layer --seeds 2", in: folder)
    #expect(again.code == 0 && again.errors.contains("recorded already") && again.output.contains("twenty images"))
    let verdicts = try folder.text(of: "Results/claims/" + VerdictFile.name)
    #expect(verdicts.hasPrefix("claim,question,") && verdicts.contains("sanity,") && verdicts.contains("inconclusive"))
  }
}
