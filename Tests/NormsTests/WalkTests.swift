import Tensors
import Testing

@testable import Norms

/// Primes, groups of one channel, one group, and every extent that can be 1 being 1 in some of them.
private let extents: [Extents] = [
  .init(3, 6, 3, 5), .init(2, 6, 2, 7), .init(1, 6, 3, 5), .init(3, 6, 1, 5), .init(3, 6, 6, 5), .init(3, 6, 2, 1),
  .init(5, 1, 1, 7), .init(1, 6, 2, 1), .init(4, 1, 1, 1), .init(1, 1, 1, 3), .init(1, 1, 1, 1), .init(7, 36, 4, 2),
]

/// Every set of the four axes, the empty one among them.
private let allAxes = (0..<16).map { Axes(rawValue: $0) }

/// A cell of a walk, as a run tells it.
private struct Cell: Equatable {
  let number, statistic, channel: Int
}

extension StridedAxes {
  /// The cells in `range`, in the order in which they are walked.
  fileprivate func cells(in range: Range<Int>) -> [Cell] {
    var cells: [Cell] = []
    forEachRun(of: range) { run in
      for index in 0..<run.count {
        cells.append(
          Cell(
            number: run.first + index, statistic: run.statistic + index * run.statisticStride,
            channel: run.channel + index * run.channelStride))
      }
    }
    return cells
  }
}

extension Panels {
  /// The cell that an element in the order of memory belongs to, and how many channels it is behind the cell's first.
  fileprivate func cell(of element: Int) -> (number: Int, channelsBehind: Int) {
    switch way {
    case .along: (element / columns, 0)
    case .across: (element / (rows * columns) * columns + element % columns, 0)
    case .apart: (element / columns, element % columns)
    }
  }
}

@Suite struct WalkTests {
  @Test(
    "The cells of a walk give every element the statistic and the channel of its coordinates", arguments: allAxes,
    TensorLayout.allCases)
  func cellsAreThoseOfCoordinates(axes: Axes, layout: TensorLayout) throws {
    for extents in extents {
      let (places, plan) = try planned(axes, layout, extents)
      let panels = plan.cells.panels
      let cells = plan.cells.axes.cells(in: 0..<panels.cells)
      #expect(cells.map(\.number) == Array(0..<panels.cells), "\(places)")
      let found = (0..<places.count).map { element in
        let (number, channelsBehind) = panels.cell(of: element)
        return [cells[number].statistic, cells[number].channel + channelsBehind]
      }
      #expect(found == (0..<places.count).map { [places.statistic(of: $0), places.channel(of: $0)] }, "\(places)")
      // Blocks behind those that have coefficients of their own repeat the first ones.
      for cell in cells.dropFirst(panels.coefficients) {
        let first = cells[cell.number % panels.coefficients]
        #expect([cell.statistic, cell.channel] == [first.statistic, first.channel], "\(places)")
      }
    }
  }

  @Test("So do the cells of moments, as far as statistics go", arguments: allAxes, TensorLayout.allCases)
  func cellsOfMoments(axes: Axes, layout: TensorLayout) throws {
    for extents in extents {
      let (places, plan) = try planned(axes, layout, extents)
      let panels = plan.moments.panels
      // A value that is a cell of its own has no moments.
      #expect(panels.way != .apart, "\(places)")
      #expect(panels.cells <= max(plan.cells.panels.cells, 1), "\(places)")
      let cells = plan.moments.axes.cells(in: 0..<panels.cells)
      let found = (0..<places.count).map { cells[panels.cell(of: $0).number].statistic }
      #expect(found == (0..<places.count).map(places.statistic(of:)), "\(places)")
    }
  }

  @Test("A walk over a part of the cells is that part of the walk over all", arguments: allAxes, TensorLayout.allCases)
  func subranges(axes: Axes, layout: TensorLayout) throws {
    var stream = RandomStream(seed: 1, name: "ranges")
    for extents in extents {
      let (places, plan) = try planned(axes, layout, extents)
      for (walked, total) in [
        (plan.cells.axes, plan.cells.panels.cells), (plan.moments.axes, plan.moments.panels.cells),
        (plan.statistics, plan.statistics.total),
      ] {
        let all = walked.cells(in: 0..<total)
        var ranges = (0..<20).map { _ in
          let ends = [stream.next(), stream.next()].map { Int($0 % UInt64(total + 1)) }.sorted()
          return ends[0]..<ends[1]
        }
        ranges += [0..<0, total..<total, 0..<1, total - 1..<total]
        for range in ranges { #expect(walked.cells(in: range) == Array(all[range]), "\(range) of \(places)") }
      }
    }
  }

  @Test("A walk has every element once, and its chunks share no statistic", arguments: allAxes, TensorLayout.allCases)
  func chunks(axes: Axes, layout: TensorLayout) throws {
    for extents in extents {
      let (places, plan) = try planned(axes, layout, extents)
      for panels in [plan.cells.panels, plan.moments.panels] {
        #expect(panels.blocks * panels.rows * panels.columns == places.count, "\(places)")
      }
      // Where each value has a statistic of its own, moments are never found: there is nothing for them to be of.
      for panels in [plan.cells.panels] + (places.valuesPerStatistic > 1 ? [plan.moments.panels] : []) {
        #expect(panels.lines % plan.chunks == 0 && panels.cells % plan.chunks == 0, "\(places)")
      }
      #expect(plan.statistics.total == places.statisticCount && places.count % plan.chunks == 0, "\(places)")
      #expect(plan.valuesPerStatistic == places.count / places.statisticCount, "\(places)")
      let size = places.count / plan.chunks
      for chunk in 0..<plan.chunks {
        let own = plan.statistics.cells(in: plan.statistics(of: chunk..<chunk + 1)).map(\.statistic)
        let expected = Set((chunk * size..<(chunk + 1) * size).map(places.statistic(of:)))
        #expect(Set(own) == expected && own.count == expected.count, "chunk \(chunk) of \(places)")
      }
      let listed = plan.statistics.cells(in: 0..<plan.statistics.total).map(\.statistic)
      #expect(listed.sorted() == Array(0..<places.statisticCount), "\(places)")
    }
  }

  @Test(
    "Every part of every line is walked once, also of samples that are cut in parts", arguments: allAxes,
    [(TensorLayout.channelsFirst, 2 * Panels.longestAlong + 1), (.channelsLast, 2 * Panels.longestAcross + 1)])
  func parts(axes: Axes, place: (layout: TensorLayout, positions: Int)) throws {
    let (places, plan) = try planned(axes, place.layout, .init(3, 4, 2, place.positions))
    for walk in [plan.cells, plan.moments] {
      let panels = walk.panels
      let lengths = (0..<panels.parts).map(panels.length(ofPart:))
      #expect(lengths.reduce(0, +) == panels.cellLength && lengths.allSatisfy { $0 > 0 }, "\(places)")
      var visits = [Int](repeating: 0, count: panels.lines * panels.parts)
      let middle = plan.chunks / 2
      for some in [0..<middle, middle..<plan.chunks] {
        panels.forEachPart(of: walk.lines(of: some, chunks: plan.chunks), 0..<panels.parts) { lines, part in
          for line in lines { visits[line * panels.parts + part] += 1 }
        }
      }
      #expect(visits.allSatisfy { $0 == 1 }, "\(places)")
    }
  }

  @Test("Axes of one extent drop out, and neighbours that step alike are one")
  func merging() {
    var axes = StridedAxes()
    axes.append(3, statistic: 10, channel: 0)
    axes.append(1, statistic: 99, channel: 99)
    axes.append(5, statistic: 2, channel: 0)
    #expect(axes.count == 1 && axes.extents[0] == 15 && axes.statisticStrides[0] == 2)
    axes.append(2, statistic: 1, channel: 1)
    #expect(axes.count == 2 && axes.total == 30)
    #expect(axes.withoutChannels.count == 1)
  }

  private func planned(
    _ axes: Axes, _ layout: TensorLayout, _ extents: Extents
  ) throws -> (Places, NormalizationPlan) {
    let places = Places(axes, layout, extents)
    let plan = try NormalizationPlan(
      axes, shape: places.shape, layout: layout, channels: extents.channels, groups: extents.groups)
    return (places, plan)
  }
}
