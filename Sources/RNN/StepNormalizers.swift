import Norms
import Tensors

/// The normalizers within the time steps of a recurrent layer: none, one of the whole sum, or one of each of its two paths.
struct StepNormalizers<Scalar: TensorScalar>: Sendable {
  /// Of W_x x + W_h h, or, if W_h h has one of its own, of W_x x.
  var sum: StepNormalizer<Scalar>?
  /// Of W_h h.
  var hidden: StepNormalizer<Scalar>?

  /// Whether the rows of a batch must go through time together.
  var needWholeBatch: Bool {
    [sum, hidden].contains { $0.map { $0.normalizer.mixesSamples || $0.normalizer.records } ?? false }
  }

  mutating func clearGradients() {
    sum?.normalizer.clearGradients()
    hidden?.normalizer.clearGradients()
  }

  /// Adds the gradients of a copy.
  mutating func addGradients(of copy: Self) {
    if let other = copy.sum?.normalizer { sum?.normalizer.addGradients(of: other) }
    if let other = copy.hidden?.normalizer { hidden?.normalizer.addGradients(of: other) }
  }
}
