import Layers
import Norms
import Tensors

/// The way of the pieces of a batch through time, in place: a step's sums become its states.
///
/// Rows of a batch do not need each other unless a normalizer mixes them, or records what it sees of them. Then they
/// go together.
struct TimeLoop<Scalar: TensorScalar> {
  private let recurrence: Recurrence<Scalar>
  private let normalizers: StepNormalizers<Scalar>
  let pieces: [Range<Int>]

  init(_ recurrence: Recurrence<Scalar>, _ normalizers: StepNormalizers<Scalar>) {
    self.recurrence = recurrence
    self.normalizers = normalizers
    pieces =
      normalizers.needWholeBatch ? [0..<recurrence.batch] : (0..<recurrence.pieces).map { recurrence.rows(of: $0) }
  }

  /// What the normalizers of a step need on the way back.
  struct StepCache: Sendable {
    var sum, hidden: NormalizerCache<Scalar>?
  }

  /// Goes through all steps.
  ///
  /// - Parameters:
  ///   - rows: a piece of the batch.
  ///   - sequence: W_x x_t of each step, [L, N, H], which becomes its state.
  ///   - start: W_h h_0, [N, H]; `nil` where no hidden path leads to the first step.
  ///   - mode: training or inference.
  ///   - seen: takes what the activations are given, if anybody looks.
  /// - Returns: the normalizers as they are after the last step, and what the steps need on the way back.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func forward(
    _ rows: Range<Int>, _ sequence: SharedBuffer<Scalar>, start: Tensor<Scalar>?, mode: Mode,
    seen: SharedBuffer<Scalar>?
  ) -> Result<(StepNormalizers<Scalar>, [StepCache]), NormalizerError> {
    Result { () throws(NormalizerError) in
      var normalizers = normalizers
      var caches: [StepCache] = []
      for step in 0..<recurrence.steps {
        var cache = StepCache()
        var isActivated = false
        if normalizers.hidden != nil {
          cache = try addNormalized(rows, step, sequence, start, &normalizers, mode)
        } else {
          add(rows, step, sequence, start)
          if let (output, own) = try normalizers.sum?.forward(
            recurrence.copy(rows, ofStep: step, of: sequence), step: step, mode: mode,
            activation: seen == nil ? recurrence.activation : nil)
          {
            recurrence.replace(rows, ofStep: step, of: sequence, by: output)
            (cache.sum, isActivated) = (own, seen == nil)
          }
        }
        if let seen {
          recurrence.replace(rows, ofStep: step, of: seen, by: recurrence.copy(rows, ofStep: step, of: sequence))
        }
        if !isActivated { recurrence.activate(rows, ofStep: step, of: sequence) }
        caches.append(cache)
      }
      return (normalizers, caches)
    }
  }

  /// Adds the hidden path to a step.
  private func add(_ rows: Range<Int>, _ step: Int, _ sequence: SharedBuffer<Scalar>, _ start: Tensor<Scalar>?) {
    if step > 0 {
      recurrence.multiply(rows, ofStep: step - 1, intoStep: step, of: sequence, adding: true)
    } else if let start {
      let sum = recurrence.copy(rows, ofStep: step, of: sequence).plus(start.slices(rows))
      recurrence.replace(rows, ofStep: step, of: sequence, by: sum)
    }
  }

  /// Normalizes the two paths that lead to a step, each by itself, and adds them.
  private func addNormalized(
    _ rows: Range<Int>, _ step: Int, _ sequence: SharedBuffer<Scalar>, _ start: Tensor<Scalar>?,
    _ normalizers: inout StepNormalizers<Scalar>, _ mode: Mode
  ) throws(NormalizerError) -> StepCache {
    var cache = StepCache()
    var sum = recurrence.copy(rows, ofStep: step, of: sequence)
    if let (output, own) = try normalizers.sum?.forward(sum, step: step, mode: mode) {
      (sum, cache.sum) = (output, own)
    }
    if step > 0 { recurrence.multiply(rows, ofStep: step - 1, intoStep: step, of: sequence, adding: false) }
    let path = step > 0 ? recurrence.copy(rows, ofStep: step, of: sequence) : start?.slices(rows)
    if let path, let (output, own) = try normalizers.hidden?.forward(path, step: step, mode: mode) {
      sum.add(output)
      cache.hidden = own
    }
    recurrence.replace(rows, ofStep: step, of: sequence, by: sum)
    return cache
  }

  /// Turns the gradient of the states into that of the input projection.
  ///
  /// - Parameters:
  ///   - rows: a piece of the batch.
  ///   - sequence: the gradient of the states, [L, N, H], or of the last of them.
  ///   - states: what the forward pass came to.
  ///   - caches: what it left of this piece.
  ///   - adding: whether the gradient is of all states.
  ///   - paths: takes the gradient of W_h h of each step where it is not that of W_x x.
  ///   - seen: takes the gradient of each state, by all ways that lead from it, if anybody looks.
  /// - Returns: the normalizers with their gradients: of one of several pieces those of this piece alone, for all of them to be
  ///   added up in the order of the pieces.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func backward(
    _ rows: Range<Int>, _ sequence: SharedBuffer<Scalar>, states: Tensor<Scalar>, caches: [StepCache], adding: Bool,
    paths: SharedBuffer<Scalar>?, seen: SharedBuffer<Scalar>?
  ) -> StepNormalizers<Scalar> {
    var normalizers = normalizers
    if pieces.count > 1 { normalizers.clearGradients() }
    for step in (0..<recurrence.steps).reversed() {
      if step + 1 < recurrence.steps {
        recurrence.multiply(rows, ofStep: step + 1, in: paths, intoStep: step, of: sequence, adding: adding)
      }
      if let seen {
        recurrence.replace(rows, ofStep: step, of: seen, by: recurrence.copy(rows, ofStep: step, of: sequence))
      }
      recurrence.differentiate(rows, ofStep: step, of: sequence, states: states)
      let cache = caches[step]
      guard let own = cache.sum else { continue }
      let gradient = recurrence.copy(rows, ofStep: step, of: sequence)
      if let paths, let own = cache.hidden, let result = normalizers.hidden?.normalizer.backward(gradient, cache: own) {
        recurrence.replace(rows, ofStep: step, of: paths, by: result)
      }
      if let result = normalizers.sum?.normalizer.backward(gradient, cache: own) {
        recurrence.replace(rows, ofStep: step, of: sequence, by: result)
      }
    }
    return normalizers
  }
}
