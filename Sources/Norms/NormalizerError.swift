import Tensors

/// Why an input cannot be normalized, and what to do about it.
public enum NormalizerError: Error, Equatable, CustomStringConvertible {
  /// The input's shape has no axis of `channels` channels where the layout puts it.
  case shape(found: [Int], channels: Int, layout: TensorLayout)
  /// Each statistic would be that of a single value, whose normalized value says nothing of it.
  case oneValuePerStatistic(shape: [Int], layout: TensorLayout)
  /// The running statistics are not as many as the input asks for.
  case runningStatistics(recorded: Int, needed: Int)
  /// Running statistics that cannot be any.
  case invalidRunningStatistics(String)

  public var description: String {
    switch self {
    case .shape(let found, let channels, let layout):
      let expected =
        switch layout {
        case .channelsFirst: "[N, \(channels)], [N, \(channels), L] or [N, \(channels), H, W]"
        case .channelsLast: "[N, \(channels)], [N, L, \(channels)] or [N, H, W, \(channels)]"
        case .timeMajor: "[N, \(channels)], [L, N, \(channels)] or [H, W, N, \(channels)]"
        }
      return """
        A normalizer of \(channels) channels takes a non-empty input of shape \(expected) in the layout \(layout.rawValue), not \
        \(found). Give the layout that the input has, or make the normalizer with its number of channels.
        """
    case .oneValuePerStatistic(let shape, let layout):
      return """
        An input of shape \(shape) in the layout \(layout.rawValue) leaves one value to each statistic, so the output would not \
        depend on the input. Use more samples or more positions, larger groups, or a normalizer that averages over more axes.
        """
    case .runningStatistics(let recorded, let needed):
      return """
        This input needs \(needed) running statistics and \(recorded) are recorded. Train on inputs of this shape first: \
        a normalizer that keeps the position has statistics for each of them.
        """
    case .invalidRunningStatistics(let flaw):
      return
        "Running statistics are a mean and a variance for each statistic, finite and no variance negative; \(flaw)."
    }
  }
}
