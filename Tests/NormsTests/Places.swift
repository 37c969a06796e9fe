import Norms

/// Which statistic and which channel each element of an input has, from its coordinates: the definition that walks,
/// statistics and gradients are held against.
///
/// It knows nothing of strides, and of a layout only the order in which coordinates are counted.
struct Places: CustomStringConvertible {
  let axes: Axes
  let layout: TensorLayout
  let batch, channels, groups, positions: Int

  var count: Int { batch * channels * positions }
  var shape: [Int] { NormsTests.shape(batch, channels, positions == 1 ? [] : [positions], layout) }
  var description: String { "\(axes) of \(shape) in \(groups) groups, \(layout)" }

  init(_ axes: Axes, _ layout: TensorLayout, _ extents: Extents) {
    self.axes = axes
    self.layout = layout
    (batch, channels, groups, positions) = (extents.batch, extents.channels, extents.groups, extents.positions)
  }

  private func coordinates(of element: Int) -> (batch: Int, channel: Int, position: Int) {
    switch layout {
    case .channelsFirst: (element / positions / channels, element / positions % channels, element % positions)
    case .channelsLast: (element / channels / positions, element % channels, element / channels % positions)
    case .timeMajor: (element / channels % batch, element % channels, element / channels / batch)
    }
  }

  private var channelsOfGroup: Int { channels / groups }

  func channel(of element: Int) -> Int { coordinates(of: element).channel }

  /// Numbered batch, group, channel, position in row-major order, without the axes that are reduced.
  func statistic(of element: Int) -> Int {
    if axes.isEmpty { return 0 }
    let (batch, channel, position) = coordinates(of: element)
    let digits = [
      (Axes.batch, batch, self.batch), (.group, channel / channelsOfGroup, groups),
      (.channel, channel % channelsOfGroup, channelsOfGroup), (.position, position, positions),
    ]
    return digits.reduce(0) { axes.contains($1.0) ? $0 : $0 * $1.2 + $1.1 }
  }

  /// The product of the extents that are averaged over.
  var valuesPerStatistic: Int {
    [(Axes.batch, batch), (.group, groups), (.channel, channelsOfGroup), (.position, positions)]
      .reduce(1) { axes.contains($1.0) ? $0 * $1.1 : $0 }
  }

  var statisticCount: Int { axes.isEmpty ? 1 : count / valuesPerStatistic }

  /// The sum of what `term` gives for each element, by statistic.
  func sums(_ term: (_ element: Int, _ statistic: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: statisticCount)
    for element in 0..<count {
      let statistic = statistic(of: element)
      sums[statistic] += term(element, statistic)
    }
    return sums
  }

  /// The mean and the biased variance of each statistic.
  func moments(_ values: [Double]) -> (means: [Double], variances: [Double]) {
    let means = sums { element, _ in values[element] }.map { $0 / Double(valuesPerStatistic) }
    let squares = sums { element, statistic in
      let distance = values[element] - means[statistic]
      return distance * distance
    }
    return (means, squares.map { $0 / Double(valuesPerStatistic) })
  }
}

struct Extents: Sendable, CustomStringConvertible {
  let batch, channels, groups, positions: Int

  init(_ batch: Int, _ channels: Int, _ groups: Int, _ positions: Int) {
    (self.batch, self.channels, self.groups, self.positions) = (batch, channels, groups, positions)
  }

  var description: String { "\(batch) samples, \(channels) channels in \(groups) groups, \(positions) positions" }
}
