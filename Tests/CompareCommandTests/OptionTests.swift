import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

/// Two values of a setting that a run of a small cnn can have; the second is none that stands for nothing.
private func values(of setting: AnySetting) -> (String, String) {
  switch (setting.name, setting.domain) {
  case ("model", _): ("rnn", "cnn")
  case ("norm", _): ("batch", "group")
  case ("data", _): ("fashion-mnist", "digits")
  case ("placement", _): ("before", "after")
  case ("train-limit", _): ("100", "200")
  case ("test-limit", _): ("100", "200")
  case (_, .words(let words)): (setting.absent, words.first { $0 != setting.absent } ?? "")
  case (_, .integers): ("4", "2")
  case (_, .numbers): ("0.5", "0.25")
  case (_, .names): ("", "")
  }
}

@Suite struct OptionTests {
  @Test("Every setting has an option that spans a grid", arguments: AnySetting.all)
  func option(setting: AnySetting) throws {
    let (first, second) = values(of: setting)
    let found = try configurations("--model cnn --\(setting.name) \(first),\(second)")
    #expect(found.count == 2)
    #expect(Set(found.map { $0[setting] }).count == 2)
    #expect(found.last?[setting] == setting.canonical(second))
  }

  @Test("Every setting has a column in the files", arguments: AnySetting.all)
  func column(setting: AnySetting) {
    #expect(RunRecord.columns.count { $0 == setting.column } == 1)
    #expect(CurveRecord.columns.count { $0 == setting.column } == 1)
    #expect(Report.differenceColumns.contains(setting.column) == (setting.name != "seed"))
    #expect(!setting.column.contains("-"))
  }

  @Test("Every setting is a column of the table where it varies, and only there", arguments: AnySetting.all)
  func varying(setting: AnySetting) throws {
    let (first, second) = values(of: setting)
    let runs = [first, second].map { text in
      var run = MadeUpRun("group", model: .cnn)
      run.configuration[setting] = setting.canonical(text) ?? ""
      return run
    }
    let isAlways = ["norm", "model"].contains(setting.name)
    let table = Report(runs).table
    // Seeds are what a row is over.
    #expect(table.titles.contains(setting.name) == (setting.name != "seed"))
    if setting.name != "seed" { #expect(Set(table[setting.name]) == Set(runs.map { $0.configuration[setting] })) }
    #expect(Report([runs[0]]).table.titles.contains(setting.name) == isAlways)
  }

  @Test(
    "A dry run names every setting that is anything", arguments: [(ModelRecipe.cnn, "after"), (.rnn, "input-path")])
  func dryRun(model: ModelRecipe, place: String) throws {
    let folder = try TemporaryFolder()
    // Without a scale and a shift, what they begin with is nothing.
    let given = ["norm": "batch,group", "affine": "on", "inference-statistics": "batch"]
    let own = ["model": model.name, "placement": place, "test-images": "inverted"]
    let chosen = AnySetting.all.map { ($0, own[$0.name] ?? given[$0.name] ?? values(of: $0).1) }
    let line = chosen.map { "--\($0.name) \($1)" }.joined(separator: " ")
    let outcome = try compare("\(line) --dry-run", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for (setting, value) in chosen where given[setting.name] == nil {
      let isOfModel = setting.isOfEveryModel || model.settings.contains { $0.name == setting.name }
      let text = " \(setting.name) \(setting.canonical(value) ?? "")"
      #expect(outcome.output.contains(text) == isOfModel, "\(setting.name)")
    }
    #expect(outcome.output.contains("norm batch,") && outcome.output.contains("norm group,"))
  }

  @Test("Two words of a list are never one: all means all values")
  func all() throws {
    for option in Option.all(Catalogue()) where !option.words.isEmpty {
      #expect(Set(option.words).count == option.words.count, "\(option.name)")
    }
    #expect(try configurations("--optimizer all").map { $0[.optimizer] } == [.sgd, .adam])
    #expect(try configurations("--weight-decay-of everything").count == 1)
  }

  @Test("The help has a line for every option, and fits 110 columns")
  func help() {
    let text = Command.helpText(Catalogue(), program: "compare")
    let lines = text.split(separator: "\n").map(String.init)
    for option in Option.all(Catalogue()) {
      let start = ["  --\(option.name)", option.placeholder].compactMap(\.self).joined(separator: " ") + " "
      #expect(lines.count { $0.hasPrefix(start) } == 1, "\(option.name)")
      #expect(option.help.split(separator: " ").allSatisfy { text.contains($0) })
    }
    #expect(lines.allSatisfy { $0.count <= 110 })
    #expect(text.contains("--help") && text.contains("--version") && text.contains("USAGE: compare [options]"))
  }

  @Test("The help says what a setting is when nothing is asked for, here or with its model")
  func defaults() throws {
    let text = Command.helpText(Catalogue()).replacing(#/\s+/#, with: " ")
    for words in [
      "cnn, rnn, mlp (default rnn)", "dyt (default layer)", "β₁ of adam (default 0.9)",
      "step size (default by model, below)",
      "cnn: learning-rate 0.03, optimizer sgd,", "rnn: learning-rate 0.001, optimizer adam,", "epochs 15,",
      "epochs 20,",
    ] { #expect(text.contains(words), "\(words)") }
    for model in ModelRecipe.all {
      let run = try #require(try configurations("--model \(model.name)").first)
      let line = try #require(text.split(separator: " \(model.name): ").last?.split(separator: ": ").first)
      for name in ["learning-rate", "width", "depth", "epochs"] {
        let setting = try #require(AnySetting.named(name))
        #expect(line.contains("\(name) \(run[setting])"))
      }
    }
  }

  @Test("A stranger's normalizer and model are words like ours")
  func strangers() throws {
    let mine = NormalizerChoice("mine") { _ in nil }
    let catalogue = Catalogue(normalizers: NormalizerChoice.all + [mine])
    guard case .compare(let request) = try Command(["--norm", "mine,layer", "--baseline", "mine"], catalogue) else {
      return
    }
    #expect(request.grid[.norm] == ["mine", "layer"] && request.baseline == "mine")
    #expect(Command.helpText(catalogue).contains("dyt, mine"))
    #expect(Shell.bash.script(Option.all(catalogue)).contains("dyt mine all"))
    #expect(throws: HarnessError.self) { _ = try command("--norm mine") }
    // Who leaves ours out need not name their own.
    let alone = Catalogue(normalizers: [mine])
    guard case .compare(let plain) = try Command([], alone) else { return }
    #expect(try plain.grid.configurations().map { $0[.norm] } == ["mine"])
    #expect(Command.helpText(alone).contains("mine (default mine)"))
  }
}
