import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

/// Runs of some normalizers with seeds 0 ..< count; each has so many of 100 images right.
private func runs(_ accuracies: KeyValuePairs<String, Int>, seeds: UInt64, model: ModelRecipe = .rnn) -> [MadeUpRun] {
  (0..<seeds).flatMap { seed in
    accuracies.map { MadeUpRun($0.key, model: model, seed: seed, correct: $0.value + Int(seed % 2)) }
  }
}

@Suite struct ReportTests {
  @Test("Below three seeds there are no differences and no ranks, only what to add", arguments: [1, 2] as [UInt64])
  func fewSeeds(seeds: UInt64) {
    let report = Report(runs(["rms": 50, "none": 70, "layer": 90], seeds: seeds))
    #expect(report.table["norm"] == ["rms", "none", "layer"])
    #expect(!report.table.titles.contains("difference") && !report.table.titles.contains("best"))
    #expect(report.notes.contains { $0.hasPrefix("Differences and ranks need three seeds or more: --seeds 5.") })
    #expect(report.notes.contains { $0.contains("over seeds alone") } == (seeds == 2))
    #expect(report.differences.allSatisfy { $0["difference"] == "" && $0["told_from_best"] == nil })
  }

  @Test("From three seeds on, rows have ranks, differences from a baseline, and what cannot be told from the best")
  func differences() throws {
    let report = Report(runs(["rms": 50, "none": 70, "layer": 90, "group": 90], seeds: 3))
    let table = report.table
    #expect(table["norm"] == ["layer", "group", "none", "rms"])
    #expect(table["best"] == ["=", "=", "", ""])
    #expect(table["difference"][2] == "baseline")
    #expect(table["difference"][0].hasPrefix("+0.2000 ± ") && table["difference"][3].hasPrefix("−0.2000 ± "))
    #expect(table["runs"] == ["3", "3", "3", "3"])
    let notes = report.notes.joined(separator: "\n")
    #expect(notes.contains("± behind the test accuracy: 95 %, over seeds alone"))
    #expect(
      notes.contains("intervals that hold for all 3 at 95 %") && notes.contains("count seeds and test images, not"))
    #expect(notes.contains("= cannot be told from the most accurate"))
    #expect(notes.contains("With 3 seeds and 100 test images, "))
    #expect(!notes.contains("--seeds 5"))
    let layer = try #require(report.differences.first)
    #expect(layer["norm"] == "layer" && layer["difference"]?.hasPrefix("0.2") == true && layer["is_baseline"] == "0")
    #expect(layer["seeds"] == "3" && layer["images"] == "100" && layer["told_from_best"] == "0")
    #expect(report.differences[2]["is_baseline"] == "1" && report.differences[2]["difference"] == "")
    #expect(report.differences[3]["told_from_best"] == "1")
  }

  @Test("The baseline is the one that is named, or none, or else the first")
  func baseline() {
    func baseline(_ names: [String], _ named: String? = nil) -> String? {
      let all = (0..<3 as Range<UInt64>).flatMap { seed in
        names.enumerated().map { MadeUpRun($0.element, seed: seed, correct: 60 + 10 * $0.offset) }
      }
      let table = Report(all, baseline: named).table
      return zip(table["norm"], table["difference"]).first { $0.1 == "baseline" }?.0
    }
    #expect(baseline(["layer", "none", "batch"]) == "none")
    #expect(baseline(["layer", "none", "batch"], "batch") == "batch")
    #expect(baseline(["layer", "batch"]) == "layer")
    let models = Report(
      runs(["none": 80, "layer": 90], seeds: 3) + runs(["layer": 80, "none": 70], seeds: 3, model: .cnn))
    #expect(models.table["difference"].count { $0 == "baseline" } == 2)
  }

  @Test("Rows that are not compared say so: other models, other settings than the baseline's")
  func noDifferences() {
    let models = Report(runs(["layer": 90], seeds: 3) + runs(["layer": 80], seeds: 3, model: .cnn))
    #expect(
      models.notes.contains(
        "No differences: the rows are of different models, data or numerics, which are not compared."))
    var others = runs(["none": 80, "layer": 90], seeds: 3)
    for index in others.indices where others[index].configuration[.norm] == "layer" {
      others[index].configuration[.batchSize] = 2
    }
    #expect(
      Report(others).notes.contains { $0.hasPrefix("No differences: no row has three seeds in common with a baseline") }
    )
    let some = Report(others + runs(["group": 70], seeds: 3))
    #expect(some.table["difference"].contains("–"))
    #expect(some.notes.contains { $0.hasPrefix("difference –: no baseline") })
    #expect(!Report(runs(["none": 80, "layer": 90], seeds: 3)).notes.contains { $0.hasPrefix("difference –") })
  }

  @Test("Whether more seeds or more test images would show smaller differences is said in words")
  func limits() {
    let same = Report(runs(["none": 80, "layer": 80], seeds: 4))
    #expect(
      same.notes.contains(
        "With 4 seeds and 100 test images, only the number of seeds limits what differences can be shown."))
    // The same images are wrong for every seed.
    var fixed = runs(["none": 60, "layer": 90], seeds: 3)
    for index in fixed.indices { fixed[index].shift = 0 }
    let note = Report(fixed).notes.first { $0.hasPrefix("With 3 seeds") } ?? ""
    #expect(note.contains("more seeds could show differences down to 0.0") && note.contains("only more test images."))
    let uneven = runs(["none": 60, "layer": 90, "rms": 80], seeds: 5).filter {
      $0.configuration[.norm] != "rms" || $0.configuration[.seed] < 3
    }
    #expect(Report(uneven).notes.contains { $0.hasPrefix("With 3 to 5 seeds and 100 test images, ") })
    var other = fixed
    for index in other.indices {
      other[index].configuration[.data] = "mnist"
      other[index].imageCount = 200
    }
    #expect(Report(fixed + other).notes.contains { $0.hasPrefix("With 3 seeds and 100 to 200 test images, ") })
  }

  @Test("A run that diverged counts as guessing, one that collapsed is marked, and both are counted")
  func failures() {
    var all = runs(["none": 80, "layer": 90], seeds: 3)
    all[0].status = .diverged
    all[0].trainLoss = 7e7
    all[3].status = .collapsed
    all[3].correct = 10
    let report = Report(all)
    let none = report.table["norm"].firstIndex(of: "none") ?? 0
    #expect(report.table["diverged"][none] == "1" && report.table["diverged"][1 - none] == "0")
    #expect(report.table["collapsed"][1 - none] == "1" && report.table["collapsed"][none] == "0")
    // Two of 0.81 and 0.80, and a guess of 0.1.
    #expect(report.table["test accuracy"][none].hasPrefix("0.5700 ± "))
    #expect(report.table["train loss"] == ["0.5000", "0.5000"])
    #expect(report.notes.contains("Runs that diverged count as guessing; the train loss is that of the others."))
    #expect(report.notes.contains("Runs that collapsed ended no better than guessing, at 99 %."))
    let well = Report(runs(["none": 80, "layer": 90], seeds: 3))
    #expect(!well.table.titles.contains("diverged") && !well.table.titles.contains("collapsed"))
    #expect(!well.notes.contains { $0.hasPrefix("Runs that") })
  }

  @Test("A loss through the roof is not printed in full, and one that is not there not at all")
  func losses() {
    #expect(loss(6.123e15) == "6e+15" && loss(0.25) == "0.2500" && loss(999.9) == "999.9000" && loss(.nan) == "–")
    var run = MadeUpRun()
    run.trainLoss = 6.123e15
    #expect(Report([run]).table["train loss"] == ["6e+15"])
    run.status = .diverged
    #expect(Report([run]).table["train loss"] == ["–"])
  }

  @Test("Runs that never came to 90 % count with their epochs, and are not passed over in silence")
  func censored() {
    let report = Report(runs(["none": 80, "layer": 90], seeds: 3))
    #expect(report.table["epochs to 90 %"] == ["2.0", "≥ 2.0 (0 of 3)"])
    #expect(report.notes.contains { $0.hasPrefix("epochs to 90 % ≥: ") })
    #expect(!Report(runs(["layer": 90], seeds: 3)).notes.contains { $0.contains("epochs to 90") })
  }

  @Test("One learning rate for all normalizers is worth a word, unless there are several")
  func rates() {
    func isSaid(_ runs: [MadeUpRun]) -> Bool { Report(runs).notes.contains { $0.contains("--tune learning-rate") } }
    #expect(isSaid(runs(["none": 80, "layer": 90], seeds: 1)))
    #expect(!isSaid(runs(["layer": 90], seeds: 1)))
    var other = MadeUpRun("layer")
    other.configuration[.learningRate] = 0.1
    #expect(!isSaid(runs(["none": 80, "layer": 90], seeds: 1) + [other]))
    // Each normalizer at a rate of its own, as in a folder to which runs came one after the other.
    #expect(!isSaid(runs(["none": 80], seeds: 1) + [other]))
    #expect(Report(runs(["none": 80], seeds: 1) + [other]).table["learning-rate"] == ["0.001", "0.1"])
  }

  @Test("Notes are wrapped for a terminal, a list in Markdown, and comments in LaTeX")
  func notes() {
    let notes = ["one two three four", "five % six"]
    #expect(Report.text(notes, .text, width: 10) == "one two\nthree four\nfive % six")
    #expect(Report.text(notes, .markdown, width: 10) == "- one two three four\n- five % six")
    #expect(Report.text(notes, .latex, width: 12) == "% one two\n% three four\n% five % six")
    let report = Report(runs(["none": 80, "layer": 90], seeds: 3))
    #expect(Report.text(report.notes, .text, width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(Report.width >= 20 && Report.width <= 100)
  }
}

@Suite struct PivotTests {
  private func setting(_ name: String) -> AnySetting { AnySetting.named(name)! }

  private var grid: [MadeUpRun] {
    [0.1, 0.02, 1].flatMap { rate in
      ["layer", "batch"].flatMap { norm in
        (0..<2 as Range<UInt64>).map { seed in
          var run = MadeUpRun(norm, seed: seed, correct: rate == 1 ? 10 : 80)
          run.configuration[.learningRate] = rate
          run.status = rate == 1 ? (norm == "batch" ? .diverged : .collapsed) : .finished
          return run
        }
      }
    }
  }

  @Test("A pivot has a cell for two settings, in the order of their values, and says what came to nothing")
  func cells() throws {
    let table = try Report(grid).pivot(setting("norm"), setting("learning-rate"))
    #expect(table.titles == ["norm", "learning-rate 0.02", "learning-rate 0.1", "learning-rate 1.0"])
    #expect(table["norm"] == ["batch", "layer"])
    #expect(table["learning-rate 0.1"] == ["0.8000 ± 0.0000", "0.8000 ± 0.0000"])
    #expect(table["learning-rate 1.0"] == ["0.1000 ± 0.0000 (2 diverged)", "0.1000 ± 0.0000 (2 collapsed)"])
    let turned = try Report(grid).pivot(setting("learning-rate"), setting("norm"))
    #expect(turned["learning-rate"] == ["0.02", "0.1", "1.0"])
    let missing = grid.filter { $0.configuration[.norm] == "layer" || $0.configuration[.learningRate] > 0.05 }
    #expect(try Report(missing).pivot(setting("norm"), setting("learning-rate"))["learning-rate 0.02"][0] == "–")
    #expect(Report(grid).pivotNotes.contains { $0.contains("over seeds alone") })
    #expect(Report(grid).pivotNotes.contains { $0.hasPrefix("Runs that diverged count as guessing") })
  }

  @Test("A pivot that would average over a third setting is refused, with what to choose")
  func thirdSetting() throws {
    let error = #expect(throws: HarnessError.self) { try Report(grid).pivot(setting("norm"), setting("width")) }
    #expect(
      error
        == .usage(
          "--pivot norm,width would average runs that also differ in learning-rate; choose one value, as in "
            + "--learning-rate 0.1."))
    let models = grid + [MadeUpRun("layer", model: .cnn)]
    let other = #expect(throws: HarnessError.self) { try Report(models).pivot(setting("norm"), setting("data")) }
    #expect(other?.description.contains("also differ in model, ") == true)
    #expect(other?.description.contains("as in --model rnn.") == true)
  }
}

@Suite struct ReportJSONTests {
  @Test("JSON has every number in full, and null where there is none")
  func json() throws {
    let report = Report(runs(["none": 80, "layer": 90], seeds: 3))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["numerics"] as? Int == numerics && object["version"] as? String == packageVersion)
    #expect(object["notes"] as? [String] == report.notes)
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    for (row, own) in zip(rows, report.analysis.rows) {
      let accuracy = try #require(row["test_accuracy"] as? [String: Double])
      #expect(abs((accuracy["mean"] ?? 0) - own.testAccuracy.mean) < 1e-15)
      // Foundation writes every digit, and reads them with an error in the last.
      #expect(
        report.json.contains(" \(own.testAccuracy.mean)") && report.json.contains(" \(own.testAccuracy.halfWidth)"))
      let settings = try #require(row["settings"] as? [String: Any])
      #expect(settings["learning_rate"] as? Double == 0.001 && settings["width"] as? Int == 64)
      #expect(settings["affine"] as? String == "on" && settings["seed"] == nil)
      #expect(Set(settings.keys) == Set(AnySetting.all.map(\.column)).subtracting(["seed"]))
      #expect(row["seeds"] as? [Int] == [0, 1, 2] && row["runs"] as? [String] == own.runs.map(\.run))
    }
    let difference = try #require(rows[0]["difference"] as? [String: Any])
    let own = try #require(report.analysis.rows[0].difference)
    for (key, value) in [("mean", own.mean), ("low", own.low), ("high", own.high), ("seed_floor", own.seedFloor)] {
      #expect(abs((difference[key] as? Double ?? .nan) - value) < 1e-15)
      #expect(report.json.contains("\"\(key)\" : \(value)"))
    }
    #expect(difference["seeds"] as? Int == 3 && difference["images"] as? Int == 100)
    #expect(rows[1]["difference"] is NSNull && rows[1]["is_baseline"] as? Bool == true)
    #expect(rows[1]["told_from_best"] as? Bool == true && rows[0]["told_from_best"] as? Bool == false)
  }

  @Test("What a single run does not have is null")
  func nulls() throws {
    var run = MadeUpRun()
    run.status = .diverged
    let object = try #require(try JSONSerialization.jsonObject(with: Data(Report([run]).json.utf8)) as? [String: Any])
    let row = try #require((object["rows"] as? [[String: Any]])?.first)
    #expect((row["test_accuracy"] as? [String: Any])?["half_width"] is NSNull)
    #expect((row["train_loss"] as? [String: Any])?["mean"] is NSNull)
    #expect(row["told_from_best"] is NSNull && row["tuned"] == nil)
    #expect(row["diverged"] as? Int == 1)
  }
}
