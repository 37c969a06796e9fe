/// What the samples of a data set are, and how the axes of an array say so.
public struct SampleShape: Hashable, Sendable {
  public let height, width, channels: Int

  /// The most numbers that a sample may have.
  static let largestSize = 1 << 20

  /// The kinds of samples.
  public enum Kind: String, Sendable {
    /// Pixels in rows and columns, with channels.
    case images
    /// Time steps with features.
    case sequences
    /// Numbers without an order.
    case vectors
  }

  public var kind: Kind { height == 1 && width == 1 ? .vectors : width == 1 || height == 1 ? .sequences : .images }

  /// The samples in words.
  var text: String {
    switch kind {
    case .images: "images of \(height)×\(width)\(channels == 1 ? "" : "×\(channels)")"
    case .sequences: "sequences of \(height) steps with \(width * channels) features"
    case .vectors: "vectors of \(channels) numbers"
    }
  }
}

extension StoredArray {
  /// How many channels images have along an axis of their own.
  private static let channels = [1, 3, 4]

  /// The samples of an array, whose axes are put in the order N, height, width, channels.
  ///
  /// - `[N, F]` are vectors: each number is a channel.
  /// - `[N, H, W]` are images of one channel, or, which is the same, sequences of H steps with W features.
  /// - `[N, T, 1, F]` are sequences whose features are channels.
  /// - `[N, H, W, C]` and `[N, C, H, W]` are images: 1, 3 or 4 channels stand at one end, and at the other does not.
  ///
  /// - Throws: `HarnessError.badData` for every other shape.
  mutating func arrange() throws -> SampleShape {
    let (shape, isChannelsFirst) = try Self.samples(of: shape, in: name)
    if isChannelsFirst { moveChannelsLast() }
    return shape
  }

  /// What the samples are, as the shape alone says it, and whether their channels stand before the pixels.
  static func samples(of shape: [Int], in name: String) throws -> (shape: SampleShape, isChannelsFirst: Bool) {
    let known = "[N, F], [N, H, W], [N, T, F], [N, H, W, C] or [N, C, H, W]"
    func unclear(_ expected: String) -> HarnessError {
      .badData(file: name, found: "an array of shape \(text(shape))", expected: expected)
    }
    switch shape.count {
    case 2: return (SampleShape(height: 1, width: 1, channels: shape[1]), false)
    case 3:
      guard shape[1] > 1 else { throw unclear("more than one row or step, or [N, F] for vectors") }
      return (SampleShape(height: shape[1], width: shape[2], channels: 1), false)
    case 4:
      if shape[2] != 1 {
        let (isFirst, isLast) = (channels.contains(shape[1]), channels.contains(shape[3]))
        guard isFirst != isLast else {
          throw unclear(
            isFirst
              ? "1, 3 or 4 channels at one end and not at both; leave out an axis of 1, or pad the images"
              : "1, 3 or 4 channels in the second or in the last place; images of one channel can be [N, H, W]")
        }
        if isFirst { return (SampleShape(height: shape[2], width: shape[3], channels: shape[1]), true) }
      }
      return (SampleShape(height: shape[1], width: shape[2], channels: shape[3]), false)
    default: throw unclear(known)
    }
  }
}
