import Tensors

/// What a normalizer that averages over the batch records: a mean and a variance for each statistic, of so many mini-batches.
///
/// A state has one of them. Where one normalizer stands in several places, as in each time step of a sequence, that of the
/// place can be exchanged with it before and after a pass.
package struct RunningStatistics<Scalar: TensorScalar>: Sendable {
  var mean: Tensor<Scalar>
  var variance: Tensor<Scalar>
  var batches = 0
  var calibrationPasses = 0

  /// Those of a place where nothing was recorded.
  package init() {
    mean = Tensor(repeating: 0, shape: [0])
    variance = Tensor(repeating: 1, shape: [0])
  }

  /// The names under which a state shows them.
  package static var names: Set<String> { ["runningMean", "runningVariance", "recordedBatches"] }
}
