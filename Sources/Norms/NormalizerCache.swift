import Tensors

/// What the backward pass of a normalizer needs to know of the forward pass.
///
/// A member with a `forward` of its own keeps in it what it likes.
public struct NormalizerCache<Scalar: TensorScalar>: Sendable {
  let content: Content
  /// The type of the normalizer whose shared forward pass made it; `nil` for one of its own.
  let maker: ObjectIdentifier?

  enum Content: Sendable {
    case shared(Shared)
    case own(any Sendable)
  }

  /// What the shared computation keeps.
  final class Shared: Sendable {
    let input: Tensor<Scalar>
    let plan: NormalizationPlan
    let statistics: Statistics
    let forward: NormalizationForward<Scalar>
    /// What it was computed with, for a backward pass that is something else's to notice.
    let origin: Origin

    init(
      input: Tensor<Scalar>, plan: NormalizationPlan, statistics: Statistics, forward: NormalizationForward<Scalar>,
      origin: Origin
    ) {
      self.input = input
      self.plan = plan
      self.statistics = statistics
      self.forward = forward
      self.origin = origin
    }
  }

  /// What must not change between a forward pass and its backward pass.
  struct Origin: Equatable, Sendable, CustomStringConvertible {
    let axes: Axes
    let channels, groups: Int
    let epsilon: Double
    let centres, corrects: Bool

    var description: String {
      let rest = (centres ? "" : ", without centring") + (corrects ? ", with a correction" : "")
      return "\(axes) over \(channels) channels in \(groups) groups, ε = \(epsilon)\(rest)"
    }
  }

  init(_ shared: Shared, by maker: ObjectIdentifier) {
    content = .shared(shared)
    self.maker = maker
  }

  /// A cache that holds what a member's own `forward` leaves to its `backward`.
  public init(saving value: some Sendable) {
    content = .own(value)
    maker = nil
  }

  /// What ``init(saving:)`` was given.
  ///
  /// - Precondition: it was given a `Value`: the cache is this member's.
  public func saved<Value: Sendable>(as type: Value.Type = Value.self) -> Value {
    guard case .own(let value) = content, let value = value as? Value else {
      let found =
        switch content {
        case .shared: "what the shared computation keeps"
        case .own(let value): "\(Swift.type(of: value))"
        }
      stop("The cache holds \(found), and not \(type): it is another normalizer's.")
    }
    return value
  }

  private var shared: Shared? {
    if case .shared(let shared) = content { shared } else { nil }
  }

  /// The number of values that each statistic is over; 0 for a normalizer that has none.
  public var valuesPerStatistic: Int { hasStatistics ? shared?.plan.valuesPerStatistic ?? 0 : 0 }

  /// The means that were subtracted, in row-major order of the axes batch, group, channel, position, those that are
  /// reduced left out; all 0 without centring.
  public var means: [Double] { hasStatistics ? shared?.statistics.mean.scalars ?? [] : [] }

  /// The variances that the values were divided by the root of, biased and without ε, in the order of ``means``; mean
  /// squares without centring.
  public var variances: [Double] { hasStatistics ? shared?.statistics.variance.scalars ?? [] : [] }

  private var hasStatistics: Bool { shared?.origin.axes.isEmpty == false }
}
