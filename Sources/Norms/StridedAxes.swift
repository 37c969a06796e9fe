/// Axes in the order of memory, each with its extent and two strides: how far a step along it moves in the statistics
/// and in the channels.
///
/// A stride is 0 where the axis is reduced, or carries no channels. Which statistic and which channel an element has is
/// the sum of its coordinates times the strides, and nothing else needs to be known of axes or layouts. Axes of extent 1
/// drop out, and neighbours that step alike are one.
struct StridedAxes: Equatable, Sendable {
  private(set) var count = 0
  private(set) var extents = SIMD4<Int>(repeating: 1)
  private(set) var statisticStrides = SIMD4<Int>()
  private(set) var channelStrides = SIMD4<Int>()

  /// The product of the extents.
  var total: Int { extents[0] * extents[1] * extents[2] * extents[3] }

  mutating func append(_ extent: Int, statistic: Int, channel: Int) {
    guard extent > 1 else { return }
    let last = count - 1
    if last >= 0, statisticStrides[last] == statistic * extent, channelStrides[last] == channel * extent {
      extents[last] *= extent
    } else {
      extents[count] = extent
      count += 1
    }
    statisticStrides[count - 1] = statistic
    channelStrides[count - 1] = channel
  }

  /// The axes in `range`.
  subscript(range: Range<Int>) -> StridedAxes {
    var result = StridedAxes()
    for axis in range { result.append(extents[axis], statistic: statisticStrides[axis], channel: channelStrides[axis]) }
    return result
  }

  mutating func append(_ others: StridedAxes) {
    for axis in 0..<others.count {
      append(others.extents[axis], statistic: others.statisticStrides[axis], channel: others.channelStrides[axis])
    }
  }

  /// Whether all along this axis have one statistic and one channel.
  func isSummed(_ axis: Int) -> Bool { statisticStrides[axis] == 0 && channelStrides[axis] == 0 }

  /// The same axes to whoever does not tell channels apart.
  var withoutChannels: StridedAxes {
    var result = StridedAxes()
    for axis in 0..<count { result.append(extents[axis], statistic: statisticStrides[axis], channel: 0) }
    return result
  }

  /// The axes that tell statistics apart.
  var ofStatistics: StridedAxes {
    var result = StridedAxes()
    for axis in 0..<count where statisticStrides[axis] != 0 {
      result.append(extents[axis], statistic: statisticStrides[axis], channel: 0)
    }
    return result
  }

  /// How many leading axes tell statistics apart.
  ///
  /// The memory behind them falls into chunks that need nothing of each other. The innermost axis is never among them, so that a chunk is something to walk.
  var leading: Int {
    var leading = 0
    while leading < count - 1 && statisticStrides[leading] != 0 { leading += 1 }
    return leading
  }
}

extension StridedAxes {
  /// Elements that follow each other along the innermost axis.
  struct Run {
    /// The statistic and the channel of the first, and how far each next one is from the one before.
    let statistic, statisticStride: Int
    let channel, channelStride: Int
    /// The number of the first.
    let first: Int
    let count: Int

    /// Calls `body` with the statistic, the channel and the number of each element.
    @inline(__always)
    func forEach(_ body: (_ statistic: Int, _ channel: Int, _ number: Int) -> Void) {
      // Loops that are told of their strides can be made of vectors.
      if statisticStride == 1 {
        for index in 0..<count { body(statistic &+ index, channel &+ index &* channelStride, first &+ index) }
      } else if statisticStride == 0 && channelStride == 1 {
        for index in 0..<count { body(statistic, channel &+ index, first &+ index) }
      } else {
        for index in 0..<count {
          body(statistic &+ index &* statisticStride, channel &+ index &* channelStride, first &+ index)
        }
      }
    }
  }

  /// Calls `body` with runs that cover the elements in `range`, numbered in the order of memory.
  @inline(__always)
  func forEachRun(of range: Range<Int>, _ body: (Run) -> Void) {
    guard !range.isEmpty else { return }
    let last = max(count - 1, 0)
    let (inner, statisticStride, channelStride) = (extents[last], statisticStrides[last], channelStrides[last])
    var digits = SIMD4<Int>()
    var (statistic, channel, rest) = (0, 0, range.lowerBound)
    for axis in (0...last).reversed() {
      digits[axis] = axis == 0 ? rest : rest % extents[axis]
      rest /= extents[axis]
      statistic &+= digits[axis] &* statisticStrides[axis]
      channel &+= digits[axis] &* channelStrides[axis]
    }
    var first = range.lowerBound
    while true {
      let length = min(inner &- digits[last], range.upperBound &- first)
      body(
        Run(
          statistic: statistic, statisticStride: statisticStride, channel: channel, channelStride: channelStride,
          first: first, count: length))
      first &+= length
      guard first < range.upperBound else { return }
      // The innermost axis begins anew, and the others count on.
      statistic &-= digits[last] &* statisticStride
      channel &-= digits[last] &* channelStride
      digits[last] = 0
      var axis = last &- 1
      while true {
        digits[axis] &+= 1
        statistic &+= statisticStrides[axis]
        channel &+= channelStrides[axis]
        if digits[axis] < extents[axis] { break }
        statistic &-= digits[axis] &* statisticStrides[axis]
        channel &-= digits[axis] &* channelStrides[axis]
        digits[axis] = 0
        axis &-= 1
      }
    }
  }
}
