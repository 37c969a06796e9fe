import Norms

/// Where a run's normalizer stands, in any model.
public enum Placement: String, SettingValue, CaseIterable {
  /// Between the linear map and the activation.
  case before
  /// After the activation.
  case after
  /// On the input path of a recurrent layer: statistics over the whole sequence (Laurent et al., 2016).
  case inputPath = "input-path"
  /// Within each time step of a recurrent layer (Ba, Kiros & Hinton, 2016).
  case timeStep = "time-step"

  /// Where a normalizer stands in a model unless the user says otherwise; without one, the model's first place.
  public static func standard(of normalizer: NormalizerChoice, in model: ModelRecipe) -> Placement {
    normalizer.example.map(model.placement) ?? model.placements[0]
  }
}

extension Setting where Value == Placement {
  public static let placement = Setting(
    "placement",
    "where the normalizer stands: before or after the activation of the cnn and the mlp, on the input path or in each time step of the rnn",
    standard: .before)
}
