import Norms
import Tensors

/// A model that turns a mini-batch of samples into one row of logits each.
public protocol Classifier<Scalar>: Trainable, Sendable {
  associatedtype Cache: Sendable

  /// - Returns: logits of shape [N, classes], and what ``backward(_:cache:watch:)`` needs.
  ///
  /// What a normalizer of an earlier layer recorded before a later one threw stays recorded. A `watch` is shown what the
  /// layers take and give, and changes nothing.
  ///
  /// - Throws: ``ModelError`` for an input of a shape that the model does not take, or that its normalizers cannot.
  mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>?
  ) throws(ModelError) -> (logits: Tensor<Scalar>, cache: Cache)

  /// Adds to the gradients of all parameters, given that of the logits; a `watch` is shown those of the layers' outputs.
  mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache, watch: Watch<Scalar>?)
}

/// Makes the normalizer of a layer with so many channels; `nil` leaves the layer without one.
public typealias NormalizerFactory<Scalar: TensorScalar> = @Sendable (_ channels: Int) -> (any Normalizer<Scalar>)?

extension Classifier {
  /// The logits and what the way back needs, with nobody looking.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(ModelError) -> (logits: Tensor<Scalar>, cache: Cache) {
    try forward(input, mode: mode, watch: nil)
  }

  /// The way back, with nobody looking.
  public mutating func backward(_ gradient: Tensor<Scalar>, cache: Cache) {
    backward(gradient, cache: cache, watch: nil)
  }

  /// The logits in inference, which records nothing and needs no way back.
  public func inference(_ input: Tensor<Scalar>) throws(ModelError) -> Tensor<Scalar> {
    var copy = self
    return try copy.forward(input, mode: .inference).logits
  }
}
