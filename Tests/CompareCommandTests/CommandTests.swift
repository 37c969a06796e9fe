import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct CommandTests {
  @Test(
    "What is wrong on the command line is named in one line, with the nearest word and the list",
    arguments: [
      ("--nrom layer", "Unknown option '--nrom'. Did you mean '--norm'? Valid: --model, --norm, --data,"),
      ("--qqq", "Unknown option '--qqq'. Valid: --model,"),
      ("--", "Unknown option '--'. Valid: --model,"),
      ("---norm layer", "Unknown option '---norm'. Did you mean '--norm'?"),
      ("--data-dir .", "Unknown option '--data-dir'. Did you mean '--data'?"),
      (
        "--norm lyer",
        "Unknown value 'lyer' of --norm. Did you mean 'layer'? Valid: none, batch, layer, instance, group, rms, renorm, "
          + "dyt, all."
      ),
      ("--model cmn", "Unknown value 'cmn' of --model. Did you mean 'cnn'? Valid: cnn, rnn, mlp, all."),
      (
        "--data fashon",
        "Unknown value 'fashon' of --data. Did you mean 'fashion-mnist'? Valid: digits, fashion-mnist, mnist, all, or the "
          + "name of a folder with IDX, NumPy or CSV files."
      ),
      ("--norm", "--norm needs a value"),
      ("--norm --model rnn", "--norm needs a value"),
      ("--norm layer,,batch", "--norm takes one value or several with commas between them, not 'layer,,batch'."),
      ("--epochs 0", "'0' is no value of --epochs: it takes whole numbers, 1 to 100000."),
      ("--epochs 2.5", "'2.5' is no value of --epochs"),
      ("--epochs 99999999999999999999", "'99999999999999999999' is no value of --epochs"),
      ("--learning-rate -1", "'-1' is no value of --learning-rate: it takes numbers above 0."),
      ("--learning-rate nan", "'nan' is no value of --learning-rate"),
      ("--clip inf", "'inf' is no value of --clip: it takes numbers of 0 or more."),
      ("--dropout 1", "'1' is no value of --dropout: it takes numbers from 0 to below 1."),
      ("--affine yes", "Unknown value 'yes' of --affine. Valid: on, off, scale, shift, all."),
      ("--seed 1 --seeds 3", "--seed and --seeds exclude each other"),
      ("--seeds 1000000000", "'1000000000' is no value of --seeds: it takes whole numbers, 1 to 10000."),
      ("--force=yes", "--force takes no value."),
      ("--time-limit 2w", "'2w' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
      ("--time-limit -1h", "'-1h' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
      ("--time-limit nan", "'nan' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
      (
        "--force --time-limit 1h",
        "--time-limit goes on with what is recorded, and --force trains it anew: give one of them."
      ),
      ("layer", "Unknown command 'layer'. Valid: show, claims, merge, columns, schema, completion."),
      ("shw", "Unknown command 'shw'. Did you mean 'show'?"),
      ("--norm layer batch", "Unexpected 'batch'. Options start with --"),
      ("--threads 0", "'0' is no value of --threads: it takes whole numbers, 1 to 1024."),
      ("--results=", "--results needs the name of a folder."),
      ("--baseline bach", "Unknown value 'bach' of --baseline. Did you mean 'batch'?"),
      ("--norm layer,none --baseline batch", "--baseline batch is not among --norm layer,none"),
      ("--budget 4", "--budget is for --tune, which is not asked for."),
      ("--tune learning-rate --budget 0", "'0' is no value of --budget: it takes whole numbers, 1 to 1024."),
      ("--tune learning-rate --learning-rate 0.1", "--tune learning-rate chooses what --learning-rate names"),
      ("--tune optimizer", "Unknown setting 'optimizer' of --tune. Valid: learning-rate,"),
      ("--tune lerning-rate", "Did you mean 'learning-rate'?"),
      ("--tune momentum", "--tune momentum needs a range, as in --tune momentum=0.001..0.1."),
      ("--tune learning-rate=1..0.1", "'1..0.1' is no range of --tune learning-rate"),
      ("--tune learning-rate=0.1", "'0.1' is no range of --tune learning-rate: it takes two numbers above 0"),
      ("--tune learning-rate=0..1", "'0..1' is no range"), ("--tune learning-rate=1..inf", "'1..inf' is no range"),
      ("--tune learning-rate=1..2..3", "'1..2..3' is no range"),
      ("--tune learning-rate=0.1...2", "'0.1...2' is no range"),
      ("--tune learning-rate=0.1..1,learning-rate", "--tune names a setting twice"),
      ("--top 3", "Unknown option '--top'."), ("show --jobs 2", "Unknown option '--jobs'."),
      ("show --top 0", "'0' is no value of --top"), ("show --pivot norm", "--pivot takes two settings"),
      ("show --pivot norm,norm", "--pivot takes two settings"),
      ("show --pivot norm,lerning-rate", "Did you mean 'learning-rate'?"),
      ("show --pivot norm,seed", "Unknown setting 'seed' of --pivot."),
      ("completion", "completion needs the name of a shell: bash, zsh, fish."),
      ("completion zhs", "Unknown shell 'zhs'. Did you mean 'zsh'? Valid: bash, zsh, fish."),
      ("completion bash zsh", "Unknown shell 'bash zsh'."),
    ])
  func mistakes(line: String, text: String) {
    let error = #expect(throws: HarnessError.self) { _ = try command(line) }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("Lists span a grid, whose runs are the same however they were asked for")
  func grid() throws {
    func runs(_ line: String) throws -> [RunConfiguration] {
      guard case .compare(let request) = try command(line) else { return [] }
      return try request.trainings().trainings.map(\.configuration)
    }
    let norms = NormalizerChoice.all.count
    #expect(try runs("--norm all --model cnn,rnn --seeds 3 --epochs 1").count == 6 * norms)
    #expect(try runs("--norm layer,layer").count == 1)
    // Only group normalization has groups.
    #expect(try runs("--norm all --model cnn --groups 2,4").count == norms + 1)
    #expect(try runs("--norm batch --model cnn --learning-rate=0.1,0.2 --batch-size 8,16,32").count == 6)
    #expect(try runs("--norm layer,batch --model rnn").map { $0[.placement] } == [.timeStep, .inputPath])
    #expect(try runs("--clip 1.0,1,1e0").count == 1)
    #expect(try runs("--seed 3,5").map { $0[.seed] } == [3, 5])
  }

  @Test("A model takes the places that are its own, and all of them are all of its own")
  func placements() throws {
    func places(_ line: String) throws -> [Placement] { try configurations(line).map { $0[.placement] } }
    #expect(try places("--norm layer --model rnn --placement input-path,time-step") == [.inputPath, .timeStep])
    #expect(try places("--norm layer --model all --placement after,time-step") == [.after, .timeStep, .after])
    #expect(try places("--model rnn --placement all") == [.inputPath, .timeStep])
    #expect(try places("--model cnn --placement all") == [.before, .after])
    // Some are for who asks for them.
    #expect(try places("--model rnn --placement hidden-path") == [.hiddenPath])
    #expect(
      try places("--model rnn --placement hidden-path-per-step,all") == [.inputPath, .timeStep, .hiddenPathPerStep])
    #expect(try places("--model rnn --norm none --placement hidden-path-per-step") == [.hiddenPathPerStep])
    #expect(throws: HarnessError.self) { try places("--model cnn --placement all,hidden-path") }
    let error = #expect(throws: HarnessError.self) { try places("--model cnn --placement time-step") }
    #expect(error?.description == "--placement time-step is for --model rnn, which is not asked for.")
    #expect(throws: HarnessError.self) { try configurations("--seeds 10000 --norm all --model all --width 8,16") }
  }

  @Test("Values may stand behind an equals sign, and the command before the options")
  func spellings() throws {
    guard case .show(let request) = try command("show --norm=batch,layer --top=3 --sort norm --pivot norm,width --json")
    else { return #expect(Bool(false)) }
    #expect(request.grid[.norm] == ["batch", "layer"] && request.top == 3 && request.sort == "norm")
    #expect(request.pivot.map(\.name) == ["norm", "width"] && request.format == .json)
    for line in ["--help", "-h", "show --help", "--norm batch --help"] {
      guard case .help = try command(line) else { return #expect(Bool(false), "\(line)") }
    }
    guard case .version = try command("--version") else { return #expect(Bool(false)) }
  }

  @Test("What is tuned has the budget that is asked for, or eight, and the range that is named")
  func tuning() throws {
    func tuning(_ line: String) throws -> Tuning? {
      guard case .compare(let request) = try command(line) else { return nil }
      return request.tuning
    }
    #expect(try tuning("--norm all") == nil)
    #expect(try tuning("--tune learning-rate")?.budget == 8)
    let two = try #require(try tuning("--tune learning-rate=1e-4..1,momentum=0.5..0.9 --budget 5"))
    #expect(two.budget == 5 && two.settings.map(\.name) == ["learning-rate", "momentum"])
    #expect(two.dimensions.map(\.range) == [0.0001...1, 0.5...0.9])
  }
}

@Suite struct DataOptionTests {
  @Test("Data sets are named, or are folders, which are called what they are called")
  func folders() throws {
    let folder = try TemporaryFolder()
    for name in ["mine", "other/mine", "digits"] {
      let path = "\(folder.path)/\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for part in ["train", "t10k"] {
        try folder.write(idx([20, 4, 4], Array(repeating: 7, count: 320)), to: "\(name)/\(part)-images-idx3-ubyte")
        try folder.write(idx([20], (0..<20).map { $0 % 2 }), to: "\(name)/\(part)-labels-idx1-ubyte")
      }
    }
    func data(_ value: String) throws -> [String] { try configurations("--data \(value)").map { $0[.data] } }
    #expect(try data("digits") == ["digits"])
    #expect(try data("\(folder.path)/mine") == ["mine"])
    #expect(try data("digits,\(folder.path)/mine/") == ["digits", "mine"])
    #expect(try data("all") == ["digits", "fashion-mnist", "mnist"])
    for twice in ["\(folder.path)/mine,\(folder.path)/other/mine", "digits,\(folder.path)/digits"] {
      let error = #expect(throws: HarnessError.self) { try data(twice) }
      #expect(error?.exitCode == 64 && error?.description.contains("two data sets of the name") == true)
    }
    #expect(throws: HarnessError.self) { try data("\(folder.path)/other") }
    guard case .compare(let request) = try command("--data \(folder.path)/mine --model rnn --batch-size 5") else {
      return
    }
    let trainings = try request.trainings().trainings
    #expect(trainings.map(\.dataset.train.count) == [20] && trainings[0].dataset.name == "mine")
  }
}
