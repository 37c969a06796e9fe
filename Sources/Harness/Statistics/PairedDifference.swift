import Foundation
import Tensors

/// By how much one configuration is more accurate than another, and how far that can be trusted.
///
/// Both were trained with the same seeds and tested on the same images. Other seeds would give another difference,
/// and so would other images; an interval over the seeds alone forgets the second, and no number of seeds mends that.
/// With the mean squares of the table of differences, of S seeds and I images,
///
///     variance of the mean = (seeds + images − residual) / (S I)
///
/// with Satterthwaite's degrees of freedom (1946), `(seeds + images − residual)² / Σ (mean square)² / (its degrees of
/// freedom)`.
///
/// The interval is never narrower than that of the seeds alone, by `seeds / (S I)` and S − 1 degrees of freedom, or
/// that of the images alone. Few seeds are often closer together than they should be; the variance is then that of
/// the images, whose many degrees of freedom say nothing of the seeds, and intervals at the level of many comparisons
/// would miss several times as often as they may.
///
/// The intervals of several comparisons hold together with the stated level (Bonferroni). All of them take what varies
/// to be about normal: where one seed in twenty collapses, few seeds that have not seen it promise too much.
public struct PairedDifference: Sendable, Equatable {
  /// The accuracy of the first less that of the second.
  public let mean: Double
  /// Half the width of the interval.
  public let halfWidth: Double
  /// Of the Student's t that gave the interval; infinite where nothing varies.
  public let degreesOfFreedom: Double
  public let seeds: Int
  public let images: Int
  /// The half-width that would remain with infinitely many seeds, `z √(max(images − residual, 0) / (S I))`.
  ///
  /// What is smaller only more test images could show.
  public let seedFloor: Double

  public var low: Double { mean - halfWidth }
  public var high: Double { mean + halfWidth }
  /// Whether the interval says which of the two is more accurate.
  public var isZeroExcluded: Bool { low > 0 || high < 0 }

  /// The difference of two configurations, of which each has outcomes of the same seeds in the same order.
  ///
  /// It is `nil` of fewer than three seeds or two images, or if the counts of the two differ.
  ///
  /// - Parameters:
  ///   - first: The outcomes of the configuration that is expected to be better.
  ///   - second: Those of the other.
  ///   - comparisons: How many intervals are to hold at once.
  ///   - level: How often they do.
  /// - Precondition: There is a comparison, and `level` is between 0 and 1.
  public init?(_ first: [Outcomes], _ second: [Outcomes], comparisons: Int = 1, level: Double = 0.95) {
    require(comparisons > 0, "Intervals are for 1 comparison or more, and not for \(comparisons).")
    require(level > 0 && level < 1, "A level is between 0 and 1, and not \(level).")
    guard first.count >= 3, first.count == second.count, first[0].count >= 2,
      (first + second).allSatisfy({ $0.count == first[0].count })
    else { return nil }
    seeds = first.count
    images = first[0].count
    let squares = MeanSquares(first, second)
    let size = Double(seeds) * Double(images)
    let (ofSeeds, ofImages) = (Double(seeds - 1), Double(images - 1))
    let share = 1 - (1 - level) / (2 * Double(comparisons))

    var intervals = [
      Interval(squares.seeds / size, degreesOfFreedom: ofSeeds, share: share),
      Interval(squares.images / size, degreesOfFreedom: ofImages, share: share),
    ]
    let combined = squares.seeds + squares.images - squares.residual
    if combined > max(squares.seeds, squares.images) {
      let spread =
        squares.seeds * squares.seeds / ofSeeds + squares.images * squares.images / ofImages
        + squares.residual * squares.residual / (ofSeeds * ofImages)
      intervals.append(Interval(combined / size, degreesOfFreedom: combined * combined / spread, share: share))
    }
    let widest = intervals.reduce(intervals[0]) { $1.halfWidth > $0.halfWidth ? $1 : $0 }
    mean = squares.mean
    halfWidth = widest.halfWidth
    degreesOfFreedom = halfWidth > 0 ? widest.degreesOfFreedom : .infinity
    seedFloor = Normal.quantile(share) * (max(squares.images - squares.residual, 0) / size).squareRoot()
  }

  private struct Interval {
    let halfWidth: Double
    let degreesOfFreedom: Double

    init(_ variance: Double, degreesOfFreedom: Double, share: Double) {
      halfWidth = StudentT.quantile(share, degreesOfFreedom: degreesOfFreedom) * variance.squareRoot()
      self.degreesOfFreedom = degreesOfFreedom
    }
  }
}
