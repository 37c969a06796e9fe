import Foundation
import Layers
import Norms
import Tensors

/// A simple recurrent layer (Elman, 1990) with a normalizer, over time-major sequences.
///
/// Shapes: input [L, N, D], W_x [D, H], W_h [H, H], output [L, N, H]. The initial state is zero.
public struct RecurrentLayer<Scalar: TensorScalar>: Trainable, Sendable {
  /// W_x, with a bias where no normalizer follows.
  public var inputToHidden: Linear<Scalar>
  /// W_h.
  public var hiddenToHidden: Linear<Scalar>
  public var normalizer: (any Normalizer<Scalar>)?
  /// Where the user wants the normalizer; `nil` leaves it to its axes.
  private let chosenPlacement: RecurrentPlacement?
  public let activation: Activation

  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    /// The states after each step, [L, N, H].
    let states: Tensor<Scalar>
    let inputPath: NormalizerCache<Scalar>?
    /// One for each time step of each piece of the batch.
    let timeSteps: [[NormalizerCache<Scalar>]]
    let kind: String
  }

  /// A layer of these maps: W_x of shape [D, H] and W_h of shape [H, H].
  ///
  /// - Precondition: the shapes fit, and the normalizer, if there is one, has H channels.
  public init(
    inputToHidden: Linear<Scalar>, hiddenToHidden: Linear<Scalar>, normalizer: (any Normalizer<Scalar>)?,
    placement: RecurrentPlacement? = nil, activation: Activation = .tanh
  ) {
    self.inputToHidden = inputToHidden
    self.hiddenToHidden = hiddenToHidden
    self.normalizer = normalizer
    chosenPlacement = placement
    self.activation = activation
    checkParts()
  }

  /// Stops the program unless the parts fit each other; all of them can be replaced.
  private func checkParts() {
    let (input, hidden) = (inputToHidden.weights.value.shape, hiddenToHidden.weights.value.shape)
    require(
      hidden.count == 2 && input.count == 2 && hidden == [input[1], input[1]],
      "W_x of shape \(input) and W_h of shape \(hidden) do not make a recurrent layer: [D, H] and [H, H] would.")
    require(
      hiddenToHidden.bias == nil, "W_h has a bias of shape \(hiddenToHidden.bias?.value.shape ?? []), and not none.")
    if let normalizer {
      require(
        normalizer.state.channels == input[1],
        "A normalizer of \(normalizer.state.channels) channels cannot stand in a layer of \(input[1]) units.")
    }
  }

  /// Where the normalizer stands.
  public var placement: RecurrentPlacement {
    chosenPlacement ?? normalizer.map { RecurrentPlacement(for: $0) } ?? .inputPath
  }

  private var hidden: Int { hiddenToHidden.weights.value.shape.last ?? 0 }

  /// The normalizer if it stands within the time steps.
  private var stepNormalizer: (any Normalizer<Scalar>)? { placement == .timeStep ? normalizer : nil }

  /// What a cache is known by.
  private var kind: String {
    "\(hidden) units, \(activation.rawValue), \(normalizer == nil ? "no normalizer" : "a normalizer on \(placement.rawValue)")"
  }

  /// The states of all time steps of `input`, [L, N, D].
  ///
  /// - Returns: the states, [L, N, H], and what ``backward(_:cache:inputGradient:watch:)`` needs.
  /// - Throws: ``ModelError`` for an input of another shape, or one that the normalizer cannot take.
  public mutating func forward(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>? = nil
  ) throws(ModelError) -> (states: Tensor<Scalar>, cache: Cache) {
    checkParts()
    let inputs = inputToHidden.weights.value.shape[0]
    guard input.shape.count == 3, input.shape.allSatisfy({ $0 > 0 }), input.shape[2] == inputs else {
      throw .input(layer: "inputToHidden", expected: "[L, N, \(inputs)], at least one step", found: input.shape)
    }
    do {
      return try forwardChecked(input, mode: mode)
    } catch {
      throw .normalizer(layer: "normalizer", error)
    }
  }

  private mutating func forwardChecked(
    _ input: Tensor<Scalar>, mode: Mode
  ) throws(NormalizerError) -> (states: Tensor<Scalar>, cache: Cache) {
    let shape = [input.shape[0], input.shape[1], hidden]
    var projection = inputToHidden.forward(input.reshaped(to: [shape[0] * shape[1], input.shape[2]])).reshaped(
      to: shape)
    var inputPath: NormalizerCache<Scalar>?
    if placement == .inputPath,
      let (output, cache) = try normalizer?.forward(projection, layout: .timeMajor, mode: mode, activation: nil)
    {
      (projection, inputPath) = (output, cache)
    }
    require(
      projection.shape == shape,
      "The normalizer's output has the shape \(projection.shape), and not that of its input, \(shape).")
    let recurrence = Recurrence(shape, weights: hiddenToHidden.weights.value, activation: activation)
    let loop = TimeLoop(recurrence, stepNormalizer)
    let sequence = (consume projection).intoBuffer()
    let results = input.processor.map(pieces: loop.pieces.count, operations: recurrence.operations) {
      loop.forward(loop.pieces[$0], sequence, mode: mode)
    }
    var timeSteps: [[NormalizerCache<Scalar>]] = []
    for result in results {
      let (stepped, caches) = try result.get()
      timeSteps.append(caches)
      // A normalizer that records anything has gone through all steps with the whole batch.
      if let stepped { normalizer = stepped }
    }
    let states = Tensor(sequence, shape: shape)
    return (states, Cache(input: input, states: states, inputPath: inputPath, timeSteps: timeSteps, kind: kind))
  }

  /// Back-propagation through time over the whole sequence, given the gradient of the states.
  ///
  /// - Precondition: `gradient` has the shape of the states or of the last one, and `cache` is of a forward pass of this
  ///   layer.
  public mutating func backward(
    _ gradient: StateGradient<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true, watch: Watch<Scalar>? = nil
  ) -> Tensor<Scalar>? {
    checkParts()
    let (shape, batch) = (cache.states.shape, cache.states.shape[1])
    require(cache.kind == kind, "The cache is of a layer of \(cache.kind); this one has \(kind).")
    gradient.check(against: shape)
    let rows = [shape[0] * batch, hidden]
    let recurrence = Recurrence(
      shape, weights: hiddenToHidden.weights.value.transposed(), activation: activation)
    let loop = TimeLoop(recurrence, stepNormalizer)
    require(
      cache.timeSteps.count == loop.pieces.count,
      "The cache is of \(cache.timeSteps.count) pieces of a batch; this layer cuts it into \(loop.pieces.count).")
    let sequence = gradient.buffer(shape: shape)
    let stepped = cache.states.processor.map(pieces: loop.pieces.count, operations: recurrence.operations) {
      loop.backward(
        loop.pieces[$0], sequence, states: cache.states, caches: cache.timeSteps[$0], adding: gradient.isOfAll)
    }
    if loop.pieces.count == 1 {
      if let only = stepped[0] { normalizer = only }
    } else {
      for case .some(let piece) in stepped { normalizer?.addGradients(of: piece) }
    }
    var projection = Tensor(sequence, shape: shape)
    hiddenToHidden.weights.gradient.add(
      cache.states.reshaped(to: rows).transposedTimes(projection.reshaped(to: rows), lag: batch))
    if let path = cache.inputPath, let result = normalizer?.backward(projection, cache: path) {
      require(
        result.shape == shape,
        "The normalizer's gradient has the shape \(result.shape), and not that of its input, \(shape).")
      projection = result
    }
    let input = cache.input.reshaped(to: [rows[0], cache.input.shape[2]])
    guard isNeeded else {
      inputToHidden.addGradients(projection.reshaped(to: rows), input: input)
      return nil
    }
    return inputToHidden.backward(projection.reshaped(to: rows), input: input).reshaped(to: cache.input.shape)
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    inputToHidden.visitState(visitor.within("inputToHidden"))
    hiddenToHidden.visitState(visitor.within("hiddenToHidden"))
    normalizer?.visitState(visitor.within("normalizer"))
  }
}
