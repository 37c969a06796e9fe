/// Where statistics come from, and what becomes of them.
///
/// A normalizer that does not average over the batch does the same in every mode, and dropout drops in training alone.
public enum Mode: Hashable, Sendable, CaseIterable {
  /// Statistics of this input; those of a mini-batch are recorded as running statistics.
  case training
  /// Running statistics, where the normalizer averages over the batch.
  case inference
  /// As inference, but with the statistics of the mini-batch at hand; nothing is recorded.
  case batchInference
  /// As ``batchInference``, and the running statistics become those of the population: the plain average over all
  /// passes in this mode since the last one in training (Ioffe & Szegedy, 2015, Algorithm 2).
  case calibration

  /// Whether statistics of a mini-batch are recorded.
  package var records: Bool { self == .training || self == .calibration }
}
