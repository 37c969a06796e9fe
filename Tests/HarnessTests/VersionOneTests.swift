import TestSupport
import Testing

@testable import Harness

/// Files as version 1 wrote them: with `nan`, other columns, and curves that a crash left without their run.
@Suite struct VersionOneTests {
  private static let settings =
    "run,model,norm,data,seed,batch_size,learning_rate,optimizer,groups,activation,placement,init_scale,width,depth,epochs"
  private static let runs = """
    \(settings),status,steps,train_loss,train_accuracy,test_loss,test_accuracy,best_test_accuracy,parameters,seconds,samples_per_second,version,clip
    e700dd802a98dc98,cnn,layer,digits,0,32,0.03,sgd,1,relu,before,1.0,16,2,15,finished,675,0.003,1.0,0.065,0.983,0.986,6234,1.5,14370.0,1.0.0,nan
    1234567890123456,rnn,none,digits,1,32,1e+06,adam,1,tanh,input-path,1.0,64,1,20,diverged,3,nan,0.125,nan,nan,nan,5322,0.01,9600.0,1.0.0,1.0

    """.replacing("\n\n", with: "\n")
  private static let curves = """
    \(settings),step,epoch,train_loss,train_accuracy,test_loss,test_accuracy,gradient_norm,elapsed_seconds,clip
    e700dd802a98dc98,cnn,layer,digits,0,32,0.03,sgd,1,relu,before,1.0,16,2,15,45,1,0.5,0.875,0.25,0.93,1.25,0.1,nan
    0000000000000bad,cnn,layer,digits,9,32,0.03,sgd,1,relu,before,1.0,16,2,15,45,1,0.5,0.875,0.25,0.93,1.25,0.1,nan
    1234567890123456,rnn,none,digits,1,32,1e+06,adam,1,tanh,input-path,1.0,64,1,20,3,1,nan,0.125,nan,nan,nan,0.01,1.0

    """.replacing("\n\n", with: "\n")

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Array(Self.runs.utf8), to: "runs.csv")
    try folder.write(Array(Self.curves.utf8), to: "curves.csv")
  }

  @Test("They are read, and reading changes nothing")
  func read() throws {
    let directory = ResultsDirectory(reading: folder.path)
    try check(directory.records())
    #expect(try directory.evaluations().map(\.run) == ["e700dd802a98dc98", "0000000000000bad", "1234567890123456"])
    #expect(try directory.identifiers() == ["e700dd802a98dc98", "1234567890123456"])
    #expect(try folder.text(of: "runs.csv") == Self.runs && folder.text(of: "curves.csv") == Self.curves)
  }

  @Test(
    "They are continued: with the columns that they lack, without nan and what has no run, and the old columns stay")
  func continued() throws {
    let directory = try ResultsDirectory(path: folder.path)
    try check(directory.records())
    #expect(try directory.evaluations().map(\.run) == ["e700dd802a98dc98", "1234567890123456"])
    let text = try folder.text(of: "runs.csv")
    #expect(
      text.hasPrefix(Self.settings + ",status,") && text.contains(",best_test_accuracy,") && text.contains(",0.986,"))
    let curves = try folder.text(of: "curves.csv")
    #expect(!text.contains("nan") && !curves.contains("nan"))
    let result = RunResult.made(seed: 5)
    try directory.commit(result)
    let again = try ResultsDirectory(path: folder.path)
    #expect(try again.records().dropFirst(2) == [result.record])
    #expect(try again.evaluations().suffix(2) == result.curve[...])
    try check(Array(again.records().prefix(2)))
    #expect(try folder.text(of: "runs.csv").hasPrefix(text))
  }

  @Test("They are shown, and not paired with what was run under other numerics")
  func analysed() throws {
    let directory = ResultsDirectory(reading: folder.path)
    let rows = Analysis(try directory.records(), outcomes: [:]).rows
    #expect(rows.count == 2 && rows.allSatisfy { $0.numerics == 1 && $0.difference == nil && !$0.isBaseline })
    #expect(rows[0].testAccuracy.mean == 0.983 && rows[1].count(.diverged) == 1)
  }

  private func check(_ records: [RunRecord]) throws {
    try #require(records.count == 2)
    let (finished, diverged) = (records[0], records[1])
    #expect(finished.run == "e700dd802a98dc98" && finished.status == .finished && finished.version == "1.0.0")
    #expect(finished.numerics == 1 && finished.fingerprint == "unknown")
    #expect(finished.configuration == .made(.cnn).with(.groups, 1) && finished.configuration[.clip] == 0)
    #expect(finished[.testAccuracy] == 0.983 && finished[.parameters] == 6234 && finished[.validationAccuracy].isNaN)
    #expect(diverged.status == .diverged && diverged[.testAccuracy].isNaN && diverged[.trainLoss].isNaN)
    #expect(diverged.configuration[.learningRate] == 1e6 && diverged.configuration[.clip] == 1)
    #expect(diverged.configuration[.momentum] == 0.9 && diverged.configuration[.validation] == 0)
  }
}
