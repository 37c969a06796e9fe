import Tensors

/// The loss of a classifier: −log softmax(logits)[label], averaged over the mini-batch.
///
/// With label smoothing s (Szegedy et al., 2016) it is −Σₖ qₖ · log softmax(logits)[k] over all K classes, where qₖ is
/// s / K, and 1 − s more at the label.
public struct SoftmaxCrossEntropy<Scalar: TensorScalar>: Sendable {
  /// The sum of the samples' losses, in nats; with smoothing, the smoothed ones.
  public let sum: Double
  /// How many samples have their largest logit at the label.
  public let correct: Int
  /// The gradient of the mean loss with respect to the logits, [N, classes].
  public let gradient: Tensor<Scalar>

  /// The loss averaged over the samples, in nats.
  public var mean: Double { sum / Double(gradient.shape[0]) }

  /// - Parameters:
  ///   - logits: [N, classes].
  ///   - labels: N class numbers.
  ///   - smoothing: how much of each label is spread evenly over all classes.
  ///
  /// - Precondition: labels are classes, and `smoothing` is from 0 to below 1.
  public init(logits: Tensor<Scalar>, labels: [Int], smoothing: Double = 0) {
    (sum, gradient, correct) = logits.softmaxCrossEntropy(labels: labels, smoothing: smoothing)
  }
}
