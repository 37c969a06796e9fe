import Norms
import Testing

@testable import Harness

@Suite struct GridTests {
  @Test("A grid that says nothing is one run; every combination is one, seeds slowest")
  func combinations() throws {
    #expect(try runs(Grid()) == [.made(.rnn, "layer").canonical(.rnn, choice("layer"))])
    var grid = Grid()
    grid[.model] = ["cnn", "rnn"]
    grid[.norm] = ["none", "batch"]
    grid[.seed] = [4, 2]
    grid[.learningRate] = [0.1, 0.2]
    let found = try runs(grid)
    #expect(found.count == 16 && Set(found).count == 16)
    #expect(found.map { $0[.seed] } == [UInt64](repeating: 4, count: 8) + [UInt64](repeating: 2, count: 8))
    #expect(found.prefix(4).map { $0[.norm] } == ["none", "none", "batch", "batch"])
    #expect(found.prefix(2).map { $0[.learningRate] } == [0.1, 0.2])
    // What is not asked for is the model's own.
    #expect(found.filter { $0[.model] == "cnn" }.allSatisfy { $0[.clip] == 0 && $0[.epochs] == 15 })
    #expect(found.filter { $0[.model] == "rnn" }.allSatisfy { $0[.clip] == 1 && $0[.epochs] == 20 })
  }

  @Test("What changes nothing in a run makes no second one")
  func once() throws {
    var grid = Grid()
    grid[.model] = ["cnn"]
    grid[.norm] = ["none", "group"]
    grid[.groups] = [2, 4]
    grid[.placement] = [.before, .after]
    let found = try runs(grid)
    #expect(
      found.map { "\($0[.norm]) \($0[.groups]) \($0[.placement])" }
        == ["none 1 before", "group 2 before", "group 2 after", "group 4 before", "group 4 after"])
  }

  @Test("A grid asks for its own runs, whatever of it does not concern them, and for no others")
  func asks() throws {
    var grid = Grid()
    grid[.model] = ["cnn"]
    grid[.norm] = ["none", "batch", "group"]
    grid[.groups] = [2]
    grid[.placement] = [.after]
    grid[.affine] = [.off]
    let found = try runs(grid)
    #expect(found.count == 3 && found.allSatisfy { grid.asks(for: $0) })
    #expect(!grid.asks(for: found[2].with(.groups, 4)) && !grid.asks(for: found[1].with(.placement, .before)))
    #expect(!grid.asks(for: found[0].with(.norm, "layer")) && Grid().asks(for: found[0].with(.norm, "strange")))
    #expect(grid.asks(for: found[2].with(.groups, 4), whatever: [Setting.groups.erased]))
  }

  @Test("Places belong to the model that has them; one that no model has is a mistake")
  func placements() throws {
    var grid = Grid()
    grid[.model] = ["cnn", "rnn"]
    grid[.placement] = [.after, .inputPath]
    #expect(try runs(grid).map { $0[.placement] } == [.after, .inputPath])
    grid[.placement] = [.after]
    // The other model keeps its own place.
    #expect(try runs(grid).map { $0[.placement] } == [.after, .timeStep])
    grid[.placement] = Placement.meantByAll
    #expect(try runs(grid).map { $0[.placement] } == [.before, .after, .inputPath, .timeStep])
    // All places are all that the model has.
    grid[.model] = ["cnn"]
    #expect(try runs(grid).map { $0[.placement] } == [.before, .after])
    grid[.placement] = [.timeStep]
    let error = #expect(throws: HarnessError.self) { try runs(grid) }
    #expect(error == .usage("--placement time-step is for --model rnn, which is not asked for."))
  }

  @Test("What cannot be is left out and named once, unless nothing is left")
  func impossible() throws {
    var grid = Grid()
    grid[.model] = ["rnn"]
    grid[.norm] = ["instance", "layer"]
    grid[.placement] = [.timeStep]
    // Of these, an instance normalization has neither.
    grid[.groups] = [2, 4]
    grid[.dropoutPlace] = [.classifier, .layers]
    let (trainings, impossible) = try grid.trainings(on: ["digits": digits.get()])
    #expect(trainings.map { $0.configuration[.norm] } == ["layer"])
    #expect(impossible.map { $0.configuration[.norm] } == ["instance"])
    #expect(impossible[0].reason.description.contains("one value to each statistic"))
    grid[.norm] = ["instance"]
    let error = #expect(throws: HarnessError.self) { try runs(grid) }
    #expect(error?.exitCode == 64 && error?.description.contains("--norm instance does not fit the rnn") == true)
    grid[.norm] = ["group"]
    grid[.groups] = [3, 4]
    let (possible, left) = try grid.trainings(on: ["digits": digits.get()])
    #expect(possible.map { $0.configuration[.groups] } == [4] && left.map { $0.configuration[.groups] } == [3])
  }

  @Test("More runs than can be planned for are refused before they are made")
  func tooMany() throws {
    var grid = Grid()
    grid[.seed] = Array(0..<1000)
    grid[.learningRate] = (1...101).map(Double.init)
    let error = #expect(throws: HarnessError.self) { try runs(grid) }
    #expect(error == .usage("The options span 101000 runs; 100000 are the most. Ask for fewer values at a time."))
    grid[.epochs] = Array(1...100_000)
    grid[.warmUp] = Array(1...100_000)
    grid[.depth] = Array(1...16)
    #expect(throws: HarnessError.self) { try grid.configurations() }
    grid = Grid()
    grid[.seed] = Array(0..<100_000)
    #expect(try grid.configurations().count == 100_000)
  }

  @Test("Data that are not there have no runs, and every data set its own")
  func data() throws {
    var grid = Grid()
    grid[.model] = ["cnn"]
    grid[.data] = ["digits", "other", "gone"]
    let other = Dataset.made([40, 40], test: [0, 1], name: "other")
    let (trainings, _) = try grid.trainings(on: ["digits": digits.get(), "other": other])
    #expect(trainings.map(\.dataset.name) == ["digits", "other"])
    #expect(trainings.map { $0.configuration[.data] } == ["digits", "other"])
  }

  private func runs(_ grid: Grid) throws -> [RunConfiguration] {
    try grid.trainings(on: ["digits": digits.get()]).trainings.map(\.configuration)
  }
}
