/// What happens to a normalized value before scale and shift: x̂ · factor + offset.
///
/// The backward pass takes both for constants.
public struct Correction: Hashable, Sendable {
  public var factor: Double
  public var offset: Double

  public init(factor: Double, offset: Double) {
    self.factor = factor
    self.offset = offset
  }

  /// Makes the correction of a statistic from its number and from the mean and the biased variance of the input at hand.
  ///
  /// Statistics are numbered batch, group, channel, position in row-major order, without the axes that are reduced. Several
  /// threads may call it at once.
  public typealias Rule = @Sendable (_ statistic: Int, _ mean: Double, _ variance: Double) -> Correction
}
