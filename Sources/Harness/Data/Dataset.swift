import Foundation
import Tensors

/// Images to learn from and images to test on.
public struct Dataset: Sendable {
  public let name: String
  public let train: LabelledImages
  public let test: LabelledImages
  public let classes: Int
  /// A hash of every byte: runs on different data are different runs, whatever the data are called.
  public let fingerprint: UInt64

  /// The fingerprint for a column of a table: 16 hexadecimal digits after a letter, so that nobody reads it as a number.
  public var fingerprintText: String { "d" + String(format: "%016lx", fingerprint) }

  /// Of all training pixels.
  private let mean, variance: Double

  public var height: Int { train.height }
  public var width: Int { train.width }

  init(name: String, train: LabelledImages, test: LabelledImages, classes: Int) {
    self.name = name
    self.train = train
    self.test = test
    self.classes = classes
    var counts = [Int](repeating: 0, count: 256)
    for pixel in train.pixels { counts[Int(pixel)] += 1 }
    let total = Double(train.pixels.count)
    mean = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) } / total
    let centre = mean
    variance =
      counts.enumerated().reduce(0.0) { sum, value in
        let distance = Double(value.offset) - centre
        return sum + Double(value.element) * distance * distance
      } / total
    var hash = StableHash()
    for part in [train, test] {
      hash.combine("\(part.count) \(part.height) \(part.width) ".utf8)
      hash.combine(part.pixels)
      hash.combine(part.labels.lazy.map { UInt8($0) })
    }
    fingerprint = hash.value
  }

  /// What each pixel value becomes, in each channel: less the mean of all training pixels, over their standard deviation.
  ///
  /// Of painted images, both are over the three channels together: a channel that is black everywhere has no deviation of its
  /// own to be divided by, and is not black any more in an image of another colour.
  func levels(paint: Paint = .none, images: TestImages = .test) -> [[Float]] {
    let lit = paint.weights.reduce(0, +) / Double(paint.channels)
    let centre = lit * mean
    let spread = lit == 1 ? variance : lit * (variance + mean * mean) - centre * centre
    let deviation = max(spread.squareRoot(), .leastNormalMagnitude)
    return images.weights(of: paint).map { weight in
      (0..<256).map { Float((weight * images.level(Double($0)) - centre) / deviation) }
    }
  }

  /// The images at `indices` of `part`, with a table of ``levels(paint:images:)`` for each channel: [N, H, W, C].
  package func batch(
    _ indices: some Collection<Int>, of part: LabelledImages, levels: [[Float]]? = nil, on processor: Processor
  ) -> Tensor<Float> {
    Tensor(
      gathering: indices, of: part.pixels, shape: [height, width], through: levels ?? self.levels(), on: processor)
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
