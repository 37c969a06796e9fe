import Foundation
import Harness
import TestSupport
import Testing

@testable import compare

@Suite struct WordTests {
  @Test("The nearest word takes the fewest edits")
  func nearestWord() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("", "abc") == 3 && editDistance("same", "same") == 0)
    #expect(nearest(to: "lyer", in: ["batch", "layer", "group"]) == "layer")
  }
}

@Suite struct CommandTests {
  @Test(
    "What is wrong on the command line is named, with the nearest word and the list",
    arguments: [
      (["--nrom", "layer"], "Unknown option '--nrom'. Did you mean '--norm'? Valid: --norm, --model, --data,"),
      (
        ["--norm", "lyer"],
        "Unknown value 'lyer' of --norm. Did you mean 'layer'? Valid: none, batch, layer, instance, group, rms, renorm, dyt, all."
      ),
      (["--model", "cmn"], "Unknown value 'cmn' of --model. Did you mean 'cnn'? Valid: cnn, rnn, all."),
      (["--data", "fashon"], "Did you mean 'fashion-mnist'? Valid: digits, fashion-mnist, mnist, all. Or"),
      (["--data-dir", "."], "Unknown option '--data-dir'. Did you mean '--data'?"),
      (["--norm"], "--norm needs a value"),
      (["--norm", "layer,,batch"], "not 'layer,,batch'"),
      (["--epochs", "0"], "'0' is no value of --epochs: it takes whole numbers, 1 to 100000."),
      (["--epochs", "99999999999999999999"], "'99999999999999999999' is no value of --epochs"),
      (["--learning-rate", "-1"], "'-1' is no value of --learning-rate: it takes numbers above 0."),
      (["--learning-rate", "nan"], "'nan' is no value of --learning-rate"),
      (["--clip", "inf"], "'inf' is no value of --clip: it takes numbers 0 or more."),
      (["--seed", "1", "--seeds", "3"], "--seed and --seeds exclude each other"),
      (["--seeds", "1000000000"], "'1000000000' is no value of --seeds"),
      (["--force=yes"], "--force takes no value."),
      (["layer"], "Unexpected 'layer'. Options start with --; see compare --help."),
      (["--threads", "0"], "'0' is no value of --threads"),
      (["--results="], "--results needs the name of a folder."),
    ])
  func mistakes(arguments: [String], text: String) {
    let error = #expect(throws: HarnessError.self) { _ = try Command(arguments) }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("Lists span a grid in which every run is there once")
  func grid() throws {
    func runs(_ line: String) throws -> [RunConfiguration] {
      guard case .compare(let request) = try Command(line.split(separator: " ").map(String.init)) else { return [] }
      return try request.configurations()
    }
    let norms = NormalizerChoice.all.count
    #expect(try runs("--norm all --model cnn,rnn --seeds 3").count == 6 * norms)
    #expect(try runs("--norm layer,layer").count == 1)
    // Only group normalization has groups.
    #expect(try runs("--norm all --model cnn --groups 2,4").count == norms + 1)
    #expect(try runs("--norm batch --model cnn --learning-rate=0.1,0.2 --batch-size 8,16,32").count == 6)
    #expect(try runs("--norm layer,batch --model rnn").map(\.placement) == [.timeStep, .inputPath])
    #expect(try runs("--norm layer --model rnn --placement input-path,time-step").count == 2)
    #expect(try runs("--norm layer --model all --placement after,time-step").map(\.placement) == [.after, .timeStep])
    #expect(try runs("--clip 0").map(\.clip) == [nil])
    #expect(throws: HarnessError.self) { try runs("--model cnn --placement time-step") }
    #expect(throws: HarnessError.self) { try runs("--seeds 10000 --norm all --model all --width 8,16") }
  }

  @Test("The help names every option")
  func help() {
    for option in Option.all { #expect(Command.helpText.contains("--\(option.name) ")) }
    #expect(Command.helpText.split(separator: "\n").allSatisfy { $0.count <= 110 })
  }
}
