/// Weights of a model, and how often a sample meets them: a convolution's at every position, a recurrent layer's at every
/// time step.
///
/// From them follows how many multiplications a run takes, before any is made.
public struct LinearMap: Sendable, Equatable {
  public let weights: Int
  public let uses: Int

  public init(weights: Int, uses: Int = 1) {
    (self.weights, self.uses) = (weights, uses)
  }
}
