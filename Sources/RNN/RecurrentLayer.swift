import Foundation
import Layers
import Norms
import Tensors

/// Where a recurrent layer's normalizer stands.
public enum RecurrentPlacement: String, Hashable, Sendable, CaseIterable {
  /// h_t = f(norm(W_x x_t) + W_h h_{t−1}): statistics over the whole sequence, on the input path alone
  /// (Laurent et al., 2016).
  case inputPath
  /// h_t = f(norm(W_x x_t + W_h h_{t−1})): statistics of each time step (Ba, Kiros & Hinton, 2016).
  case timeStep

  /// The place that follows from the axes: a member that reduces the batch, or positions alone, would mix
  /// samples within a time step or have one value to average, so it stands on the input path.
  public init(for normalizer: some Normalizer) {
    self = normalizer.needsWholeSequence ? .inputPath : .timeStep
  }
}

/// A simple recurrent layer (Elman, 1990) with a normalizer, over time-major sequences.
///
/// Shapes: input [L, N, D], W_x [D, H], W_h [H, H], output [L, N, H]. The initial state is zero.
public struct RecurrentLayer<Scalar: TensorScalar>: Trainable, Sendable {
  /// W_x, with a bias where no normalizer follows.
  public var inputToHidden: Linear<Scalar>
  /// W_h.
  public var hiddenToHidden: Linear<Scalar>
  public var normalizer: (any Normalizer<Scalar>)?
  public let placement: RecurrentPlacement
  public let activation: Activation

  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    /// The states after each step, [L, N, H].
    let states: Tensor<Scalar>
    let inputPath: NormalizerCache<Scalar>?
    let timeSteps: [NormalizerCache<Scalar>]
  }

  private var hidden: Int { hiddenToHidden.weights.value.shape[0] }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (states: Tensor<Scalar>, cache: Cache) {
    let (steps, batch) = (input.shape[0], input.shape[1])
    var drive = inputToHidden.forward(input.reshaped(to: [steps * batch, input.shape[2]]))
      .reshaped(to: [steps, batch, hidden])
    var inputPath: NormalizerCache<Scalar>?
    if placement == .inputPath,
      let (output, cache) = try normalizer?.forward(drive, layout: .timeMajor, mode: mode)
    {
      (drive, inputPath) = (output, cache)
    }
    let normalizesSteps = placement == .timeStep && normalizer != nil
    var timeSteps: [NormalizerCache<Scalar>] = []
    var states: [Tensor<Scalar>] = []
    for step in 0..<steps {
      var sum = drive.slice(step)
      if let previous = states.last { sum.add(previous.times(hiddenToHidden.weights.value)) }
      if normalizesSteps, let (output, cache) = try normalizer?.forward(sum, layout: .timeMajor, mode: mode) {
        sum = output
        timeSteps.append(cache)
      }
      states.append(activation.forward(sum))
    }
    let stacked = Tensor(stacking: states)
    return (stacked, Cache(input: input, states: stacked, inputPath: inputPath, timeSteps: timeSteps))
  }

  /// Back-propagation through time over the whole sequence, given the gradient of every state.
  public mutating func backward(
    _ gradient: Tensor<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true
  ) -> Tensor<Scalar>? {
    let (steps, batch) = (cache.states.shape[0], cache.states.shape[1])
    let transposed = hiddenToHidden.weights.value.transposed()
    var drives: [Tensor<Scalar>] = []
    var fromNext: Tensor<Scalar>?
    for step in (0..<steps).reversed() {
      var upstream = gradient.slice(step)
      if let fromNext { upstream.add(fromNext) }
      var sum = activation.backward(upstream, output: cache.states.slice(step))
      if !cache.timeSteps.isEmpty, let result = normalizer?.backward(sum, cache: cache.timeSteps[step]) {
        sum = result
      }
      drives.append(sum)
      if step > 0 { fromNext = sum.times(transposed) }
    }
    var drive = Tensor(stacking: drives.reversed())
    if steps > 1 {
      let rows = (steps - 1) * batch
      hiddenToHidden.addGradients(
        drive.slices(1..<steps).reshaped(to: [rows, hidden]),
        input: cache.states.slices(0..<steps - 1).reshaped(to: [rows, hidden]))
    }
    if let path = cache.inputPath, let result = normalizer?.backward(drive, cache: path) { drive = result }
    let input = cache.input.reshaped(to: [steps * batch, cache.input.shape[2]])
    let flat = drive.reshaped(to: [steps * batch, hidden])
    guard isNeeded else {
      inputToHidden.addGradients(flat, input: input)
      return nil
    }
    return inputToHidden.backward(flat, input: input).reshaped(to: cache.input.shape)
  }

  public mutating func forEachParameter(_ body: (String, inout Parameter<Scalar>) -> Void) {
    inputToHidden.forEachParameter { body("inputToHidden.\($0)", &$1) }
    hiddenToHidden.forEachParameter { body("hiddenToHidden.\($0)", &$1) }
    normalizer?.state.forEachParameter { body("normalizer.\($0)", &$1) }
  }
}
