import Norms
import Tensors

/// The way of the pieces of a batch through time, in place: a step's sums become its states.
///
/// Rows of a batch do not need each other unless the normalizer mixes them, or records what it sees of them. Then they
/// go together.
struct TimeLoop<Scalar: TensorScalar> {
  private let recurrence: Recurrence<Scalar>
  private let normalizer: (any Normalizer<Scalar>)?
  let pieces: [Range<Int>]

  init(_ recurrence: Recurrence<Scalar>, _ normalizer: (any Normalizer<Scalar>)?) {
    self.recurrence = recurrence
    self.normalizer = normalizer
    let together = normalizer.map { $0.mixesSamples || $0.records } ?? false
    pieces = together ? [0..<recurrence.batch] : (0..<recurrence.pieces).map { recurrence.rows(of: $0) }
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

  /// Turns the gradient of the states into that of the input projection.
  ///
  /// Returns the normalizer with its gradients: of one of several pieces those of this piece alone, for all of them to be added
  /// up in the order of the pieces.
  func backward(
    _ rows: Range<Int>, _ sequence: SharedBuffer<Scalar>, states: Tensor<Scalar>, caches: [NormalizerCache<Scalar>],
    adding: Bool
  ) -> (any Normalizer<Scalar>)? {
    var normalizer = normalizer
    if pieces.count > 1 { normalizer?.clearGradients() }
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
