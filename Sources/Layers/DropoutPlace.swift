/// Where a model drops elements.
public enum DropoutPlace: String, CaseIterable, Hashable, Sendable {
  /// Before the classifier alone (Srivastava et al., 2014).
  case classifier
  /// After every block or recurrent layer, also the last, but never on the way from one time step to the next (Zaremba,
  /// Sutskever & Vinyals, 2014).
  case layers
}
