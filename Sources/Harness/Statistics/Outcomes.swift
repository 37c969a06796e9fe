import Foundation
import Tensors

/// Which images of the test set a run had right, one bit each.
///
/// Two configurations that were tested on the same images are compared image by image; see ``PairedDifference``.
public struct Outcomes: Sendable, Equatable {
  private enum Content: Sendable, Equatable {
    /// The first image is the most significant bit of the first byte; what is left of the last byte is 0.
    case images([UInt8])
    case guess(Double)
  }

  private let content: Content
  /// How many images there are.
  public let count: Int

  public init(_ correct: [Bool]) {
    var bytes = [UInt8](repeating: 0, count: Self.bytes(correct.count))
    for (image, isCorrect) in correct.enumerated() where isCorrect { bytes[image / 8] |= 0x80 >> UInt8(image % 8) }
    content = .images(bytes)
    count = correct.count
  }

  /// The outcomes of a run that diverged and counts as guessing: every image is worth the accuracy of a guess.
  ///
  /// - Precondition: `accuracy` is in 0 ... 1, and `count` is not negative.
  public init(guessing accuracy: Double, count: Int) {
    require((0...1).contains(accuracy), "The accuracy of a guess is in 0 ... 1, and not \(accuracy).")
    require(count >= 0, "Outcomes are of 0 images or more, and not of \(count).")
    content = .guess(accuracy)
    self.count = count
  }

  /// The outcomes that have this ``text``; `nil` if it is not that of so many images.
  public init?(text: String, count: Int) {
    guard count >= 0, let data = Data(base64Encoded: text), data.count == Self.bytes(count) else { return nil }
    // Base 64 has unused bits of its own, which must be 0, too: one text for the same outcomes.
    guard data.base64EncodedString() == text else { return nil }
    if count % 8 != 0, let last = data.last, last & (0xFF >> UInt8(count % 8)) != 0 { return nil }
    content = .images(Array(data))
    self.count = count
  }

  /// The bits in base 64, eight images a byte, the first image first; empty for a run that counts as guessing.
  ///
  /// In Python: `numpy.unpackbits(numpy.frombuffer(base64.b64decode(text), "uint8"), count=count)`.
  public var text: String {
    switch content {
    case .images(let bytes): Data(bytes).base64EncodedString()
    case .guess: ""
    }
  }

  /// The share of images that were right; NaN of no images.
  public var accuracy: Double {
    switch content {
    case .images(let bytes): Double(bytes.reduce(0) { $0 + $1.nonzeroBitCount }) / Double(count)
    case .guess(let accuracy): accuracy
    }
  }

  /// 1 for an image that was right and 0 for one that was not; the accuracy of a guess for a run that counts as
  /// guessing.
  public subscript(image: Int) -> Double {
    require((0..<count).contains(image), "There are \(count) images, and no image \(image).")
    return switch content {
    case .images(let bytes): Self.bit(image, of: bytes)
    case .guess(let accuracy): accuracy
    }
  }

  /// What every image is worth, as the subscript has it.
  var values: [Double] {
    switch content {
    case .images(let bytes): (0..<count).map { Self.bit($0, of: bytes) }
    case .guess(let accuracy): Array(repeating: accuracy, count: count)
    }
  }

  private static func bit(_ image: Int, of bytes: [UInt8]) -> Double {
    Double((bytes[image / 8] >> UInt8(7 - image % 8)) & 1)
  }

  private static func bytes(_ count: Int) -> Int {
    count / 8 + (count % 8 == 0 ? 0 : 1)
  }
}
