import Norms
import Tensors

/// A model that turns a mini-batch of samples into one row of logits each.
public protocol Classifier<Scalar>: Trainable, Sendable {
  associatedtype Cache

  /// - Returns: logits of shape [N, classes], and what ``backward(_:cache:)`` needs.
  mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (logits: Tensor<Scalar>, cache: Cache)

  /// Adds to the gradients of all parameters, given that of the logits.
  mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache)
}

/// Makes the normalizer of a layer with so many channels; `nil` leaves the layer without one.
public typealias NormalizerFactory<Scalar: TensorScalar> = @Sendable (_ channels: Int) -> (any Normalizer<Scalar>)?

extension NormalizerState: Trainable {
  public mutating func forEachParameter(_ body: (String, inout Parameter<Scalar>) -> Void) {
    body("scale", &scale)
    body("shift", &shift)
  }
}
