import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct ReportPlotsTests {
  private let marks = PlotMarks(NormalizerChoice.all.map(\.name))

  /// A run, and the test accuracies at its epochs; one that ends before the second epoch diverged.
  private func trained(
    _ norm: String, seed: UInt64 = 0, _ accuracies: [Double],
    changing change: (inout RunConfiguration) -> Void = { _ in }
  ) -> (run: MadeUpRun, curve: [CurveRecord]) {
    var run = MadeUpRun(norm, seed: seed, correct: Int((100 * (accuracies.last ?? 0)).rounded()))
    if accuracies.count < 2 { run.status = .diverged }
    change(&run.configuration)
    let curve = accuracies.enumerated().map { index, accuracy in
      let correct = (0..<100).map { Double($0) < (100 * accuracy).rounded() }
      return CurveRecord(
        run: run.record.run, configuration: run.configuration,
        measuring: Observation(
          step: 45 * (index + 1), epoch: index + 1, trainLoss: 1 / Double(index + 1), trainAccuracy: 0.5,
          gradientNorm: 1,
          validation: nil, test: Evaluation(loss: 1, correct: correct), elapsedSeconds: 1))
    }
    return (run, curve)
  }

  private func plots(
    _ runs: [(run: MadeUpRun, curve: [CurveRecord])], _ measure: String? = nil
  ) throws -> [Plot] {
    try Report(runs.map(\.run)).plots(of: PlotMeasure.named(measure), runs.flatMap(\.curve), marks)
  }

  @Test("A learning curve is the mean over the seeds; a run that diverged counts as guessing from then on")
  func means() throws {
    let plots = try plots([
      trained("layer", seed: 0, [0.2, 0.8]), trained("layer", seed: 1, [0.4, 0.9]), trained("batch", seed: 0, [0.5]),
      trained("batch", seed: 1, [0.7, 0.9]),
    ])
    #expect(plots.count == 1 && plots[0].title == "rnn on digits" && plots[0].horizontal.label == "epoch")
    let lines = plots[0].lines
    #expect(lines.map(\.name) == ["layer", "batch"] && lines.map(\.mark) == ["L", "B"])
    func isNear(_ points: [(x: Double, y: Double)], _ expected: [Double]) -> Bool {
      points.map(\.x) == [1, 2] && zip(points, expected).allSatisfy { abs($0.y - $1) < 1e-12 }
    }
    #expect(isNear(lines[0].points, [0.3, 0.85]))
    #expect(isNear(lines[1].points, [0.6, 0.5]), "guessing is 0.1: \(lines[1].points)")
  }

  @Test("The column that --sort names is drawn; one without a curve says so")
  func measures() throws {
    let runs = [trained("layer", [0.2, 0.8])]
    let plot = try #require(plots(runs, "train_loss").first)
    #expect(plot.vertical.label == "train loss (nats)" && plot.lines[0].points.map(\.y) == [1, 0.5])
    #expect(throws: HarnessError.self) { try plots(runs, "samples/s") }
    #expect(throws: HarnessError.self) { try plots(runs, "epochs") }
  }

  @Test("Models, data sets, other data of one name, other numerics and words have plots of their own")
  func facets() throws {
    var (other, otherCurve) = trained("layer", [0.1, 0.3])
    other.configuration = RunConfiguration(model: .cnn, norm: NormalizerChoice.all[2])
    otherCurve = []
    let runs = [
      trained("layer", [0.2, 0.8]), trained("layer", [0.2, 0.7]) { $0[.data] = "fashion-mnist" },
      trained("layer", [0.2, 0.6]) { $0[.optimizer] = .sgd },
    ]
    let titles = try plots(runs).map(\.title)
    #expect(
      titles == [
        "rnn on digits, optimizer adam", "rnn on fashion-mnist, optimizer adam", "rnn on digits, optimizer sgd",
      ])
    #expect(throws: HarnessError.self, "a model without its curves") { try plots(runs + [(other, otherCurve)]) }
    #expect(try plots(runs).allSatisfy { $0.lines.count == 1 && $0.lines[0].points.count == 2 })
  }

  @Test("One number that varies is horizontal, one line for a normalizer")
  func sweep() throws {
    let runs = [("layer", 0.1, 0.9), ("layer", 0.001, 0.3), ("layer", 0.01, 0.6), ("batch", 0.01, 0.5)].map {
      norm, rate, accuracy in trained(norm, [0.1, accuracy]) { $0[.learningRate] = rate }
    }
    let plot = try #require(plots(runs).first)
    #expect(plot.horizontal.label.hasPrefix("learning-rate: ") && plot.horizontal.isLogarithmic)
    #expect(plot.lines.map(\.name) == ["layer", "batch"])
    #expect(plot.lines[0].points.map(\.x) == [0.001, 0.01, 0.1] && plot.lines[0].points.map(\.y) == [0.3, 0.6, 0.9])
    #expect(!plot.lines[1].isLevel, "a value that was not measured elsewhere is no level line")
    let groups = [("none", 1), ("group", 1), ("group", 2)].map { norm, groups in
      trained(norm, [0.1, 0.5]) { $0[.groups] = groups }
    }
    #expect(try plots(groups).first?.lines.map(\.isLevel) == [true, false])
  }

  @Test("Two numbers that vary are not drawn, and the message says what to choose")
  func tooMuch() throws {
    let runs = [(2, 0.1), (2, 0.2), (8, 0.1)].map { size, rate in
      trained("layer", [0.1, 0.5]) {
        $0[.batchSize] = size
        $0[.learningRate] = rate
      }
    }
    #expect {
      try plots(runs)
    } throws: { error in
      "\(error)".contains(
        "differ in batch-size, learning-rate; choose values until one is left, as in --learning-rate 0.1.")
    }
  }

  @Test("show --plot draws in the width of the terminal, and writes nothing")
  func program() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path + "/Results")
    for (run, curve) in [trained("layer", [0.2, 0.8]), trained("batch", [0.3, 0.9])] {
      try directory.commit(RunResult(record: run.record, curve: curve, outcomes: Outcomes(run.images)))
    }
    let shown = try compare("show --plot", in: folder)
    #expect(shown.code == 0 && shown.errors.isEmpty)
    let lines = shown.output.split(separator: "\n")
    #expect(lines.first == "rnn on digits" && lines.map(\.count).max() ?? 0 <= 80)
    #expect(lines.contains { $0.hasSuffix("L layer") } && lines.contains { $0.hasSuffix("B batch") })
    #expect(shown.output.contains("One seed: what another would give is not known."))
    for other in ["--json", "--top 1", "--pivot norm,width"] {
      let refused = try compare("show --plot \(other)", in: folder)
      #expect(refused.code == 64 && refused.errors.contains("exclude each other"))
    }
    #expect(try compare("--plot", in: folder).code == 64)
    let terminal = try Pseudoterminal(
      [compareProgram, "show", "--plot", "--results", folder.path + "/Results"], columns: 44, rows: 40)
    #expect(terminal.end() == 0)
    let rows = terminal.screen.text
    #expect(rows.contains { $0.hasSuffix("L layer") } && rows.allSatisfy { $0.count <= 44 }, "\(rows)")
    #expect(rows.first { $0.contains("└") }.map(\.count) == 35, "\(rows)")
  }
}
