import Norms

/// Where a recurrent layer's normalizer stands.
public enum RecurrentPlacement: String, Hashable, Sendable, CaseIterable {
  /// h_t = f(norm(W_x x_t) + W_h h_{t−1}): statistics over the whole sequence, on the input path alone
  /// (Laurent et al., 2016).
  case inputPath
  /// h_t = f(norm(W_x x_t + W_h h_{t−1})): statistics of each time step (Ba, Kiros & Hinton, 2016).
  case timeStep
  /// h_t = f(norm_x(W_x x_t) + norm_h(W_h h_{t−1})): two normalizers, statistics of each time step, running statistics that
  /// all steps share.
  case hiddenPath
  /// The same with running statistics for each time step (Cooijmans et al., 2016).
  ///
  /// Scale and shift are shared by the steps. Of a sequence that is longer than any seen, the steps at the end take the
  /// running statistics of the last.
  case hiddenPathPerStep

  /// The place that follows from the axes: a member that reduces the batch, or positions alone, would mix
  /// samples within a time step or have one value to average, so it stands on the input path.
  public init(for normalizer: some Normalizer) {
    self = normalizer.needsWholeSequence ? .inputPath : .timeStep
  }

  /// Whether a second normalizer stands on W_h h.
  public var isOnHiddenPath: Bool { self == .hiddenPath || self == .hiddenPathPerStep }
}
