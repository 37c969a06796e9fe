import Tensors

/// The loss of a classifier: −log softmax(logits)[label], averaged over the mini-batch.
public struct SoftmaxCrossEntropy<Scalar: TensorScalar>: Sendable {
  /// The sum of the samples' losses, in nats.
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
  public init(logits: Tensor<Scalar>, labels: [Int]) {
    (sum, gradient, correct) = logits.softmaxCrossEntropy(labels: labels)
  }
}
