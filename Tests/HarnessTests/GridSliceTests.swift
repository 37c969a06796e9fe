import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct GridSliceTests {
  private let grid: [Training]

  init() throws {
    var grid = Grid()
    grid[.model] = ["cnn", "rnn", "mlp"]
    grid[.norm] = ["none", "batch", "layer"]
    grid[.width] = [4, 8]
    grid[.epochs] = [1, 5]
    grid[.seed] = [0, 1]
    grid[.inferenceStatistics] = [.moving, .population]
    self.grid = try grid.trainings(on: ["digits": digits.get()]).trainings
  }

  private func slices(_ count: Int, of grid: [Training]) throws -> [[String]] {
    try (1...count).map { number in
      try #require(GridSlice(number, of: count)).runs(of: grid).map(\.identifier)
    }
  }

  @Test("A slice is I/N, from 1 to N", arguments: [("1/1", 1, 1), ("3/12", 3, 12), ("10000/10000", 10000, 10000)])
  func text(text: String, number: Int, count: Int) throws {
    let slice = try #require(GridSlice(text))
    #expect(slice.number == number && slice.count == count)
  }

  @Test(
    "Anything else is none",
    arguments: ["", "/", "3", "0/3", "4/3", "-1/3", "1/0", "1/2/3", "a/b", "1/10001", " 1/3", "1,3", "1/3/", "1.0/3"])
  func noSlice(text: String) {
    #expect(GridSlice(text) == nil)
  }

  @Test("The folders of a grid stand in the order of their numbers")
  func folders() throws {
    let names = try (1...12).map { try #require(GridSlice($0, of: 12)).folder }
    #expect(names == names.sorted() && names[2] == "task-03-of-12" && names[11] == "task-12-of-12")
    #expect(GridSlice("3/9")?.folder == "task-3-of-9" && GridSlice("3/9")?.allFolders == "task-*-of-9")
  }

  @Test("Every run is in exactly one slice, in the order of the grid", arguments: [1, 2, 5, 7, 200])
  func partition(count: Int) throws {
    let slices = try slices(count, of: grid)
    #expect(slices.joined().sorted() == grid.map(\.identifier).sorted())
    let places = Dictionary(uniqueKeysWithValues: zip(grid.map(\.identifier), grid.indices))
    for slice in slices { #expect(slice.map { places[$0]! } == slice.map { places[$0]! }.sorted()) }
    #expect(slices.contains { $0.isEmpty } == (count == 200))
  }

  @Test("No two slices differ by more than the largest training", arguments: [2, 5, 7])
  func balance(count: Int) throws {
    let groups = TrainingGroup.groups(of: grid)
    let largest = try #require(groups.map(\.operations).max())
    let loads = try slices(count, of: grid).map { slice in
      let own = Set(slice)
      return groups.filter { own.contains($0.identifier) }.reduce(0) { $0 + $1.operations }
    }
    let (least, most) = (try #require(loads.min()), try #require(loads.max()))
    #expect(most - least <= largest && least > 0)
    // As many runs each would be far from it.
    #expect(most - least < 0.1 * most)
  }

  @Test("Slices do not depend on the order of the grid")
  func order() throws {
    var stream = RandomStream(seed: 5, purpose: "shuffle")
    let others = stream.permutation(of: grid.count).map { grid[$0] }
    #expect(try slices(5, of: others).map { Set($0) } == slices(5, of: grid).map { Set($0) })
  }

  @Test("Runs that are trained at once stay together")
  func together() throws {
    let slices = try slices(7, of: grid).map { Set($0) }
    let groups = TrainingGroup.groups(of: grid)
    #expect(groups.contains { $0.runs.count > 1 })
    for group in groups {
      let own = Set(group.runs.map(\.identifier))
      #expect(slices.count { !$0.isDisjoint(with: own) } == 1)
    }
  }

  @Test("The largest come first, each to the slice that has least; equals by their names")
  func places() {
    func places(_ costs: [Double], _ names: [String], among count: Int) -> [Int] {
      GridSlice.places(of: Array(zip(costs, names)).map { (cost: $0.0, name: $0.1) }, among: count)
    }
    // 3, 3, 2, then 2 to the slice of 2, 1 to the first of 3 and 1 to the other.
    #expect(places([1, 2, 3, 1, 2, 3], ["a", "b", "c", "d", "e", "f"], among: 3) == [1, 3, 1, 2, 3, 2])
    #expect(places([5, 5, 5], ["c", "a", "b"], among: 3) == [3, 1, 2])
    #expect(places([3, 9, 4], ["a", "b", "c"], among: 2) == [2, 1, 2])
    #expect(places([], [], among: 3).isEmpty)
  }

  @Test("The folders of a grid that are left out are named, for each place and number of slices")
  func missing() {
    func missing(_ folders: String...) -> [String] { GridSlice.missing(among: folders) }
    #expect(missing("a/task-1-of-3", "a/task-3-of-3/") == ["task-2-of-3"])
    #expect(missing("a/task-1-of-2", "b/task-2-of-2") == ["task-1-of-2", "task-2-of-2"])
    #expect(missing("task-01-of-10", "task-02-of-10").count == 8 && missing("task-1-of-1").isEmpty)
    #expect(missing("a", "task-1-of-12", "task-1-of-x", "task-0-of-2", "task-1-of", "task").isEmpty)
  }
}
