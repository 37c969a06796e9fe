import Foundation
import Harness
import Norms
import TestSupport
import Testing

@testable import Claims
@testable import Harness

@Suite struct QuantityTests {
  private let run = RunConfiguration(model: .mlp, norm: Catalogue().normalizers[0])

  private func measure(_ quantity: Quantity, _ runs: [Evidence], _ others: [Evidence] = []) throws -> Reading {
    try quantity.measure(runs, others)
  }

  @Test(
    "Steps are counted to a target that the weaker side comes to, and what never gets there took at least all of them")
  func target() throws {
    func evidence(_ accuracies: [Double], _ status: RunStatus = .finished) -> [Evidence] {
      [MadeEvidence.run(run, status: status, accuracies: accuracies)]
    }
    let strong = evidence([0.5, 0.85, 0.95, 0.96])
    // 98 % of 0.8 is 0.784.
    let weak = evidence([0.3, 0.78, 0.79, 0.8])
    #expect(try measure(.stepsToTarget, strong, weak) == Reading(20))
    #expect(try measure(.stepsToTarget, weak, strong) == Reading(30))
    // Both come to 90 %.
    #expect(try measure(.stepsToTarget, strong, strong) == Reading(30))
    let detail = try #require(Quantity.stepsToTarget.detail)
    #expect(abs(try #require(detail.value(strong, weak)) - 0.784) < 1e-9 && detail.value(strong, strong) == 0.9)
    // A side that guesses sets no target.
    let guess = evidence([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], .collapsed)
    #expect(try measure(.stepsToTarget, strong, guess) == Reading(30))
    #expect(try measure(.stepsToTarget, guess, strong) == Reading(60, .atLeast))
    #expect(try measure(.stepsToTarget, guess, guess).bound == .unknown)
  }

  @Test("The largest rate is the last above the best that trains; at the end of the grid it is at least that")
  func largest() throws {
    func sweep(_ trains: [Bool], best: Int) -> [Evidence] {
      trains.enumerated().map { index, trains in
        MadeEvidence.run(
          run.with(.learningRate, 0.1 * exp2(Double(index))), status: trains ? .finished : .collapsed,
          validation: index == best ? 0.9 : 0.5)
      }
    }
    let quantity = Quantity.largest(.learningRate, factor: 2)
    #expect(try measure(quantity, sweep([true, true, true, false, false], best: 1)) == Reading(0.4))
    #expect(try measure(quantity, sweep([true, true, false, true, false], best: 0)) == Reading(0.2))
    #expect(try measure(quantity, sweep([false, true, true, true], best: 1)) == Reading(0.8, .atLeast))
    #expect(try measure(quantity, sweep([false, false, false], best: 1)) == Reading(0.1, .atMost))
    let best = Quantity.best(.learningRate, factor: 2)
    #expect(try measure(best, sweep([true, true, true], best: 1)) == Reading(0.2))
    #expect(try measure(best, sweep([true, true, true], best: 2)) == Reading(0.4, .atLeast))
    #expect(try measure(best, sweep([true, true, true], best: 0)) == Reading(0.1, .atMost))
  }

  @Test("A band is as many steps as have what is asked; one that fills the grid is at least that")
  func band() throws {
    let quantity = Quantity.decades(.initialScale, factor: 10, "learn") { $0.record[.trainAccuracy] >= 0.8 }
    func sweep(_ accuracies: [Double]) -> [Evidence] { accuracies.map { MadeEvidence.run(run, trainAccuracy: $0) } }
    #expect(try measure(quantity, sweep([0.1, 0.8, 0.9, 0.79])) == Reading(2))
    #expect(try measure(quantity, sweep([0.9, 0.8])) == Reading(2, .atLeast))
    #expect(quantity.resolution == 0.5)
  }

  /// Rows of `layers.csv`: for each step, the values of a column by layer.
  private func layered(_ column: String, _ values: [Int: [Double]], isDiverged: Bool = false) -> [Evidence] {
    let rows = values.sorted { $0.key < $1.key }.flatMap { step, layers in
      layers.enumerated().map { layer, value in
        RecordedRow(
          run: "made", configuration: run, step: step, ["layer": .text("layer\(layer)"), column: .number(value)],
          of: .layers)
      }
    }
    return [MadeEvidence.run(run, status: isDiverged ? .diverged : .finished, rows: ["layers": rows])]
  }

  @Test("Layers are looked at before training, at its end, or in its course")
  func moments() throws {
    let runs = layered("drift", [0: [1, 3], 10: [5, 7], 20: [9, 11]])
    #expect(try measure(.mean("drift", .start, ""), runs) == Reading(2))
    #expect(try measure(.mean("drift", .end, ""), runs) == Reading(10))
    #expect(try measure(.mean("drift", .course, ""), runs) == Reading(8))
  }

  @Test("Growth is in doublings from layer to layer, or from time step to time step of the first layer, with its sign")
  func growth() throws {
    let runs = layered("gradient_norm", [0: [1, 2, 4], 5: [8, 4, 2]])
    #expect(try measure(.growth(byLayer: "gradient_norm", .start, ""), runs) == Reading(1))
    #expect(try measure(.growth(byLayer: "gradient_norm", .end, ""), runs) == Reading(-1))
    let rows = (1...3).flatMap { time in
      ["layer0": exp2(2 * Double(time)), "layer1": 5].map { layer, value in
        RecordedRow(
          run: "made", configuration: run, step: 0,
          ["layer": .text(layer), "time_step": .number(Double(time)), "gradient_norm": .number(value)], of: .layers)
      }
    }
    let recurrent = [MadeEvidence.run(run, rows: ["layers": rows])]
    #expect(try measure(.growth(byTime: "gradient_norm", .start, ""), recurrent) == Reading(2))
    // What has vanished altogether is as small as a number can be.
    let vanished = try measure(.growth(byLayer: "gradient_norm", .start, ""), layered("gradient_norm", [0: [0, 1]]))
    #expect(vanished == Reading(149))
  }

  @Test(
    "A blow-up is the largest layer beside the first, ever; at least that where the run diverged; dead layers are left out"
  )
  func blowUp() throws {
    let quantity = Quantity.blowUp("output_size", "")
    let values = [0: [1, 2.0], 1: [2, 16, 0], 2: [1, 1, 1]]
    #expect(try measure(quantity, layered("output_size", values)) == Reading(3))
    #expect(try measure(quantity, layered("output_size", values, isDiverged: true)) == Reading(3, .atLeast))
    #expect(try measure(quantity, layered("output_size", [1: [0, 1]])).bound == .unknown)
  }

  @Test("A landscape is a percentile over training, in which what is no number is more than any")
  func landscape() throws {
    func evidence(_ highs: [Double]) -> [Evidence] {
      let rows = ["rate", "relative"].flatMap { along in
        highs.enumerated().map { step, high in
          RecordedRow(
            run: "made", configuration: run, step: step,
            ["along": .text(along), "loss_low": .number(1), "loss_high": .number(along == "rate" ? high : 100)],
            of: .landscape)
        }
      }
      return [MadeEvidence.run(run, rows: ["landscape": rows])]
    }
    let range = Quantity.landscape("loss_range", along: "rate")
    #expect(try measure(range, evidence([2, 4, 3])) == Reading(2))
    #expect(try measure(range, evidence([2, 3])) == Reading(1.5))
    #expect(try measure(range, evidence([2, .nan, 3])) == Reading(2))
    #expect(try measure(range, evidence([2, .nan, .nan])) == Reading(1, .atLeast))
    #expect(try measure(range, evidence([.nan])).bound == .unknown)
    #expect(try measure(.landscape("loss_high", along: "rate", percentile: 1), evidence([2, 4, 3])) == Reading(4))
  }

  @Test("What diverged has the outcomes of a guess on as many images as it would have been tested on")
  func diverged() throws {
    let evidence = MadeEvidence.run(run, status: .diverged, accuracies: [.nan], images: 50)
    let outcomes = try #require(evidence.outcomes)
    #expect(outcomes.count == 50 && outcomes[7] == 0.1 && !evidence.trains)
    #expect(try measure(.accuracy, [evidence]) == Reading(0.1))
    #expect(MadeEvidence.run(run, accuracies: [0.5], images: 50).outcomes?.accuracy == 0.5)
  }

  @Test("The network that one configuration chooses is examined in others")
  func chosenElsewhere() throws {
    let folder = try TemporaryFolder()
    let claim = Examined()
    let inquiry = try Inquiry([(claim, try LiteratureTests.study(seeds: 3, norms: claim.norms))])
    let directory = try ResultsDirectory(path: folder.path)
    try Comparison(inquiry.trainings.map(\.training), in: directory).run { _ in true }
    let finding = try #require(inquiry.findings(in: directory).first?.findings.first)
    let records = try directory.records()
    try inquiry.recordChosen(in: directory)
    let columns = FileColumns.all.first { $0.file == "chosen.csv" }?.columns.map(\.name) ?? []
    let rows = try directory.rows(of: "chosen.csv", columns: columns)
    #expect(rows.count == 6 && Set(rows.map { $0["study"] }).count == 2 && Set(rows.map { $0["chosen_by"] }).count == 1)
    var different = 0
    for (seed, reading) in finding.first.enumerated() {
      let own = records.filter { $0.configuration[.seed] == UInt64(seed) }
      let chosen = try #require(
        TuningResult.best(of: own.filter { $0.configuration[.inferenceStatistics] == .moving }[...]))
      let others = own.filter { $0.configuration[.inferenceStatistics] == .batch }
      let examined = others.first { $0.configuration[.learningRate] == chosen.configuration[.learningRate] }
      #expect(Reading(try #require(examined)[.testAccuracy]) == reading)
      #expect(Set(rows.filter { $0["replicate"] == "\(seed)" }.map { $0["run"] }) == [examined?.run, chosen.run])
      let itsOwn = TuningResult.best(of: others[...])?.configuration[.learningRate]
      if itsOwn != chosen.configuration[.learningRate] { different += 1 }
    }
    // Left to themselves, some would have chosen otherwise.
    #expect(different > 0)
  }
}

/// One network with moving averages and with the statistics of few images.
private struct Examined: Claim {
  let name = "examined"
  let sentence = "Networks do better with the statistics of few images."
  let source = "Everybody."
  let disputed = "Nobody."
  let standIn = "The small perceptron."
  let norms = ["batch"]

  func questions(in study: Study) -> [Question] {
    let run = study.run("mlp", study.members[0]).with(.trainLimit, 60).with(.epochs, 1).with(.width, 8)
    return [
      Question(
        "better", .difference, of: .accuracy,
        .tuned(run.with(.inferenceStatistics, .batch).with(.evaluationBatch, 4), chosenBy: run, budget: 6),
        .tuned(run, budget: 6), .more(than: 0))
    ]
  }
}
