import Foundation
import Harness
import Tensors
import TestSupport
import Testing

@testable import Harness

private let norms = NormalizerChoice.all.count

@Suite struct ProgramTests {
  @Test("The plain command prints a table and records the run; the second time it trains nothing and prints the same")
  func plainCommand() throws {
    let folder = try TemporaryFolder()
    let line = "--norm layer --model rnn --epochs 5"
    let first = try compare(line, in: folder)
    #expect(first.code == 0)
    #expect(first.output.contains("layer  rnn") && first.output.contains("Results/runs.csv"))
    #expect(first.errors.contains("[1/1] rnn layer digits seed 0: test accuracy 0.9"))
    #expect(!first.errors.contains("\u{1B}") && !first.errors.contains("\r"))
    let before = try folder.text(of: "Results/runs.csv")
    let second = try compare(line, in: folder)
    #expect(second.output == first.output)
    #expect(second.errors == "1 run is recorded already and not trained again (--force does).\n")
    #expect(try folder.text(of: "Results/runs.csv") == before)
    let forced = try compare("\(line) --force --quiet", in: folder)
    #expect(forced.errors == "")
    #expect(try ResultRows("runs.csv", in: folder).fields.count == 1)
  }

  @Test("What cannot be is left out with one line, named with all that varies, and the rest is trained")
  func impossibleCells() throws {
    let folder = try TemporaryFolder()
    let line = "--norm group,instance,layer --model rnn --placement all --groups 4,5 --epochs 1 --batch-size 100"
    let outcome = try compare(line, in: folder)
    #expect(outcome.code == 0)
    let left = outcome.errorLines.filter { $0.hasPrefix("left out: ") }
    #expect(left.count == 3)
    #expect(
      left.contains {
        $0.hasPrefix("left out: rnn group digits seed 0 groups 5 placement input-path: --groups 5 does not")
      })
    #expect(left.contains { $0.hasPrefix("left out: rnn instance digits seed 0 groups 1 placement time-step: ") })
    #expect(
      try ResultRows("runs.csv", in: folder)["norm"].sorted() == ["group", "group", "instance", "layer", "layer"])
    let listed = try compare("\(line) --dry-run", in: folder)
    #expect(listed.output.split(separator: "\n").count { $0.hasPrefix("impossible  ") } == 3)
  }

  @Test("Instance normalization is left out once for each cell, whatever settings are none of its own")
  func impossibleOnce() throws {
    let folder = try TemporaryFolder()
    let line = "--norm instance,group --model rnn --placement time-step --groups 2,4 --dry-run"
    let output = try compare(line, in: folder).output
    #expect(output.split(separator: "\n").count { $0.hasPrefix("impossible  ") && $0.contains("norm instance") } == 1)
  }

  @Test("A dry run lists the runs, which of them are recorded, and writes nothing")
  func dryRun() throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("--norm all --model all --dry-run", in: folder)
    // An image is one position to a perceptron: nothing for instance normalization to average.
    #expect(outcome.output.hasSuffix("\(3 * norms - 1) runs, \(3 * norms - 1) to train.\n"))
    let impossible = outcome.output.split(separator: "\n").filter { $0.hasPrefix("impossible") }
    #expect(impossible.count == 1 && impossible[0].contains("model mlp, norm instance"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    #expect(try compare("--norm layer --model rnn --epochs 1 --quiet", in: folder).code == 0)
    let next = try compare("--norm layer,none --model rnn --epochs 1 --dry-run", in: folder).output
    #expect(
      next.split(separator: "\n").count { $0.hasSuffix("(recorded)") } == 1 && next.hasSuffix("2 runs, 1 to train.\n"))
    let quiet = try compare("--norm layer,none --model rnn --epochs 1 --dry-run --quiet", in: folder).output
    #expect(quiet.hasPrefix("Some ") && quiet.hasSuffix("\n2 runs, 1 to train.\n") && quiet.count { $0 == "\n" } == 2)
    let forced = try compare("--norm layer,none --model rnn --epochs 1 --dry-run --force", in: folder).output
    #expect(forced.hasSuffix("2 runs, 2 to train.\n"))
  }

  @Test("What is asked for of the inside of the models is recorded beside the runs, once")
  func recorded() throws {
    let folder = try TemporaryFolder()
    let line = "--norm none,batch --model mlp --epochs 1 --quiet"
    #expect(try compare(line, in: folder).code == 0)
    let runs = try folder.text(of: "Results/runs.csv")
    #expect(try compare("\(line) --dry-run --record layers", in: folder).output.hasSuffix("2 runs, 2 to train.\n"))
    #expect(try compare("\(line) --record layers", in: folder).code == 0)
    #expect(try folder.text(of: "Results/runs.csv") == runs)
    #expect(try ResultRows("layers.csv", in: folder)["layer"].count == 12)
    #expect(try compare("\(line) --dry-run --record layers", in: folder).output.hasSuffix("2 runs, 0 to train.\n"))
    let mistake = try compare("--record lyers", in: folder)
    #expect(mistake.code == 64 && mistake.errors.contains("Did you mean 'layers'? Valid: layers, landscape, all."))
  }

  @Test("One and two threads, and one to three runs side by side, give the same files but for the times")
  func threads() throws {
    let first = try TemporaryFolder()
    let line = "--norm none,batch,layer,renorm --model all --epochs 1 --batch-size 100 --validation 0.2"
    #expect(try compare("\(line) --jobs 1 --threads 1", in: first).code == 0)
    for other in ["--jobs 1 --threads 2", "--jobs 2", "--jobs 3"] {
      let folder = try TemporaryFolder()
      #expect(try compare("\(line) \(other)", in: folder).code == 0)
      for file in ["runs.csv", "curves.csv", "outcomes.csv"] {
        #expect(try ResultRows(file, in: folder).timeless == ResultRows(file, in: first).timeless)
      }
    }
  }

  /// A changed digest says that the same command gives other numbers than before.
  ///
  /// If that was meant, raise `numerics`, so that
  /// what users have recorded is not paired with what they record now, write into the change log what changed, and set the
  /// digest anew. New settings and columns do not change it.
  @Test("A comparison gives the numbers that it gave before, to the last bit")
  func digest() throws {
    let folder = try TemporaryFolder()
    #expect(try compare("--norm all --model cnn,rnn --epochs 3 --validation 0.1", in: folder).code == 0)
    let runs = [
      "model", "norm", "seed", "status", "steps", "train_loss", "train_accuracy", "validation_loss",
      "validation_accuracy",
      "test_loss", "test_accuracy", "guess_accuracy", "best_epoch", "test_accuracy_at_best", "epochs_to_90",
      "reached_90",
      "parameters", "fingerprint",
    ]
    let curves = [
      "model", "norm", "step", "epoch", "train_loss", "train_accuracy", "validation_loss", "test_loss", "test_accuracy",
      "gradient_norm",
    ]
    var text = ""
    for (file, columns) in [("runs.csv", runs), ("curves.csv", curves), ("outcomes.csv", ["images", "outcomes"])] {
      let rows = try ResultRows(file, in: folder)
      for column in columns { text += ([column] + rows[column]).joined(separator: ",") + "\n" }
    }
    #expect(!text.contains(",,,,"))
    let digest = String(StableHash(of: text.utf8).value, radix: 16)
    #expect(numerics == 2)
    #expect(digest == "eaa28a24d9798aec")
  }

  @Test("A run that diverges is recorded and shown, and one that collapses, too")
  func failures() throws {
    let folder = try TemporaryFolder()
    let outcome = try compare("--norm none --model cnn --learning-rate 1e6 --epochs 1", in: folder)
    #expect(outcome.code == 0 && outcome.output.contains("diverged"))
    #expect(outcome.errors.contains(": diverged after "))
    let collapsed = try compare("--norm none --model cnn --learning-rate 1e-30 --epochs 1", in: folder)
    #expect(collapsed.code == 0 && collapsed.output.contains("collapsed"))
    #expect(try ResultRows("runs.csv", in: folder)["status"] == ["diverged", "collapsed"])
    #expect(try ResultRows("outcomes.csv", in: folder).fields.count == 1)
  }

  @Test("Three seeds give differences, and differences.csv")
  func differences() throws {
    let folder = try TemporaryFolder()
    let line = "--norm none,layer --model rnn --epochs 1 --batch-size 100 --quiet"
    let two = try compare("\(line) --seeds 2", in: folder)
    #expect(!two.output.contains("difference  ") && two.output.contains("--seeds 5"))
    let three = try compare("\(line) --seeds 3", in: folder)
    #expect(three.output.contains("  difference  ") && three.output.contains("baseline"))
    let text = try folder.text(of: "Results/differences.csv").split(separator: "\n")
    #expect(text.count == 3 && text[0].hasPrefix("model,norm,data,") && text[0].contains(",difference,low,high,"))
    #expect(try ResultRows("differences.csv", in: folder)["is_baseline"].sorted() == ["0", "1"])
    let markdown = try compare("\(line) --seeds 3 --markdown", in: folder)
    #expect(markdown.output.hasPrefix("| norm | model |") && !markdown.output.contains("Runs: "))
  }

  @Test("A folder of the version before is read and continued")
  func versionOne() throws {
    let folder = try TemporaryFolder()
    let settings =
      "model,norm,data,seed,batch_size,learning_rate,optimizer,groups,activation,placement,init_scale,width,depth,epochs"
    try FileManager.default.createDirectory(atPath: folder.path + "/Results", withIntermediateDirectories: true)
    let run = "rnn,layer,digits,0,32,0.001,adam,1,tanh,time-step,1.0,64,1,1"
    try folder.write(
      Array(
        """
        run,\(settings),status,steps,train_loss,train_accuracy,test_loss,test_accuracy,best_test_accuracy,parameters,seconds,\
        samples_per_second,version,clip
        0123456789abcdef,\(run),finished,45,1.9,0.5,1.5,0.8125,0.8125,5450,0.5,2874,1.4.0,1.0
        fedcba9876543210,cnn,none,digits,0,32,1000.0,sgd,1,relu,before,1.0,16,2,1,diverged,3,nan,0.1,nan,nan,nan,6000,0.5,\
        2874,1.4.0,nan

        """.utf8), to: "Results/runs.csv")
    try folder.write(
      Array(
        """
        run,\(settings),step,epoch,train_loss,train_accuracy,test_loss,test_accuracy,gradient_norm,elapsed_seconds,clip
        0123456789abcdef,\(run),45,1,1.9,0.5,1.5,0.8125,0.9,0.5,1.0
        ffffffffffffffff,\(run),45,1,1.9,0.5,1.5,0.8125,0.9,0.5,1.0

        """.utf8), to: "Results/curves.csv")
    #expect(try compare("show", in: folder).output.contains("0.8125"))
    // Its numbers are other numbers: it is trained again beside it.
    let outcome = try compare("--norm layer --model rnn --epochs 1", in: folder)
    #expect(outcome.code == 0 && outcome.errors.contains("[1/1] rnn layer"))
    let runs = try ResultRows("runs.csv", in: folder)
    #expect(runs.fields.count == 3 && runs["numerics"] == ["1", "1", "2"] && runs["run"][0] == "0123456789abcdef")
    #expect(runs["test_accuracy"][0] == "0.8125" && runs["best_test_accuracy"] == ["0.8125", "", ""])
    #expect(!runs.fields.joined().contains("nan") && runs["clip"] == ["1.0", "0.0", "1.0"])
    // A curve without its run is none.
    #expect(try ResultRows("curves.csv", in: folder)["run"].dropLast() == ["0123456789abcdef"])
    let shown = try compare("show --model rnn", in: folder).output
    #expect(shown.contains("numerics") && shown.contains("0.8125"))
    #expect(
      try compare("--norm layer --model rnn --epochs 1", in: folder).errors.hasPrefix("1 run is recorded already"))
  }

  @Test("Two processes that write to one folder lose nothing and record each run once")
  func twoProcesses() throws {
    let folder = try TemporaryFolder()
    let line = "--norm none,layer,batch --model rnn --epochs 1 --batch-size 100 --seeds 4 --quiet --threads 1"
    let first = try RunningProgram(line, in: folder)
    let second = try compare(line, in: folder)
    #expect(try first.outcome().code == 0 && second.code == 0)
    try expectWhole(folder, runs: 12, epochs: 1)
  }

  @Test("Killed at twelve moments, most of them in the middle of recording, no finished run is lost or there twice")
  func killed() throws {
    let folder = try TemporaryFolder()
    let line = "--norm none,layer,batch --model all --epochs 2 --batch-size 100 --seeds 3 --quiet"
    var finished: [String] = []
    for round in 1...12 {
      let process = try RunningProgram(line, in: folder)
      // Rows come to these files one after the other, and to the last of them within a moment.
      let file = ["outcomes.csv", "curves.csv", "runs.csv"][round % 3]
      let enough = round * (file == "curves.csv" ? 2 : 1)
      process.wait { ((try? ResultRows(file, in: folder))?.fields.count ?? 0) > enough }
      process.kill()
      _ = try process.outcome()
      let recorded = (try? ResultRows("runs.csv", in: folder))?["run"] ?? []
      // The last one may have been taken back, because it was not recorded wholly.
      #expect(recorded.starts(with: finished.dropLast()))
      finished = recorded
    }
    #expect(try compare(line, in: folder).code == 0)
    try expectWhole(folder, runs: 27, epochs: 2)
  }

  @Test("Ctrl-C ends with the table of what is finished and exit code 130")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let process = try RunningProgram("--norm layer --model rnn --epochs 1,100000 --jobs 1", in: folder)
    process.wait { process.errors.contains(": test accuracy") }
    process.interrupt()
    let outcome = try process.outcome()
    #expect(outcome.code == 130)
    #expect(outcome.errors.hasPrefix("[1/2] rnn layer digits seed 0 epochs 1: test accuracy"))
    #expect(outcome.errors.hasSuffix("compare: interrupted; 1 of 2 runs are recorded, and the same command goes on.\n"))
    #expect(outcome.output.contains("layer  rnn") && outcome.output.contains("Results/runs.csv"))
    try expectWhole(folder, runs: 1, epochs: 1)
    // Differences are of grids that are over.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/Results/differences.csv"))
  }

  @Test(
    "A time limit ends with the table of what is finished and exit code 75, and the same command goes on to the same files"
  )
  func timeLimit() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let line = "--norm layer --model mlp --batch-size 4 --epochs 1,400 --jobs 1 --quiet"
    var outcome = try compare("\(line) --time-limit 2s", in: folder)
    #expect(outcome.code == 75 && outcome.output.contains("layer  mlp"))
    #expect(
      outcome.errors
        == "compare: the time limit is over; 1 of 2 runs are recorded, and the same command goes on.\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/Results/checkpoints").count == 1)
    for _ in 0..<100 where outcome.code == 75 { outcome = try compare("\(line) --time-limit 5s", in: folder) }
    #expect(try outcome.code == 0 && compare(line, in: other).code == 0)
    for file in ["runs.csv", "curves.csv", "outcomes.csv"] {
      #expect(try ResultRows(file, in: folder).timeless == ResultRows(file, in: other).timeless, "\(file)")
    }
  }

  @Test("What is stopped before its first run has the form of what is not, empty", arguments: ["", "claims family "])
  func emptyJSON(verb: String) throws {
    let folder = try TemporaryFolder()
    let line = verb.isEmpty ? "--norm layer --model mlp --epochs 100000 --json" : "\(verb)--seeds 1 --json --jobs 1"
    let outcome = try compare("\(line) --time-limit 1s --quiet --results r", in: folder)
    #expect(outcome.code == 75, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    #expect((object?[verb.isEmpty ? "rows" : "claims"] as? [Any])?.isEmpty == true && object?["version"] != nil)
  }

  private func expectWhole(_ folder: TemporaryFolder, runs: Int, epochs: Int) throws {
    let recorded = try ResultRows("runs.csv", in: folder)["run"]
    #expect(recorded.count == runs && Set(recorded).count == runs)
    let curves = try ResultRows("curves.csv", in: folder)["run"]
    #expect(curves.count == runs * epochs && Set(curves) == Set(recorded))
    #expect(Dictionary(grouping: curves) { $0 }.values.allSatisfy { $0.count == epochs })
    #expect(try ResultRows("outcomes.csv", in: folder)["run"].sorted() == recorded.sorted())
  }
}
