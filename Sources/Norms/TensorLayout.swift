/// The order of the axes in memory.
public enum TensorLayout: String, Hashable, Sendable, CaseIterable {
  /// `[N, C]`, `[N, C, L]`, `[N, C, H, W]`.
  case channelsFirst
  /// `[N, C]`, `[N, L, C]`, `[N, H, W, C]`.
  case channelsLast
  /// `[N, C]`, `[L, N, C]`, `[H, W, N, C]`.
  case timeMajor

  /// The axes, outermost first; those of the positions are neighbours in every layout.
  var order: [Axes] {
    switch self {
    case .channelsFirst: [.batch, .group, .channel, .position]
    case .channelsLast: [.batch, .position, .group, .channel]
    case .timeMajor: [.position, .batch, .group, .channel]
    }
  }

  /// The samples and the positions of an input of the given shape.
  func extents(
    of shape: [Int], channels: Int
  ) throws(NormalizerError) -> (batch: Int, positions: Int) {
    let error = NormalizerError.shape(found: shape, channels: channels, layout: self)
    guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else { throw error }
    let last = shape.count - 1
    let (batchAxis, channelAxis) =
      switch self {
      case .channelsFirst: (0, 1)
      case .channelsLast: (0, last)
      case .timeMajor: (last - 1, last)
      }
    guard shape[channelAxis] == channels else { throw error }
    return (shape[batchAxis], shape.reduce(1, *) / (channels * shape[batchAxis]))
  }
}
