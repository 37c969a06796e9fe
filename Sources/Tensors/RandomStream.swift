import Foundation

/// A stream of random numbers that is determined by a seed and a name.
///
/// Each purpose draws from a stream of its own (`"weights/hiddenToHidden"`, `"batches"`), so a change in one
/// place leaves every other draw as it was: with one seed, every normalizer starts from the same weights and
/// sees the same batches. The generator is SplitMix64 (Steele, Lea & Flood, 2014).
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64, name: String) {
    state = seed
    state = next() ^ StableHash(of: name.utf8).value
  }

  /// The stream of a purpose, in an epoch and a step if it has one for each.
  ///
  /// What is drawn at a step then depends on nothing that was drawn before, so training that stopped resumes with the
  /// same draws.
  public init(seed: UInt64, purpose: String, epoch: Int? = nil, step: Int? = nil) {
    let parts = [purpose] + [epoch.map { "epoch\($0)" }, step.map { "step\($0)" }].compactMap(\.self)
    self.init(seed: seed, name: parts.joined(separator: "/"))
  }

  public mutating func next() -> UInt64 {
    let number = number(at: 0)
    state &+= Self.increment
    return number
  }

  private static var increment: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// The number that comes after `index` others: threads that share a draw need not wait for each other.
  @inline(__always)
  func number(at index: Int) -> UInt64 {
    StableHash.mixed(state &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* Self.increment)
  }

  /// A number in 0 ..< 1, uniform over the multiples of 2⁻⁵³.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number of the normal distribution of mean 0 and deviation 1 (the polar method of Marsaglia, 1964).
  package mutating func nextNormal() -> Double {
    while true {
      let (x, y) = (2 * nextUnit() - 1, 2 * nextUnit() - 1)
      let square = x * x + y * y
      guard square > 0 && square < 1 else { continue }
      let logarithm = Double.naturalLogarithm(Double.Vector(repeating: square))[0]
      return x * (-2 * logarithm / square).squareRoot()
    }
  }

  /// The numbers `0..<count` in random order (Fisher and Yates).
  ///
  /// - Precondition: `count` is not negative, and no more than a tensor can have elements.
  public mutating func permutation(of count: Int) -> [Int] {
    let most = Tensor<Float>.largestCount
    require((0...most).contains(count), "A permutation is of 0 to \(most) numbers, and not of \(count).")
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      // The high half of a 128-bit product: the bias is below 2⁻⁴⁰ for any array that fits in memory.
      order.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return order
  }
}

extension Tensor {
  /// A tensor of independent draws from a uniform distribution over ±`bound`.
  public init(
    uniformWithin bound: Double, shape: [Int], from stream: inout RandomStream, on processor: Processor = .serial
  ) {
    let scalars = (0..<Self.count(of: shape)).map { _ in Scalar((2 * stream.nextUnit() - 1) * bound) }
    self.init(scalars, shape: shape, on: processor)
  }
}

extension Tensor {
  /// A tensor of independent draws from the normal distribution of mean 0 and the given standard deviation.
  public init(
    normalWithDeviation deviation: Double, shape: [Int], from stream: inout RandomStream,
    on processor: Processor = .serial
  ) {
    let scalars = (0..<Self.count(of: shape)).map { _ in Scalar(stream.nextNormal() * deviation) }
    self.init(scalars, shape: shape, on: processor)
  }
}

extension Tensor {
  /// A random orthogonal matrix of shape [`size`, `size`] times `factor`: it keeps the length of what it is
  /// applied to, however often.
  ///
  /// The rows of a matrix of uniform draws, made orthogonal one by one (modified Gram and Schmidt, twice, in
  /// double precision).
  public init(
    orthogonalOfSize size: Int, factor: Double, from stream: inout RandomStream, on processor: Processor = .serial
  ) {
    // Before the first row is drawn.
    _ = Self.count(of: [size, size])
    var rows: [[Double]] = []
    while rows.count < size {
      var row = (0..<size).map { _ in 2 * stream.nextUnit() - 1 }
      for _ in 0..<2 {
        for other in rows {
          var projection = 0.0
          for index in 0..<size { projection += row[index] * other[index] }
          for index in 0..<size { row[index] -= projection * other[index] }
        }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows.append(row.map { $0 / length })
    }
    self.init(rows.joined().map { Scalar($0 * factor) }, shape: [size, size], on: processor)
  }
}
