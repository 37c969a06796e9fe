import Tensors

/// The mean and the variance of a channel of all training samples.
public struct ChannelMoments: Hashable, Sendable {
  public let mean, variance: Double

  /// What samples are divided by; 1 for a channel that is the same everywhere.
  public var deviation: Double { variance > 0 ? variance.squareRoot() : 1 }

  static func all(of part: LabelledImages) -> [ChannelMoments] {
    guard part.type == .uint8, part.channels <= 4 else {
      let moments = StoredMoments(of: part.pixels, storedAs: part.type, channels: part.channels)
      return zip(moments.means, moments.variances).map { ChannelMoments(mean: $0, variance: $1) }
    }
    return (0..<part.channels).map { channel in
      var counts = [Int](repeating: 0, count: 256)
      for place in stride(from: channel, to: part.pixels.count, by: part.channels) {
        counts[Int(part.pixels[place])] += 1
      }
      return ChannelMoments(ofLevels: counts, of: part.pixels.count / part.channels)
    }
  }

  /// Of bytes, of which there are so many of each level.
  private init(ofLevels counts: [Int], of count: Int) {
    let total = Double(count)
    let centre = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) } / total
    mean = centre
    variance =
      counts.enumerated().reduce(0.0) { sum, value in
        let distance = Double(value.offset) - centre
        return sum + Double(value.element) * distance * distance
      } / total
  }

  private init(mean: Double, variance: Double) {
    (self.mean, self.variance) = (mean, variance)
  }
}
