import Foundation
import Tensors

/// Images to learn from and images to test on; or sequences, or vectors.
public struct Dataset: Sendable {
  public let name: String
  public let train: LabelledImages
  public let test: LabelledImages
  public let classes: Int
  /// The label of each class, as it stands in the files.
  public let labelNames: [String]
  /// Of the training samples, those by which all are standardized.
  public let moments: [ChannelMoments]
  /// A hash of every byte: runs on different data are different runs, whatever the data are called.
  public let fingerprint: UInt64

  /// The fingerprint for a column of a table: 16 hexadecimal digits after a letter, so that nobody reads it as a number.
  public var fingerprintText: String { "d" + String(format: "%016lx", fingerprint) }

  public var shape: SampleShape { train.shape }
  public var height: Int { train.height }
  public var width: Int { train.width }
  /// Those of the samples as they are stored, without paint.
  public var channels: Int { train.channels }

  init(name: String, train: LabelledImages, test: LabelledImages, classes: Int, labelNames: [String]? = nil) {
    self.name = name
    self.train = train
    self.test = test
    self.classes = classes
    self.labelNames = labelNames ?? (0..<classes).map(String.init)
    moments = ChannelMoments.all(of: train)
    var hash = StableHash()
    for part in [train, test] {
      let isPlain = part.type == .uint8 && part.channels == 1
      hash.combine("\(part.count) \(part.height) \(part.width) ".utf8)
      if !isPlain { hash.combine("\(part.channels) \(part.type) ".utf8) }
      hash.combine(part.pixels)
      let bytes = classes > 256 ? 4 : 1
      for byte in 0..<bytes { hash.combine(part.labels.lazy.map { UInt8(truncatingIfNeeded: $0 >> (8 * byte)) }) }
    }
    fingerprint = hash.value
  }

  /// What each stored number becomes, in each channel: less the mean of all training samples, over their standard deviation.
  ///
  /// Of painted images, both are over the three channels together: a channel that is black everywhere has no deviation of its
  /// own to be divided by, and is not black any more in an image of another colour.
  func levels(paint: Paint = .none, images: TestImages = .test) -> Levels {
    // A table for each of many channels would be larger than the data.
    guard train.type == .uint8, channels <= 4 else {
      return Levels(centres: moments.map(\.mean), deviations: moments.map(\.deviation))
    }
    guard channels == 1 else {
      return Levels(
        tables: moments.map { channel in
          (0..<256).map { Float((images.level(Double($0)) - channel.mean) / channel.deviation) }
        })
    }
    let (mean, variance) = (moments[0].mean, moments[0].variance)
    let lit = paint.weights.reduce(0, +) / Double(paint.channels)
    let centre = lit * mean
    let spread = lit == 1 ? variance : lit * (variance + mean * mean) - centre * centre
    let deviation = spread > 0 ? spread.squareRoot() : 1
    return Levels(
      tables: images.weights(of: paint).map { weight in
        (0..<256).map { Float((weight * images.level(Double($0)) - centre) / deviation) }
      })
  }

  /// The samples at `indices` of `part`, as ``levels(paint:images:)`` says: [N, H, W, C].
  package func batch(
    _ indices: some Collection<Int>, of part: LabelledImages, on processor: Processor
  ) -> Tensor<Float> {
    batch(indices, of: part, levels: levels(), on: processor)
  }

  func batch(
    _ indices: some Collection<Int>, of part: LabelledImages, levels: Levels, on processor: Processor
  ) -> Tensor<Float> {
    levels.samples(indices, of: part, on: processor)
  }

  /// The share of the most frequent class: the accuracy of whoever always answers with it.
  ///
  /// NaN without labels.
  public static func largestShare(of labels: some Collection<Int>) -> Double {
    let counts = labels.reduce(into: [:]) { counts, label in counts[label, default: 0] += 1 }
    return Double(counts.values.max() ?? 0) / Double(labels.count)
  }

  /// What guessing comes to on the test images: an accuracy that is no higher shows nothing.
  public var guessAccuracy: Double { Self.largestShare(of: test.labels) }
}
