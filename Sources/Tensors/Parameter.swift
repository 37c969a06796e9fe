/// A tensor that is learned, and the gradient of the loss with respect to it.
///
/// Every `backward` adds to ``gradient``, so a layer can stand at many time steps;
/// ``Trainable/clearGradients()`` sets it to zero before the next step.
public struct Parameter<Scalar: TensorScalar>: Sendable {
  public var value: Tensor<Scalar>
  public var gradient: Tensor<Scalar>

  /// A parameter with a gradient of zero.
  public init(_ value: Tensor<Scalar>) {
    self.value = value
    gradient = Tensor(repeating: 0, shape: value.shape, on: value.processor)
  }
}
