import Foundation
import TestSupport
import Testing

@testable import Harness

@Suite struct CSVTests {
  @Test("Fields come back as they were, whatever is in them")
  func roundTrip() {
    let rows = [["plain", "with, comma", "with \"quotes\"", "two\nlines", ""], ["1", "é", "nan", "", ""]]
    let text = rows.map { CSV.line($0) }.joined()
    #expect(CSV.records(in: Data(text.utf8)) == rows)
    #expect(CSV.records(in: Data(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)).count == 2)
    #expect(CSV.line(["a", "b,c", "d\"e"]) == "a,\"b,c\",\"d\"\"e\"\n")
  }

  @Test(
    "Numbers are the shortest that read back the same; what is none is nan",
    arguments: [0.1, 1e-300, 1.0 / 3, 5e22, -0.0] as [Double])
  func numbers(value: Double) {
    #expect(Double(CSV.field(value)) == value)
    #expect(CSV.field(.nan) == "nan" && CSV.field(.infinity) == "nan")
  }

  @Test("A record comes back as it was")
  func records() throws {
    let (run, curve) = record(seed: 3)
    #expect(RunRecord(fields: run.fields) == run)
    #expect(CurveRecord(fields: curve[0].fields) == curve[0])
    var broken = run.fields
    broken[1] = "mlp"
    #expect(RunRecord(fields: broken) == nil)
    #expect(RunRecord(fields: Array(run.fields.dropLast())) == nil)
  }

  @Test("The headers are what the documentation promises")
  func headers() {
    let common =
      "run,model,norm,data,seed,batch_size,learning_rate,optimizer,groups,activation,placement,init_scale,width,depth,epochs"
    #expect(
      RunRecord.columns.joined(separator: ",") == common
        + ",status,steps,train_loss,train_accuracy,test_loss,test_accuracy,best_test_accuracy,parameters,seconds,"
        + "samples_per_second,version,clip")
    #expect(
      CurveRecord.columns.joined(separator: ",") == common
        + ",step,epoch,train_loss,train_accuracy,test_loss,test_accuracy,gradient_norm,elapsed_seconds,clip")
  }
}

@Suite struct ResultsDirectoryTests {
  @Test("What is committed is read back, in the order of the commits")
  func commits() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path + "/new/folder")
    for seed in 0..<3 {
      let (run, curve) = record(seed: seed)
      try directory.commit(run, curve: curve)
    }
    let (runs, curves) = try ResultsDirectory(path: folder.path + "/new/folder").read()
    #expect(runs == (0..<3).map { record(seed: $0).run })
    #expect(curves == (0..<3).flatMap { record(seed: $0).curve })
  }

  @Test("A run is recorded once; replacing it leaves the others")
  func once() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    for seed in [0, 1, 0] {
      let (run, curve) = record(seed: seed)
      try directory.commit(run, curve: curve)
    }
    #expect(try directory.read().runs.count == 2)
    #expect(try directory.read().curves.count == 4)
    var (run, curve) = record(seed: 0)
    run.seconds = 99
    curve[1].elapsedSeconds = 99
    try directory.commit(run, curve: curve, replacing: true)
    let (runs, curves) = try directory.read()
    #expect(runs.map(\.seconds).sorted() == [1.5, 99])
    #expect(curves.map(\.elapsedSeconds).max() == 99 && curves.count == 4)
  }

  @Test("A crash at any byte of a commit loses nothing that was finished and leaves nothing that was not")
  func crashes() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let (first, firstCurve) = record(seed: 0)
    try directory.commit(first, curve: firstCurve)
    let (runsBefore, curvesBefore) = (try folder.text(of: "runs.csv"), try folder.text(of: "curves.csv"))
    let (second, secondCurve) = record(seed: 1)
    try directory.commit(second, curve: secondCurve)
    let (runsAfter, curvesAfter) = (try folder.text(of: "runs.csv"), try folder.text(of: "curves.csv"))

    func check(runs: String, curves: String, expected: Int) throws {
      try folder.write(Array(runs.utf8), to: "runs.csv")
      try folder.write(Array(curves.utf8), to: "curves.csv")
      let repaired = try ResultsDirectory(path: folder.path)
      let found = try repaired.read()
      #expect(found.runs.count == expected && found.curves.count == 2 * expected)
      try repaired.commit(second, curve: secondCurve)
      #expect(try folder.text(of: "runs.csv") == runsAfter)
      #expect(try folder.text(of: "curves.csv") == curvesAfter)
    }
    for length in stride(from: curvesBefore.utf8.count, through: curvesAfter.utf8.count, by: 3) {
      try check(runs: runsBefore, curves: String(curvesAfter.prefix(length)), expected: 1)
    }
    for length in stride(from: runsBefore.utf8.count, to: runsAfter.utf8.count, by: 3) {
      try check(runs: String(runsAfter.prefix(length)), curves: curvesAfter, expected: 1)
    }
    try check(runs: runsAfter, curves: curvesAfter, expected: 2)
  }

  @Test("A file that was cut within its header starts anew")
  func cutHeader() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("run,mod".utf8), to: "runs.csv")
    try folder.write([], to: "curves.csv")
    let (run, curve) = record(seed: 0)
    try ResultsDirectory(path: folder.path).commit(run, curve: curve)
    #expect(try ResultsDirectory(path: folder.path).read().runs == [run])
  }

  @Test("Writers side by side lose nothing")
  func concurrentWriters() async throws {
    let folder = try TemporaryFolder()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          // A directory for each, as two processes would have.
          let directory = try ResultsDirectory(path: folder.path)
          for seed in 0..<10 {
            let (run, curve) = record(seed: seed * 4 + writer)
            try directory.commit(run, curve: curve)
          }
        }
      }
      try await group.waitForAll()
    }
    let (runs, curves) = try ResultsDirectory(path: folder.path).read()
    #expect(Set(runs.map(\.run)).count == 40 && runs.count == 40 && curves.count == 80)
  }

  @Test("A file that is not ours is left alone and named")
  func foreignFile() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("a,b\n1,2\n".utf8), to: "runs.csv")
    let error = #expect(throws: HarnessError.self) { try ResultsDirectory(path: folder.path) }
    #expect(error?.exitCode == 65 && error?.description.contains("runs.csv") == true)
    #expect(try folder.text(of: "runs.csv") == "a,b\n1,2\n")
    let (run, curve) = record(seed: 0)
    let other = try TemporaryFolder()
    try ResultsDirectory(path: other.path).commit(run, curve: curve)
    try other.write(Array((try other.text(of: "runs.csv") + "1,2,3\n").utf8), to: "runs.csv")
    let line = #expect(throws: HarnessError.self) { try ResultsDirectory(path: other.path) }
    #expect(line?.description.contains("line 3 (1,2,3…)") == true)
  }

  @Test("A folder that cannot be made is exit code 73")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "file")
    let error = #expect(throws: HarnessError.self) { try ResultsDirectory(path: folder.path + "/file/results") }
    #expect(error?.exitCode == 73)
  }
}

@Suite struct SummaryTests {
  @Test("Student's t gives the interval")
  func interval() {
    let estimate = Estimate([0.9, 0.92, 0.94])
    #expect(abs(estimate.mean - 0.92) < 1e-15)
    #expect(abs(estimate.halfWidth - 4.3027 * 0.02 / 3.0.squareRoot()) < 1e-12)
    #expect(Estimate([1]).halfWidth.isNaN && Estimate([]).mean.isNaN)
    // Tables have 2.0211 for 40 degrees of freedom and 1.9840 for 100.
    #expect(abs(Estimate.studentQuantile(degreesOfFreedom: 40) - 2.0211) < 1e-4)
    #expect(abs(Estimate.studentQuantile(degreesOfFreedom: 100) - 1.9840) < 1e-4)
  }

  @Test("Seeds are brought together, the best comes first, what diverged comes last")
  func order() {
    var records: [RunRecord] = []
    for (norm, accuracy, status) in [
      ("layer", 0.8, RunStatus.finished), ("batch", 0.9, .finished), ("none", .nan, .diverged),
    ] {
      for seed in 0..<2 {
        var (run, _) = record(seed: seed, norm: norm)
        run.testAccuracy = accuracy
        run.status = status
        records.append(run)
      }
    }
    let summaries = Summary.summarize(records, curves: [])
    #expect(summaries.map(\.configuration.norm) == ["batch", "layer", "none"])
    #expect(summaries.map(\.runs) == [2, 2, 2] && summaries.map(\.diverged) == [0, 0, 2])
    #expect(summaries[2].testAccuracy.mean.isNaN)
  }

  @Test("The epochs to 90 % are the first with that accuracy")
  func epochs() {
    let (run, curve) = record(seed: 0)
    let summary = Summary.summarize([run], curves: curve)[0]
    #expect(summary.epochsToNinety.mean == 2 && summary.reached == 1)
  }
}

/// A run and its curve, made up.
private func record(seed: Int, norm: String = "layer") -> (run: RunRecord, curve: [CurveRecord]) {
  var configuration = RunConfiguration(model: .rnn, norm: norm)
  configuration.seed = UInt64(seed)
  let run = configuration.identifier(dataFingerprint: 1)
  return (
    RunRecord(
      run: run, configuration: configuration, status: .finished, steps: 90, trainLoss: 0.1 / 3, trainAccuracy: 0.99,
      testLoss: 0.2, testAccuracy: 0.95, bestTestAccuracy: 0.96, parameters: 100, seconds: 1.5,
      samplesPerSecond: 12345, version: "1.0.0"),
    (1...2).map { epoch in
      CurveRecord(
        run: run, configuration: configuration, step: 45 * epoch, epoch: epoch, trainLoss: 0.5, trainAccuracy: 0.9,
        testLoss: 0.4, testAccuracy: 0.8 + 0.07 * Double(epoch), gradientNorm: 1.25, elapsedSeconds: 0.7)
    }
  )
}
