import Norms
import Tensors

/// Sets elements to 0 at random in training, and leaves inference alone (Srivastava et al., 2014, inverted).
///
/// y = m·x / (1 − rate), where each element of the mask m is 0 with the probability `rate` and otherwise 1: the mean of y
/// is x.
///
/// Shapes: x, m and y have one shape, which may be any.
///
/// A training pass draws its mask from a stream of its own, by the seed, the name and the number of passes before it. That
/// counter is the state of the layer: training that stopped goes on with the same masks, and a copy draws the same ones.
public struct Dropout<Scalar: TensorScalar>: Trainable, Sendable {
  /// The probability that an element is dropped.
  public let rate: Double
  public let seed: UInt64
  /// What the stream of the masks is known by, beside the seed.
  public let name: String
  /// How many masks were drawn.
  private var passes = 0

  /// What the backward pass needs: the stream that the mask is drawn from, once more; none where nothing was dropped.
  public struct Cache: Sendable {
    let stream: RandomStream?
    let rate: Double
    let shape: [Int]
  }

  /// - Precondition: `rate` is from 0, which drops nothing and costs nothing, to below 1.
  public init(rate: Double, seed: UInt64, name: String) {
    require((0..<1).contains(rate), "Dropout takes a rate from 0 to below 1, and not \(rate).")
    self.rate = rate
    self.seed = seed
    self.name = name
  }

  /// The input with elements dropped, in training; in inference, the input itself.
  public mutating func forward(_ input: Tensor<Scalar>, mode: Mode) -> (output: Tensor<Scalar>, cache: Cache) {
    guard mode == .training && rate > 0 else {
      return (input, Cache(stream: nil, rate: rate, shape: input.shape))
    }
    let stream = RandomStream(seed: seed, purpose: "dropout/\(name)", step: passes)
    passes += 1
    return (input.dropped(rate: rate, by: stream), Cache(stream: stream, rate: rate, shape: input.shape))
  }

  /// The gradient of the input, given that of the output.
  ///
  /// - Precondition: `gradient` has the shape of the output, and `cache` is of a forward pass of this layer.
  public func backward(_ gradient: Tensor<Scalar>, cache: Cache) -> Tensor<Scalar> {
    require(
      gradient.shape == cache.shape,
      "The gradient's shape \(gradient.shape) is not that of the dropout's output, \(cache.shape).")
    require(cache.rate == rate, "The cache is of dropout at a rate of \(cache.rate); this one's is \(rate).")
    guard let stream = cache.stream else { return gradient }
    return gradient.dropped(rate: rate, by: stream)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    // Without masks there is nothing to go on with, and a model without dropout has the state that it always had.
    if rate > 0 { visitor.visit("passes", counter: &passes) }
  }
}
