import Foundation

/// A number that was measured for one seed, or a bound of one that could not be.
///
/// What was never reached in the time that there was is at least that time, and the largest of a grid that still worked is at
/// least that: neither is dropped, and neither is taken for the number.
public struct Reading: Sendable, Equatable {
  public enum Bound: Sendable {
    case exact, atLeast, atMost, unknown
  }

  public let value: Double
  public let bound: Bound

  public init(_ value: Double, _ bound: Bound = .exact) {
    self.value = value
    self.bound = value.isFinite ? bound : .unknown
  }

  public static let unknown = Reading(.nan, .unknown)

  var logarithm: Reading { Reading(log2(value), bound) }

  static func - (first: Reading, second: Reading) -> Reading {
    let flipped: Bound =
      switch second.bound {
      case .atLeast: .atMost
      case .atMost: .atLeast
      default: second.bound
      }
    let bound: Bound =
      switch (first.bound, flipped) {
      case (.unknown, _), (_, .unknown): .unknown
      case (.exact, let other), (let other, .exact): other
      case (let one, let other): one == other ? one : .unknown
      }
    return Reading(first.value - second.value, bound)
  }
}
