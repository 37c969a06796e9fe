import Foundation
import Tensors

/// Points that fill a cube evenly, however many of them are taken: the additive recurrence of the generalized golden ratio
/// (Roberts, 2018), shifted at random (Cranley & Patterson, 1976).
struct TrialSequence {
  private let shift: [Double]
  private let steps: [Double]

  /// The sequence of a seed: the shift of each axis comes from a stream of its name.
  init(axes: [String], seed: UInt64) {
    shift = axes.map { axis in
      var stream = RandomStream(seed: seed, purpose: "tuning/\(axis)")
      return stream.nextUnit()
    }
    // The root above 1 of x^(d+1) = x + 1.
    var root = 2.0
    for _ in 0..<64 { root = pow(1 + root, 1 / Double(axes.count + 1)) }
    steps = (1...max(axes.count, 1)).map { pow(1 / root, Double($0)) }
  }

  /// The point of a number from 0, each coordinate in 0 ..< 1.
  subscript(number: Int) -> [Double] {
    zip(shift, steps).map { shift, step in
      let position = shift + Double(number + 1) * step
      return position - position.rounded(.down)
    }
  }
}
