import Foundation
import Layers
import Tensors

/// A 3×3 convolution with stride 1 and zero padding 1 over channels-last images.
///
/// Shapes: input [N, H, W, C], weights [3·3·C, K] with the kernel's rows, columns and input channels in this
/// order, bias [K], output [N, H, W, K].
public struct Convolution<Scalar: TensorScalar>: Trainable, Sendable {
  public let inputChannels: Int
  public let outputChannels: Int
  public var weights: Parameter<Scalar>
  /// Absent where a normalizer follows, whose shift takes its place.
  public var bias: Parameter<Scalar>?

  /// Weights uniform within ±`bound`, bias 0.
  ///
  /// - Precondition: both numbers of channels are from 1 to 2²⁴.
  public init(
    inputChannels: Int, outputChannels: Int, bias: Bool = true, bound: Double, from stream: inout RandomStream,
    on processor: Processor = .serial
  ) {
    let range = 1...1 << 24
    require(
      range.contains(inputChannels) && range.contains(outputChannels),
      "A convolution of \(inputChannels) to \(outputChannels) channels cannot be built: both are from 1 to \(1 << 24).")
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    weights = Parameter(
      Tensor(uniformWithin: bound, shape: [9 * inputChannels, outputChannels], from: &stream, on: processor))
    self.bias = bias ? Parameter(Tensor(repeating: 0, shape: [outputChannels], on: processor)) : nil
  }

  /// The convolution of `input` plus the bias, and an activation of it if one follows.
  public func forward(_ input: Tensor<Scalar>, activation: Activation? = nil) -> Tensor<Scalar> {
    input.convolved(with: weights.value, geometry(of: input), bias: bias?.value, activation: activation)
  }

  /// Adds to the gradients of the parameters, given that of the output.
  public mutating func addGradients(_ gradient: Tensor<Scalar>, input: Tensor<Scalar>) {
    weights.gradient.add(input.convolutionWeightGradient(gradient, geometry(of: input)))
    bias?.gradient.add(gradient.sumOfRows())
  }

  /// The gradient of the input, given that of the output: a convolution with the weights flipped and
  /// transposed.
  public func inputGradient(_ gradient: Tensor<Scalar>, input: Tensor<Scalar>) -> Tensor<Scalar> {
    let forward = geometry(of: input)
    let backward = ConvolutionGeometry(
      batch: forward.batch, height: forward.height, width: forward.width, inputChannels: outputChannels,
      outputChannels: inputChannels)
    return gradient.convolved(with: weights.value.flippedWeights(forward), backward)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    visitor.visit("weights", &weights)
    if bias != nil { visitor.visit("bias", &bias!) }
  }

  private func geometry(of input: Tensor<Scalar>) -> ConvolutionGeometry {
    require(
      input.shape.count == 4 && input.shape[3] == inputChannels,
      "A convolution of \(inputChannels) channels takes [N, H, W, \(inputChannels)]; the input's shape is \(input.shape)."
    )
    return ConvolutionGeometry(
      batch: input.shape[0], height: input.shape[1], width: input.shape[2], inputChannels: inputChannels,
      outputChannels: outputChannels)
  }
}
