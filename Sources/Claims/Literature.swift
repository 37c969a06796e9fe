/// What is said of normalization.
public enum Literature {
  /// Every claim, in the order of the list.
  ///
  /// The next one is a file beside the others and a word here.
  public static let claims: [any Claim] = [
    Convergence(), LearningRate(), InitScale(), BatchSize(), Family(), StatisticsOfInference(), Regularization(),
    InternalShift(), Smoothness(), GradientFlow(), AffineParameters(), CovariateShift(), WhiteningCost(),
    PlacementOrder(), Recurrent(), Sanity(),
  ]
}
