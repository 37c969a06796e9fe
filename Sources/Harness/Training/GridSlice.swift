import Foundation

/// One of the slices that a grid is cut into, for machines that know nothing of each other.
///
/// Slices follow from the runs of the grid alone: every machine cuts the same ones, whatever is recorded by then and in whichever
/// order the runs are. Runs that are trained at once stay together. No two slices differ by more operations than the largest
/// training has.
public struct GridSlice: Sendable, Equatable {
  /// From 1.
  public let number: Int
  public let count: Int

  /// The most slices.
  public static let largestCount = 10_000

  /// A slice of so many, or `nil` if there is none of that number.
  public init?(_ number: Int, of count: Int) {
    guard (1...Self.largestCount).contains(count), (1...count).contains(number) else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// A slice of the form `I/N`.
  public init?(_ text: String) {
    guard text.utf8.allSatisfy({ "0123456789/".utf8.contains($0) }) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1] else { return nil }
    self.init(number, of: count)
  }

  /// The slice that a folder is named after; `nil` for another name.
  init?(folder: String) {
    let words = folder.split(separator: "-")
    guard words.count == 4, let slice = Self("\(words[1])/\(words[3])"), slice.folder == folder else { return nil }
    self = slice
  }

  /// The folders of slices that some folders leave out, of the grids that they are of.
  public static func missing(among folders: [String]) -> [String] {
    let slices = folders.map { URL(fileURLWithPath: $0) }.compactMap { place in
      GridSlice(folder: place.lastPathComponent).map { (place.deletingLastPathComponent(), $0) }
    }
    return Dictionary(grouping: slices) { "\($0.path) \($1.count)" }.values.flatMap { found in
      let (numbers, count) = (Set(found.map(\.1.number)), found[0].1.count)
      return (1...count).filter { !numbers.contains($0) }.compactMap { GridSlice($0, of: count)?.folder }
    }.sorted()
  }

  /// The name of its folder: `task-03-of-12`, so that the folders of one grid stand together and in their order.
  public var folder: String { "task-\(Self.padded(number, to: count))-of-\(count)" }

  /// What names the folders of all slices, for a shell.
  public var allFolders: String { "task-*-of-\(count)" }

  private static func padded(_ number: Int, to count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: String(count).count - digits.count) + digits
  }

  /// The runs of the slice, in the order that they have in the grid.
  public func runs(of grid: [Training]) -> [Training] {
    let groups = TrainingGroup.groups(of: grid)
    let places = Self.places(
      of: groups.map { (cost: $0.operations, name: $0.runs.map(\.identifier).min() ?? "") }, among: count)
    let own = Set(zip(groups, places).filter { $0.1 == number }.flatMap { $0.0.runs.map(\.identifier) })
    return grid.filter { own.contains($0.identifier) }
  }

  /// Which slice each training belongs to: the largest first, each to the slice that has least by then, the first of several.
  static func places(of trainings: [(cost: Double, name: String)], among count: Int) -> [Int] {
    let order = trainings.indices.sorted { one, other in
      let (one, other) = (trainings[one], trainings[other])
      return one.cost == other.cost ? one.name < other.name : one.cost > other.cost
    }
    var loads = [Double](repeating: 0, count: count)
    var places = [Int](repeating: 0, count: trainings.count)
    for index in order {
      var least = 0
      for slice in 1..<max(count, 1) where loads[slice] < loads[least] { least = slice }
      loads[least] += trainings[index].cost
      places[index] = least + 1
    }
    return places
  }
}
