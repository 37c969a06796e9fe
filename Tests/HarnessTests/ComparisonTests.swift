import Dispatch
import Foundation
import Layers
import Norms
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct ComparisonTests {
  private typealias Script = ScriptedModel.Script
  private let folder: TemporaryFolder
  private let directory: ResultsDirectory

  init() throws {
    folder = try TemporaryFolder()
    directory = try ResultsDirectory(path: folder.path)
  }

  @Test("Every run is trained once and recorded in its order, on any number of jobs", arguments: [1, 2, 5])
  func once(jobs: Int) throws {
    let runs = try trainings([1, 2, 3])
    let first = try events(runs, jobs: jobs)
    #expect(first.count { $0.hasPrefix("started") } == 3 && first.count { $0.hasPrefix("finished") } == 3)
    #expect(first.filter { $0.hasPrefix("finished") } == runs.map { "finished \($0.identifier)" })
    #expect(try directory.records().map(\.run) == runs.map(\.identifier))
    let more = try trainings([1, 2, 3, 4])
    #expect(
      try events(more, jobs: jobs).filter { !$0.hasPrefix("progress") }
        == ["skipped 3", "started \(more[3].identifier) 1 of 1", "finished \(more[3].identifier)"])
    #expect(try events(more, jobs: jobs) == ["skipped 4"])
  }

  @Test("What another program has recorded meanwhile is not trained again")
  func meanwhile() throws {
    let runs = try trainings([1, 2, 3])
    var events: [String] = []
    try Comparison(runs, in: directory).run { event in
      if case .started(let group, _, _) = event { events.append("started \(group.identifier)") }
      if case .finished(let group, let records) = event {
        events.append("finished \(group.identifier) \(records.count)")
        if group.identifier == runs[0].identifier {
          try? Comparison([runs[1]], in: ResultsDirectory(path: folder.path)).run { _ in true }
        }
      }
      return true
    }
    let names = runs.map(\.identifier)
    #expect(
      events == [
        "started \(names[0])", "finished \(names[0]) 1", "finished \(names[1]) 0", "started \(names[2])",
        "finished \(names[2]) 1",
      ])
    #expect(try directory.records().map(\.run) == names)
  }

  @Test("With force, what is recorded is trained anew and replaced")
  func force() throws {
    let runs = try trainings([1, 2])
    _ = try events(runs)
    let again = try events(Array(runs.prefix(1)), force: true)
    #expect(again.filter { !$0.hasPrefix("progress") }.count == 2 && again.last == "finished \(runs[0].identifier)")
    #expect(try directory.records().map(\.run) == [runs[1].identifier, runs[0].identifier])
    #expect(try directory.evaluations().count == 4)
  }

  @Test("A run that is stopped is not recorded; those before it are, and those after it are not begun")
  func interrupted() throws {
    let runs = try trainings([1, 2, 3])
    var steps = 0
    #expect(throws: HarnessError.interrupted) {
      try Comparison(runs, in: directory).run { event in
        if case .progress = event { steps += 1 }
        return steps < 11
      }
    }
    #expect(try directory.records().map(\.run) == [runs[0].identifier] && steps == 11)
    #expect(try events(runs).filter { $0.hasPrefix("skipped") } == ["skipped 1"])
    #expect(try directory.records().count == 3)
  }

  @Test("An error of a run keeps its kind; what is in flight beside it is finished and recorded", arguments: [0, 1])
  func failure(of place: Int) throws {
    let flaw = NormalizerError.invalidRunningStatistics("this one tires")
    // The other run waits in its third step until this one fails, and this one for the other to be there. (The bound is
    // for a machine with one core, on which one of them may not begin before the other ends.)
    let (isThere, failed) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let tiring = NormalizerChoice("tiring") { settings in
      Tiring(LayerNorm(channels: settings.channels)) { () throws(NormalizerError) in
        _ = isThere.wait(timeout: .now() + 20)
        failed.signal()
        throw flaw
      }
    }
    let waiting = ModelRecipe.scripted(
      Script(look: { passes, mode, _ throws(ModelError) in
        guard passes == 3 && mode == .training else { return }
        isThere.signal()
        _ = failed.wait(timeout: .now() + 20)
      }))
    let catalogue = Catalogue(normalizers: NormalizerChoice.all + [tiring], models: ModelRecipe.all + [waiting])
    var run = RunConfiguration(model: .cnn, norm: tiring)
    (run[.epochs], run[.trainLimit]) = (1, 200)
    var runs = [try Training(.scripted(waiting), on: .numbered(), in: catalogue)]
    runs.insert(try Training(run, on: digits.get(), in: catalogue), at: place)
    var started: [String] = []
    let error = #expect(throws: ModelError.self) {
      try Comparison(runs, in: directory).run(jobs: 2, threads: 2) { event in
        if case .started(let run, _, _) = event { started.append(run.identifier) }
        return true
      }
    }
    #expect(error == .normalizer(layer: "block0.normalizer", flaw))
    let records = try directory.records()
    #expect(records.map(\.run) == started.filter { $0 != runs[place].identifier })
    #expect(records.allSatisfy { $0[.steps] == 8 })
  }

  @Test("A run that ended waits for an earlier one, and not for long", arguments: [0.0, 40])
  func order(clockStep: Double) throws {
    // The first run waits in its third step until the second has ended.
    let isOver = DispatchSemaphore(value: 0)
    let waiting = ModelRecipe.scripted(
      Script(look: { passes, mode, _ throws(ModelError) in
        if passes == 3 && mode == .training { _ = isOver.wait(timeout: .now() + 20) }
      }))
    let catalogue = Catalogue(models: [waiting])
    let runs = [try Training(.scripted(waiting), on: .numbered(), in: catalogue)] + (try trainings([7]))
    let now = Lock(ContinuousClock.now)
    var comparison = Comparison(runs, in: directory)
    comparison.clock = {
      now.withLock { now in
        now += .seconds(clockStep)
        return now
      }
    }
    try comparison.run(jobs: 2, threads: 2) { event in
      switch event {
      case .progress(let group, let progress):
        if clockStep == 0 && group.identifier == runs[1].identifier && progress.fraction == 1 { isOver.signal() }
      case .finished: isOver.signal()
      default: break
      }
      return true
    }
    let order = clockStep == 0 ? runs : runs.reversed()
    #expect(try directory.records().map(\.run) == order.map(\.identifier))
  }

  @Test("After an error nothing more is begun, and what was recorded stays")
  func failureAlone() throws {
    let flaw = ModelError.input(layer: "this", expected: "less", found: [1])
    let failing = ModelRecipe.scripted(
      Script(look: { passes, _, _ throws(ModelError) in if passes == 5 { throw flaw } }))
    let catalogue = Catalogue(models: [failing])
    var runs = try trainings([1, 2])
    runs.insert(try Training(.scripted(failing).with(.seed, 9), on: .numbered(), in: catalogue), at: 1)
    #expect(throws: flaw) { try Comparison(runs, in: directory).run { _ in true } }
    #expect(try directory.records().map(\.run) == [runs[0].identifier])
  }

  @Test("What cannot be recorded is an error, and not told of as finished")
  func unrecorded() throws {
    let runs = try trainings([1, 2])
    // A folder in the place of the file.
    try FileManager.default.removeItem(atPath: folder.path + "/curves.csv")
    try FileManager.default.createDirectory(atPath: folder.path + "/curves.csv", withIntermediateDirectories: true)
    var finished = 0
    let error = #expect(throws: HarnessError.self) {
      try Comparison(runs, in: directory).run(jobs: 2) { event in
        if case .finished = event { finished += 1 }
        return true
      }
    }
    #expect(
      finished == 0 && (error?.exitCode == 73 || error?.exitCode == 66 || error?.exitCode == 74),
      "\(String(describing: error))")
    #expect(try directory.records().isEmpty)
  }

  private func trainings(_ seeds: [UInt64]) throws -> [Training] {
    let model = ModelRecipe.scripted()
    return try seeds.map {
      try Training(.scripted(model).with(.seed, $0), on: .numbered(), in: Catalogue(models: [model]))
    }
  }

  private func events(_ runs: [Training], jobs: Int = 1, force: Bool = false) throws -> [String] {
    var events: [String] = []
    try Comparison(runs, in: directory).run(jobs: jobs, threads: 2, force: force) { event in
      switch event {
      case .skipped(let count): events.append("skipped \(count)")
      case .planned(let groups, let side, _): #expect(!groups.isEmpty && side == min(jobs, groups.count))
      case .started(let run, let number, let count): events.append("started \(run.identifier) \(number) of \(count)")
      case .progress(let run, _): events.append("progress \(run.identifier)")
      case .finished(let group, let records):
        #expect(records.map(\.run) == group.runs.map(\.identifier))
        events += records.map { "finished \($0.run)" }
      }
      return true
    }
    return events
  }
}

/// A normalizer that fails in its third forward pass.
private struct Tiring: Normalizer {
  private var shared: LayerNorm<Float>
  private let fail: @Sendable () throws(NormalizerError) -> Void
  private var passes = 0

  var reducedAxes: Axes { shared.reducedAxes }
  var state: NormalizerState<Float> {
    get { shared.state }
    set { shared.state = newValue }
  }

  init(_ shared: LayerNorm<Float>, fail: @escaping @Sendable () throws(NormalizerError) -> Void) {
    self.shared = shared
    self.fail = fail
  }

  mutating func forward(
    _ input: Tensor<Float>, layout: TensorLayout, mode: Mode
  ) throws(NormalizerError) -> (output: Tensor<Float>, cache: NormalizerCache<Float>) {
    passes += 1
    if passes == 3 { try fail() }
    return try shared.forward(input, layout: layout, mode: mode)
  }

  mutating func backward(_ gradient: Tensor<Float>, cache: NormalizerCache<Float>) -> Tensor<Float> {
    shared.backward(gradient, cache: cache)
  }
}
