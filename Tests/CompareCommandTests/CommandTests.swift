import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct CommandTests {
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
    for line in ["--help", "-h", "--norm batch --help"] {
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
