import Tensors

/// Images, sequences or vectors with one label each, in the type that they are stored in.
public struct LabelledImages: Sendable {
  public let count: Int
  public let shape: SampleShape
  /// Along the axes N, height, width, channels.
  let pixels: [UInt8]
  let type: StoredScalar
  public let labels: [Int]

  public var height: Int { shape.height }
  public var width: Int { shape.width }
  public var channels: Int { shape.channels }

  init(count: Int, shape: SampleShape, pixels: [UInt8], type: StoredScalar, labels: [Int]) {
    (self.count, self.shape, self.pixels, self.type, self.labels) = (count, shape, pixels, type, labels)
  }

  /// Images of one channel of bytes.
  init(count: Int, height: Int, width: Int, pixels: [UInt8], labels: [Int]) {
    self.init(
      count: count, shape: SampleShape(height: height, width: width, channels: 1), pixels: pixels, type: .uint8,
      labels: labels)
  }
}
