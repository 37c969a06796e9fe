import Tensors

/// Which values of an input share a statistic, and how its memory is walked to find it.
///
/// The channel axes are never reduced in memory: a *cell* is what remains when only batch and position are,
/// so that it has one statistic and one channel. Cells are then merged into statistics, and that is where the
/// members of the family differ.
struct StatisticsPlan: Equatable {
  /// The cells, as memory has them.
  let panels: Panels
  /// The same memory for measuring moments, to which channels are nothing: cells that are neighbours in memory and
  /// have one statistic are one.
  let moments: Panels
  /// The number of means.
  let statistics: Int
  /// The number of values that each mean is over.
  let valuesPerStatistic: Int
  /// The statistic and the channel of each cell of unit 0.
  private let statisticOfCell: [Int32]
  private let channelOfCell: [Int32]
  /// The units that a sample is cut into, each with the next run of its channels.
  private let unitsOfSample: Int
  /// How far the statistics of a unit are from those of the one before; 0 where all units share them.
  private let statisticsOfUnit: Int
  /// The segments of a row of channels, where every row is normalized by itself.
  let rowSegments: Int?
  /// What was planned for.
  private let (axes, shape, layout): (Axes, [Int], Layout)

  func fits(_ axes: Axes, shape: [Int], layout: Layout) -> Bool {
    axes == self.axes && shape == self.shape && layout == self.layout
  }

  /// The plan for an input of the given shape, whose channels are `groups` runs of equal length.
  init(
    _ axes: Axes, shape: [Int], layout: Layout, channels: Int, groups: Int
  ) throws(NormalizerError) {
    (self.axes, self.shape, self.layout) = (axes, shape, layout)
    let extents = try Self.extents(of: shape, layout: layout, channels: channels)
    let (batch, positions) = extents
    // An axis of extent 1 is reduced to itself.
    let overBatch = axes.contains(.batch) && batch > 1
    let overPosition = axes.contains(.position) && positions > 1
    let channelsLast = layout != .channelsFirst || positions == 1
    let timeMajor = layout == .timeMajor && positions > 1

    // Statistics are numbered over the axes that are kept: the unit's first, then batch, group, channel,
    // position.
    let groupChannels = channels / groups
    func kept(_ axis: Axes, _ extent: Int) -> Int { axes.contains(axis) ? 1 : extent }
    let (b, g, c, p) = (
      kept(.batch, batch), kept(.group, groups), kept(.channel, groupChannels), kept(.position, positions)
    )
    statistics = b * g * c * p
    valuesPerStatistic = batch * channels * positions / statistics

    enum Unit { case none, batch, position }
    let unit: Unit
    var unitsOfSample = 1
    switch (overBatch, overPosition, channelsLast) {
    case (_, true, false):
      // Rows of positions: each sample is a unit, whether or not samples share their statistics. A sample too
      // large for the second-level cache is cut further, where runs of its channels have their own.
      let keepsRuns = b == batch && (g == groups || c == 1)
      unitsOfSample = keepsRuns && channels * positions > Self.largestUnit ? g * c : 1
      panels = Panels(
        units: batch * unitsOfSample, rows: channels / unitsOfSample, columns: positions, direction: .along,
        sharesCells: b < batch)
      unit = .batch
    case (true, true, true):
      panels = Panels(units: 1, rows: batch * positions, columns: channels, direction: .across)
      unit = .none
    case (false, true, true) where timeMajor:
      panels = Panels(units: 1, rows: positions, columns: batch * channels, direction: .across)
      unit = .none
    case (false, true, true):
      panels = Panels(units: batch, rows: positions, columns: channels, direction: .across)
      unit = .batch
    case (true, false, _) where timeMajor:
      panels = Panels(units: positions, rows: batch, columns: channels, direction: .across)
      unit = .position
    case (true, false, _):
      panels = Panels(units: 1, rows: batch, columns: positions * channels, direction: .across)
      unit = .none
    case (false, false, _):
      panels = Panels(units: 1, rows: 1, columns: batch * positions * channels, direction: .across)
      unit = .none
    }

    let reducesChannels = axes.contains(.channel) || groups == channels
    rowSegments =
      !axes.contains(.batch) && !overPosition && channelsLast && reducesChannels
      ? (axes.contains(.group) ? 1 : groups) : nil

    self.unitsOfSample = unitsOfSample
    switch unit {
    case .none: statisticsOfUnit = 0
    case .batch: statisticsOfUnit = b * unitsOfSample > 1 ? g * c * p / unitsOfSample : 0
    case .position: statisticsOfUnit = p > 1 ? b * g * c : 0
    }
    let channelsOfRun = c == 1 ? (g == 1 ? channels : groupChannels) : 1
    let isOneCell = panels.units > 1 ? statisticsOfUnit == 1 : statistics == 1
    if isOneCell {
      moments = Panels(units: panels.units, rows: 1, columns: panels.rows * panels.columns, direction: .along)
    } else if panels.direction == .along {
      moments = Panels(
        units: panels.units, rows: panels.rows / channelsOfRun, columns: channelsOfRun * positions, direction: .along)
    } else {
      moments = panels
    }

    guard rowSegments == nil else {
      (statisticOfCell, channelOfCell) = ([], [])
      return
    }
    let panels = panels
    func coordinates(of cell: Int) -> (batch: Int, position: Int, channel: Int) {
      if unit != .none { return (0, 0, cell) }
      switch (overBatch, overPosition) {
      case (true, true): return (0, 0, cell)
      case (false, true): return (cell / channels, 0, cell % channels)
      case (true, false) where channelsLast: return (0, cell / channels, cell % channels)
      case (true, false): return (0, cell % positions, cell / positions)
      case (false, false):
        switch layout {
        case .channelsFirst:
          return (cell / (channels * positions), cell % positions, cell / positions % channels)
        case .channelsLast:
          return (cell / (channels * positions), cell / channels % positions, cell % channels)
        case .timeMajor:
          return (cell / channels % batch, cell / (channels * batch), cell % channels)
        }
      }
    }
    let reduced = axes
    let places = (0..<panels.cells).map { cell in
      let place = coordinates(of: cell)
      func index(_ axis: Axes, _ value: Int) -> Int { reduced.contains(axis) ? 0 : value }
      let inner =
        (index(.batch, place.batch) * g + index(.group, place.channel / groupChannels)) * c
        + index(.channel, place.channel % groupChannels)
      let statistic = unit == .position ? inner : inner * p + index(.position, place.position)
      return (statistic: Int32(statistic), channel: Int32(place.channel))
    }
    statisticOfCell = places.map(\.statistic)
    channelOfCell = places.map(\.channel)
  }

  /// As many elements as half of a second-level cache holds.
  private static let largestUnit = 1 << 16

  /// Whether the statistics of every unit can be found without the others.
  var unitsAreIndependent: Bool { panels.units > 1 && statisticsOfUnit > 0 }

  /// The statistics of `units`.
  func statistics(of units: Range<Int>) -> Range<Int> {
    unitsAreIndependent ? units.lowerBound * statisticsOfUnit..<units.upperBound * statisticsOfUnit : 0..<statistics
  }

  /// Calls `body` with the statistic, the index and the length of every part of every cell of moments of `units`.
  @inline(__always)
  func forEachMoment(of units: Range<Int>, _ body: (_ statistic: Int, _ index: Int, _ length: Double) -> Void) {
    let cellsOfMoment = panels.cells / moments.cells
    statisticOfCell.withUnsafeBufferPointer { statisticOfCell in
      for unit in units {
        for part in 0..<moments.parts {
          let length = Double(moments.length(ofPart: part))
          let start = (unit * moments.parts + part) * moments.cells
          for cell in 0..<moments.cells {
            let statistic = Int(statisticOfCell[cell &* cellsOfMoment]) &+ unit &* statisticsOfUnit
            body(statistic, start &+ cell, length)
          }
        }
      }
    }
  }

  /// Calls `body` with the statistic, the channel and the index of every cell of `units`.
  @inline(__always)
  func forEachCell(of units: Range<Int>, _ body: (_ statistic: Int, _ channel: Int, _ cell: Int) -> Void) {
    statisticOfCell.withUnsafeBufferPointer { statisticOfCell in
      channelOfCell.withUnsafeBufferPointer { channelOfCell in
        for unit in panels.sharesCells ? units.prefix(1) : units {
          let (firstStatistic, firstCell) = (unit &* statisticsOfUnit, panels.firstCell(of: unit))
          let firstChannel = unitsOfSample == 1 ? 0 : unit % unitsOfSample * panels.cells
          for cell in 0..<panels.cells {
            body(
              Int(statisticOfCell[cell]) &+ firstStatistic, Int(channelOfCell[cell]) &+ firstChannel,
              firstCell &+ cell)
          }
        }
      }
    }
  }

  private static func extents(
    of shape: [Int], layout: Layout, channels: Int
  ) throws(NormalizerError) -> (batch: Int, positions: Int) {
    let error = NormalizerError.shape(found: shape, channels: channels, layout: layout)
    guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else { throw error }
    let last = shape.count - 1
    let (batchAxis, channelAxis) =
      switch layout {
      case .channelsFirst: (0, 1)
      case .channelsLast: (0, last)
      case .timeMajor: (last - 1, last)
      }
    guard shape[channelAxis] == channels else { throw error }
    return (shape[batchAxis], shape.reduce(1, *) / (channels * shape[batchAxis]))
  }
}
