import Foundation
import Tensors

/// y = x·W + b.
///
/// Shapes: x [N, inputs], W [inputs, outputs], b [outputs], y [N, outputs].
public struct Linear<Scalar: TensorScalar>: Trainable, Sendable {
  public var weights: Parameter<Scalar>
  /// Absent where a normalizer follows, whose shift takes its place.
  public var bias: Parameter<Scalar>?

  /// Weights uniform within ±`bound`, bias 0.
  public init(
    inputs: Int, outputs: Int, bias: Bool = true, bound: Double, from stream: inout RandomStream,
    on processor: Processor = .serial
  ) {
    weights = Parameter(Tensor(uniformWithin: bound, shape: [inputs, outputs], from: &stream, on: processor))
    self.bias = bias ? Parameter(Tensor(repeating: 0, shape: [outputs], on: processor)) : nil
  }

  /// A map without a bias, by the given matrix.
  public init(weights: Tensor<Scalar>) {
    self.weights = Parameter(weights)
    bias = nil
  }

  public func forward(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    input.times(weights.value, addingToRows: bias?.value)
  }

  /// Returns the gradient of the input, given that of the output, and adds to those of the parameters.
  public mutating func backward(_ gradient: Tensor<Scalar>, input: Tensor<Scalar>) -> Tensor<Scalar> {
    addGradients(gradient, input: input)
    return gradient.times(weights.value.transposed())
  }

  /// Adds to the gradients of the parameters, where nothing needs that of the input.
  public mutating func addGradients(_ gradient: Tensor<Scalar>, input: Tensor<Scalar>) {
    weights.gradient.add(input.transposedTimes(gradient))
    bias?.gradient.add(gradient.sumOfRows())
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("weights", &weights)
    if bias != nil { visitor.visit("bias", &bias!) }
  }
}
