/// Where the normalizer of a block stands.
public enum Placement: String, Hashable, Sendable, CaseIterable {
  /// Between the linear map and the activation, as the papers have it.
  case before
  /// After the activation.
  case after
}
