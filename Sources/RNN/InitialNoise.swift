import Norms
import Tensors

/// The noise that a recurrent layer's initial state is in training; in inference, that state is zero (Cooijmans et al., 2016).
///
/// Statistics of each time step need it where the first values of all sequences are alike, as the pixels at the border of
/// images: their variance would be 0.
///
/// A training pass draws from a stream of its own, by the seed, the name and the number of passes before it. That counter is
/// the state: training that stopped goes on with the same draws.
public struct InitialNoise<Scalar: TensorScalar>: Trainable, Sendable {
  /// The standard deviation of each of the state's values; they are independent and normal.
  public let deviation: Double
  public let seed: UInt64
  /// What the stream is known by, beside the seed.
  public let name: String
  /// How many states were drawn.
  private var passes = 0

  /// - Precondition: `deviation` is positive and finite.
  public init(deviation: Double, seed: UInt64, name: String) {
    require(
      deviation > 0 && deviation.isFinite, "Noise has a standard deviation above 0, and not one of \(deviation).")
    self.deviation = deviation
    self.seed = seed
    self.name = name
  }

  /// The initial states of a batch, of the given shape, or `nil` where they are zero.
  mutating func draw(shape: [Int], mode: Mode, on processor: Processor) -> Tensor<Scalar>? {
    guard mode == .training else { return nil }
    var stream = RandomStream(seed: seed, purpose: "initial-state/\(name)", step: passes)
    passes += 1
    return Tensor(normalWithDeviation: deviation, shape: shape, from: &stream, on: processor)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("passes", counter: &passes)
  }
}
