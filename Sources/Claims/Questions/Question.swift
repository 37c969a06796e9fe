import Foundation
import Harness
import Tensors

/// One line of a claim's table: what is compared, what is measured of it, and what would support it.
public struct Question: Sendable {
  public let title: String
  /// The normalizer that it is about, for tables and plots.
  public let norm: String
  public let first: Arm
  /// What the first is compared with; `nil` for a number that stands by itself.
  public let second: Arm?
  public let quantity: Quantity
  public let form: Form
  public let rule: Rule

  /// How two numbers of one seed become an effect.
  public enum Form: String, Sendable {
    /// The number of the first arm by itself.
    case value
    /// The first less the second.
    case difference
    /// How many times the second the first is; intervals are of the logarithm.
    case ratio
  }

  /// A comparison of two arms.
  ///
  /// - Parameters:
  ///   - title: what is said, in a few words, so that an effect above the rule's δ is in its favour.
  ///   - norm: the normalizer that it is about.
  ///   - form: how an effect is made of two numbers.
  ///   - quantity: what is measured of the runs of an arm.
  ///   - first: what is to have more of it.
  ///   - second: what that is compared with.
  ///   - rule: what supports the sentence and what contradicts it. Of a ratio, δ is a factor.
  public init(
    _ title: String, about norm: NormalizerChoice? = nil, _ form: Form, of quantity: Quantity, _ first: Arm,
    _ second: Arm, _ rule: Rule
  ) {
    require(form != .value, "'\(title)' has two arms: it asks for a difference or a ratio.")
    (self.title, self.norm, self.form, self.quantity) = (title, norm?.name ?? "", form, quantity)
    (self.first, self.second, self.rule) = (first, second, rule)
    check()
  }

  /// A number that stands by itself.
  public init(_ title: String, about norm: NormalizerChoice? = nil, of quantity: Quantity, _ arm: Arm, _ rule: Rule) {
    (self.title, self.norm, form, self.quantity) = (title, norm?.name ?? "", .value, quantity)
    (first, second, self.rule) = (arm, nil, rule)
    check()
  }

  /// Stops the program unless the rule can come out either way, and the quantity is one of these arms.
  private func check() {
    switch rule {
    case .more(let delta):
      require(
        delta.isFinite && (form != .ratio || delta > 0),
        "'\(title)' asks for more than \(delta), which no \(form.rawValue) can be told from.")
    case .equal(let delta):
      require(
        delta.isFinite && delta > (form == .ratio ? 1 : 0),
        "'\(title)' asks for what is equal within \(delta), which no \(form.rawValue) can be.")
    case .shown: break
    }
    for arm in [first, second].compactMap(\.self) {
      require(
        arm.isComputed == quantity.isComputed,
        "'\(title)' measures \(quantity.name) of what is \(arm.isComputed ? "computed" : "trained").")
    }
  }

  /// The effect of two readings of one seed.
  func effect(_ first: Reading, _ second: Reading?) -> Reading {
    switch form {
    case .value: first
    case .difference: first - (second ?? .unknown)
    case .ratio: first.logarithm - (second ?? .unknown).logarithm
    }
  }

  /// An effect as it is shown: of a ratio, the factor.
  public func shown(_ effect: Double) -> Double { form == .ratio ? exp2(effect) : effect }
}

/// What supports a sentence, and what contradicts it, by the simultaneous 95 % interval of the effect.
public enum Rule: Sendable, Equatable {
  /// Supported if the whole interval is at δ or above; contradicted if it is wholly below.
  case more(than: Double)
  /// Supported if the interval is within ±δ; contradicted if it is wholly outside.
  case equal(within: Double)
  /// Measured and shown beside the others, without a verdict.
  case shown

  /// The least effect that matters.
  public var delta: Double? {
    switch self {
    case .more(let delta), .equal(let delta): delta
    case .shown: nil
    }
  }

  /// The verdict on an effect whose interval is `low`…`high`, given what its readings are bounds of.
  func verdict(low: Double, high: Double, bounds: Set<Reading.Bound>, form: Question.Form) -> Verdict {
    guard !low.isNaN, !high.isNaN, !bounds.contains(.unknown) else { return .inconclusive }
    // What is at least so much can support what says more, and cannot contradict it.
    let (isLeast, isMost) = (!bounds.contains(.atMost), !bounds.contains(.atLeast))
    func scaled(_ delta: Double) -> Double { form == .ratio ? log2(delta) : delta }
    switch self {
    case .shown: return .measured
    case .more(let delta):
      if low >= scaled(delta) && isLeast { return .supported }
      return high < scaled(delta) && isMost ? .contradicted : .inconclusive
    case .equal(let delta):
      let delta = scaled(delta)
      if low > -delta && high < delta && isLeast && isMost { return .supported }
      return (low >= delta && isLeast) || (high <= -delta && isMost) ? .contradicted : .inconclusive
    }
  }
}

/// What was found of a question.
public enum Verdict: String, Sendable, CaseIterable {
  case supported, contradicted, inconclusive
  /// The question asks for a number alone, or the machinery alone was tried.
  case measured
}
