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
    /// One for each time step of each piece of the batch.
    let timeSteps: [[NormalizerCache<Scalar>]]
  }

  private var hidden: Int { hiddenToHidden.weights.value.shape[0] }

  /// The normalizer if it stands within the time steps.
  private var stepNormalizer: (any Normalizer<Scalar>)? { placement == .timeStep ? normalizer : nil }

  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (states: Tensor<Scalar>, cache: Cache) {
    let shape = [input.shape[0], input.shape[1], hidden]
    var drive = inputToHidden.forward(input.reshaped(to: [shape[0] * shape[1], input.shape[2]])).reshaped(to: shape)
    var inputPath: NormalizerCache<Scalar>?
    if placement == .inputPath,
      let (output, cache) = try normalizer?.forward(drive, layout: .timeMajor, mode: mode)
    {
      (drive, inputPath) = (output, cache)
    }
    let recurrence = Recurrence(shape, weights: hiddenToHidden.weights.value, activation: activation)
    let walks = Walks(recurrence, stepNormalizer)
    let sequence = (consume drive).intoBuffer()
    let results = input.processor.map(pieces: walks.pieces.count, operations: recurrence.operations) {
      walks.forward(walks.pieces[$0], sequence, mode: mode)
    }
    var timeSteps: [[NormalizerCache<Scalar>]] = []
    for result in results {
      let (walked, caches) = try result.get()
      timeSteps.append(caches)
      // Only a normalizer that mixes samples records anything, and then there is one piece.
      if let walked { normalizer = walked }
    }
    let states = Tensor(sequence, shape: shape)
    return (states, Cache(input: input, states: states, inputPath: inputPath, timeSteps: timeSteps))
  }

  /// Back-propagation through time over the whole sequence, given the gradient of the states.
  public mutating func backward(
    _ gradient: StateGradient<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true
  ) -> Tensor<Scalar>? {
    let (shape, batch) = (cache.states.shape, cache.states.shape[1])
    let rows = [shape[0] * batch, hidden]
    let recurrence = Recurrence(
      shape, weights: hiddenToHidden.weights.value.transposed(), activation: activation)
    var start = stepNormalizer
    start?.state.clearGradients()
    let walks = Walks(recurrence, start)
    let sequence = gradient.buffer(shape: shape)
    let walked = cache.states.processor.map(pieces: walks.pieces.count, operations: recurrence.operations) {
      walks.backward(
        walks.pieces[$0], sequence, states: cache.states, caches: cache.timeSteps[$0], adding: gradient.isOfAll)
    }
    for case .some(let walked) in walked {
      normalizer?.state.scale.gradient.add(walked.state.scale.gradient)
      normalizer?.state.shift.gradient.add(walked.state.shift.gradient)
    }
    var drive = Tensor(sequence, shape: shape)
    hiddenToHidden.weights.gradient.add(
      cache.states.reshaped(to: rows).transposedTimes(drive.reshaped(to: rows), lag: batch))
    if let path = cache.inputPath, let result = normalizer?.backward(drive, cache: path) { drive = result }
    let input = cache.input.reshaped(to: [rows[0], cache.input.shape[2]])
    guard isNeeded else {
      inputToHidden.addGradients(drive.reshaped(to: rows), input: input)
      return nil
    }
    return inputToHidden.backward(drive.reshaped(to: rows), input: input).reshaped(to: cache.input.shape)
  }

  public mutating func forEachParameter(_ body: (String, inout Parameter<Scalar>) -> Void) {
    inputToHidden.forEachParameter { body("inputToHidden.\($0)", &$1) }
    hiddenToHidden.forEachParameter { body("hiddenToHidden.\($0)", &$1) }
    normalizer?.state.forEachParameter { body("normalizer.\($0)", &$1) }
  }
}

/// The gradient of a recurrent layer's states.
public enum StateGradient<Scalar: TensorScalar>: Sendable {
  /// Of every state, [L, N, H].
  case all(Tensor<Scalar>)
  /// Of the last state, [N, H], where nothing else uses the others.
  case last(Tensor<Scalar>)

  fileprivate var isOfAll: Bool {
    if case .all = self { true } else { false }
  }

  /// Memory of the given shape whose last time step, or all of it, holds the gradient.
  fileprivate func buffer(shape: [Int]) -> SharedBuffer<Scalar> {
    switch self {
    case .all(let gradient): return SharedBuffer(gradient)
    case .last(let gradient): return SharedBuffer(endingWith: gradient, count: shape.reduce(1, *))
    }
  }
}

/// The walks of the pieces of a batch through time, in place: a step's sums become its states.
///
/// Rows of a batch do not need each other unless the normalizer mixes them. Then they walk together.
private struct Walks<Scalar: TensorScalar> {
  private let recurrence: Recurrence<Scalar>
  private let normalizer: (any Normalizer<Scalar>)?
  let pieces: [Range<Int>]

  init(_ recurrence: Recurrence<Scalar>, _ normalizer: (any Normalizer<Scalar>)?) {
    self.recurrence = recurrence
    self.normalizer = normalizer
    pieces =
      normalizer?.mixesSamples == true
      ? [0..<recurrence.batch] : (0..<recurrence.pieces).map { recurrence.rows(of: $0) }
  }

  /// Returns the normalizer as it is after the last step, and what its steps need on the way back.
  func forward(
    _ rows: Range<Int>, _ sequence: SharedBuffer<Scalar>, mode: Mode
  ) -> Result<((any Normalizer<Scalar>)?, [NormalizerCache<Scalar>]), NormalizerError> {
    Result { () throws(NormalizerError) in
      var normalizer = normalizer
      var caches: [NormalizerCache<Scalar>] = []
      for step in 0..<recurrence.steps {
        if step > 0 { recurrence.multiply(rows, ofStep: step - 1, intoStep: step, of: sequence, adding: true) }
        if let (output, cache) = try normalizer?.forward(
          recurrence.copy(rows, ofStep: step, of: sequence), layout: .timeMajor, mode: mode,
          activation: recurrence.activation)
        {
          recurrence.replace(rows, ofStep: step, of: sequence, by: output)
          caches.append(cache)
        } else {
          recurrence.activate(rows, ofStep: step, of: sequence)
        }
      }
      return (normalizer, caches)
    }
  }

  /// Turns the gradient of the states into that of the drive; returns the normalizer with its gradients added to.
  func backward(
    _ rows: Range<Int>, _ sequence: SharedBuffer<Scalar>, states: Tensor<Scalar>, caches: [NormalizerCache<Scalar>],
    adding: Bool
  ) -> (any Normalizer<Scalar>)? {
    var normalizer = normalizer
    for step in (0..<recurrence.steps).reversed() {
      if step + 1 < recurrence.steps {
        recurrence.multiply(rows, ofStep: step + 1, intoStep: step, of: sequence, adding: adding)
      }
      recurrence.differentiate(rows, ofStep: step, of: sequence, states: states)
      if let result = normalizer?.backward(recurrence.copy(rows, ofStep: step, of: sequence), cache: caches[step]) {
        recurrence.replace(rows, ofStep: step, of: sequence, by: result)
      }
    }
    return normalizer
  }
}
