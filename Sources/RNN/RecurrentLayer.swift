import Foundation
import Layers
import Norms
import Tensors

/// A simple recurrent layer (Elman, 1990) with a normalizer, over time-major sequences.
///
/// Shapes: input [L, N, D], W_x [D, H], W_h [H, H], output [L, N, H]. The initial state is zero, or in training
/// noise. What is shared by the time steps, beside the maps, is what the ``RecurrentPlacement`` says.
public struct RecurrentLayer<Scalar: TensorScalar>: Trainable, Sendable {
  /// W_x, with a bias where no normalizer follows.
  public var inputToHidden: Linear<Scalar>
  /// W_h.
  public var hiddenToHidden: Linear<Scalar>
  public var normalizer: (any Normalizer<Scalar>)?
  /// On W_h h, where the placement has one there; it begins without a shift that is learned, which that of ``normalizer``
  /// would repeat.
  public var hiddenNormalizer: (any Normalizer<Scalar>)?
  /// What the initial state is in training; `nil` where it is zero.
  public var initialNoise: InitialNoise<Scalar>?
  /// Where the user wants the normalizer; `nil` leaves it to its axes.
  private let chosenPlacement: RecurrentPlacement?
  public let activation: Activation
  /// Of each time step, where the placement says so.
  private var (statistics, hiddenStatistics): ([RunningStatistics<Scalar>], [RunningStatistics<Scalar>]) = ([], [])

  public struct Cache: Sendable {
    let input: Tensor<Scalar>
    /// The states after each step, [L, N, H].
    let states: Tensor<Scalar>
    let inputPath: NormalizerCache<Scalar>?
    /// One for each time step of each piece of the batch.
    let timeSteps: [[TimeLoop<Scalar>.StepCache]]
    /// The initial state, [N, H]; `nil` if it is zero.
    let start: Tensor<Scalar>?
    let kind: String
  }

  /// A layer of these maps: W_x of shape [D, H] and W_h of shape [H, H].
  ///
  /// - Precondition: the shapes fit, and the normalizers, if there are any, have H channels; there is a hidden normalizer where
  ///   there is a normalizer and the placement is on the hidden path, and only there.
  public init(
    inputToHidden: Linear<Scalar>, hiddenToHidden: Linear<Scalar>, normalizer: (any Normalizer<Scalar>)?,
    hiddenNormalizer: (any Normalizer<Scalar>)? = nil, placement: RecurrentPlacement? = nil,
    activation: Activation = .tanh, initialNoise: InitialNoise<Scalar>? = nil
  ) {
    self.inputToHidden = inputToHidden
    self.hiddenToHidden = hiddenToHidden
    self.normalizer = normalizer
    self.hiddenNormalizer = hiddenNormalizer
    self.hiddenNormalizer?.state.learnsShift = false
    self.initialNoise = initialNoise
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
    for normalizer in [normalizer, hiddenNormalizer].compactMap(\.self) {
      require(
        normalizer.state.channels == input[1],
        "A normalizer of \(normalizer.state.channels) channels cannot stand in a layer of \(input[1]) units.")
    }
    require(
      (hiddenNormalizer != nil) == (normalizer != nil && placement.isOnHiddenPath),
      """
      A layer with \(normalizer == nil ? "no normalizer" : "a normalizer on \(placement.rawValue)") has \
      \(hiddenNormalizer == nil ? "none" : "one") on W_h h: there is one with hiddenPath and hiddenPathPerStep, and only there.
      """)
  }

  /// Where the normalizer stands.
  public var placement: RecurrentPlacement {
    chosenPlacement ?? normalizer.map { RecurrentPlacement(for: $0) } ?? .inputPath
  }

  private var hidden: Int { hiddenToHidden.weights.value.shape.last ?? 0 }

  /// The normalizers that stand within the time steps.
  private var stepNormalizers: StepNormalizers<Scalar> {
    get {
      guard let normalizer, placement != .inputPath else { return StepNormalizers() }
      let isPerStep = placement == .hiddenPathPerStep
      return StepNormalizers(
        sum: StepNormalizer(normalizer, statistics: isPerStep ? statistics : nil),
        hidden: hiddenNormalizer.map { StepNormalizer($0, statistics: isPerStep ? hiddenStatistics : nil) })
    }
    set {
      if let sum = newValue.sum { (normalizer, statistics) = (sum.normalizer, sum.statistics ?? []) }
      if let hidden = newValue.hidden {
        (hiddenNormalizer, hiddenStatistics) = (hidden.normalizer, hidden.statistics ?? [])
      }
    }
  }

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
      return try forwardChecked(input, mode: mode, watch: watch)
    } catch {
      throw .normalizer(layer: "normalizer", error)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func forwardChecked(
    _ input: Tensor<Scalar>, mode: Mode, watch: Watch<Scalar>?
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
    let loop = TimeLoop(recurrence, stepNormalizers)
    let start = initialNoise?.draw(shape: [shape[1], shape[2]], mode: mode, on: input.processor)
    let path = hiddenPath(from: start, rows: shape[1], on: input.processor)
    let seen = watch.map { _ in SharedBuffer<Scalar>(uninitialized: projection.count, on: input.processor) }
    let sequence = (consume projection).intoBuffer()
    let results = input.processor.map(pieces: loop.pieces.count, operations: recurrence.operations) {
      loop.forward(loop.pieces[$0], sequence, start: path, mode: mode, seen: seen)
    }
    var timeSteps: [[TimeLoop<Scalar>.StepCache]] = []
    for result in results {
      let (stepped, caches) = try result.get()
      timeSteps.append(caches)
      // A normalizer that records anything has gone through all steps with the whole batch.
      stepNormalizers = stepped
    }
    let states = Tensor(sequence, shape: shape)
    if let watch, let seen {
      watch.see(Tensor(seen, shape: shape), .preActivation, layout: .timeMajor)
      watch.see(states, .output, layout: .timeMajor)
    }
    let cache = Cache(
      input: input, states: states, inputPath: inputPath, timeSteps: timeSteps, start: start, kind: kind)
    return (states, cache)
  }

  /// W_h h_0, [N, H]; `nil` where no hidden path leads to the first step.
  ///
  /// A layer whose initial state is noise in training has such a path in inference, too: what a normalizer makes of zeros.
  private func hiddenPath(from start: Tensor<Scalar>?, rows: Int, on processor: Processor) -> Tensor<Scalar>? {
    if let start { return start.times(hiddenToHidden.weights.value) }
    guard initialNoise != nil && hiddenNormalizer != nil else { return nil }
    return Tensor(repeating: 0, shape: [rows, hidden], on: processor)
  }

  /// Back-propagation through time over the whole sequence, given the gradient of the states.
  ///
  /// - Precondition: `gradient` has the shape of the states or of the last one, and `cache` is of a forward pass of this
  ///   layer.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func backward(
    _ gradient: StateGradient<Scalar>, cache: Cache, inputGradient isNeeded: Bool = true, watch: Watch<Scalar>? = nil
  ) -> Tensor<Scalar>? {
    checkParts()
    let shape = cache.states.shape
    require(cache.kind == kind, "The cache is of a layer of \(cache.kind); this one has \(kind).")
    gradient.check(against: shape)
    let rows = [shape[0] * shape[1], hidden]
    let recurrence = Recurrence(
      shape, weights: hiddenToHidden.weights.value.transposed(), activation: activation)
    let loop = TimeLoop(recurrence, stepNormalizers)
    require(
      cache.timeSteps.count == loop.pieces.count,
      "The cache is of \(cache.timeSteps.count) pieces of a batch; this layer cuts it into \(loop.pieces.count).")
    let sequence = gradient.buffer(shape: shape)
    func buffer(if isNeeded: Bool) -> SharedBuffer<Scalar>? {
      isNeeded ? SharedBuffer(uninitialized: sequence.count, on: cache.states.processor) : nil
    }
    // Where each path has a normalizer of its own, the gradient of W_h h is another than that of W_x x.
    let (paths, seen) = (buffer(if: hiddenNormalizer != nil), buffer(if: watch != nil))
    let stepped = cache.states.processor.map(pieces: loop.pieces.count, operations: recurrence.operations) {
      loop.backward(
        loop.pieces[$0], sequence, states: cache.states, caches: cache.timeSteps[$0], adding: gradient.isOfAll,
        paths: paths, seen: seen)
    }
    if loop.pieces.count == 1 {
      stepNormalizers = stepped[0]
    } else {
      var whole = stepNormalizers
      for piece in stepped { whole.addGradients(of: piece) }
      stepNormalizers = whole
    }
    if let watch, let seen { watch.see(Tensor(seen, shape: shape), .outputGradient, layout: .timeMajor) }
    var projection = Tensor(sequence, shape: shape)
    addHiddenGradient(paths.map { Tensor($0, shape: shape) } ?? projection, cache)
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

  /// Adds to the gradient of W_h: Σ h_{t−1}ᵀ·g_t, with the gradient g_t of W_h h_{t−1} at each step, [L, N, H].
  private mutating func addHiddenGradient(_ gradient: Tensor<Scalar>, _ cache: Cache) {
    let (shape, batch) = (gradient.shape, gradient.shape[1])
    let rows = [shape[0] * batch, shape[2]]
    hiddenToHidden.weights.gradient.add(
      cache.states.reshaped(to: rows).transposedTimes(gradient.reshaped(to: rows), lag: batch))
    if let start = cache.start { hiddenToHidden.weights.gradient.add(start.transposedTimes(gradient.slice(0))) }
  }

  public mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    inputToHidden.visitState(visitor.within("inputToHidden"))
    hiddenToHidden.visitState(visitor.within("hiddenToHidden"))
    if placement.isOnHiddenPath {
      var normalizers = stepNormalizers
      normalizers.sum?.visitState(visitor.within("normalizer"))
      normalizers.hidden?.visitState(visitor.within("hiddenNormalizer"))
      stepNormalizers = normalizers
    } else {
      normalizer?.visitState(visitor.within("normalizer"))
    }
    initialNoise?.visitState(visitor.within("initialState"))
  }
}
