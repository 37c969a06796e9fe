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

  /// What each pixel value becomes: less the mean of all training pixels, over their standard deviation.
  private let standardized: [Float]

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
    let mean = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) } / total
    let variance = counts.enumerated().reduce(0.0) { sum, value in
      let distance = Double(value.offset) - mean
      return sum + Double(value.element) * distance * distance
    }
    let deviation = max((variance / total).squareRoot(), .leastNormalMagnitude)
    standardized = (0..<256).map { Float((Double($0) - mean) / deviation) }
    var hash = StableHash()
    for part in [train, test] {
      hash.combine("\(part.count) \(part.height) \(part.width) ".utf8)
      hash.combine(part.pixels)
      hash.combine(part.labels.lazy.map { UInt8($0) })
    }
    fingerprint = hash.value
  }

  /// The images at `indices` of `part`, standardized: [N, H, W].
  package func batch(_ indices: some Collection<Int>, of part: LabelledImages, on processor: Processor) -> Tensor<Float>
  {
    Tensor(
      gathering: indices, of: part.pixels, size: height * width, shape: [height, width], through: standardized,
      on: processor)
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
