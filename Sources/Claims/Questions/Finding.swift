import Foundation
import Harness

/// What was measured for a question, the effect with its interval, and the verdict.
public struct Finding: Sendable {
  public let question: Question
  /// What was measured, for each seed.
  public let first, second: [Reading]
  /// The mean effect; of a ratio, its logarithm to the base of 2.
  public let effect: Double
  /// The ends of the 95 % interval, simultaneous over the questions of the claim; NaN below three seeds.
  public let low, high: Double
  public let verdict: Verdict
  /// What keeps it from a verdict, or limits it.
  public let remarks: [String]

  /// - Parameters:
  ///   - question: what was asked.
  ///   - first: what was measured of the first arm, for each seed.
  ///   - second: that of the second arm, if there is one.
  ///   - accuracy: the difference of two accuracies, whose interval counts test images, too.
  ///   - comparisons: how many questions of the claim have a verdict.
  ///   - remarks: what is known to limit it.
  ///   - isUndecided: whether something forbids a verdict, whatever the numbers.
  ///   - isQuick: whether the machinery alone is tried.
  init(
    _ question: Question, _ first: [Reading], _ second: [Reading], accuracy: PairedDifference? = nil,
    comparisons: Int, remarks: [String] = [], isUndecided: Bool = false, isQuick: Bool = false
  ) {
    (self.question, self.first, self.second) = (question, first, second)
    let effects = first.indices.map { question.effect(first[$0], second.isEmpty ? nil : second[$0]) }
    let known = effects.filter { $0.value.isFinite }
    let mean = known.isEmpty ? .nan : known.map(\.value).reduce(0, +) / Double(known.count)
    effect = accuracy?.mean ?? mean
    let half = accuracy?.halfWidth ?? Self.halfWidth(known.map(\.value), comparisons: comparisons)
    let width = max(half, question.quantity.resolution)
    (low, high) = half.isNaN ? (.nan, .nan) : (effect - width, effect + width)
    var remarks = remarks
    let unknown = effects.count - known.count
    if unknown > 0 { remarks.append("no number for \(unknown) of \(effects.count) seeds") }
    if effects.contains(where: { $0.bound == .atLeast }) { remarks.append("at least: beyond what was tried") }
    if effects.contains(where: { $0.bound == .atMost }) { remarks.append("at most: beyond what was tried") }
    if effects.contains(where: { $0.bound == .unknown && $0.value.isFinite }) {
      remarks.append("both sides are bounds: beyond what was tried")
    }
    if isQuick || question.rule == .shown {
      verdict = .measured
    } else if isUndecided {
      verdict = .inconclusive
    } else {
      if half.isNaN { remarks.append("a verdict needs three seeds or more") }
      verdict = question.rule.verdict(low: low, high: high, bounds: Set(effects.map(\.bound)), form: question.form)
    }
    self.remarks = remarks
  }

  /// Half the width of the interval of a mean, by Student's t, at 95 % for all comparisons at once (Bonferroni).
  private static func halfWidth(_ values: [Double], comparisons: Int) -> Double {
    guard values.count >= 3 else { return .nan }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let quantile = StudentT.quantile(1 - 0.025 / Double(max(comparisons, 1)), degreesOfFreedom: count - 1)
    return quantile * (variance / count).squareRoot()
  }
}
