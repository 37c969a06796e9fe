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
  /// Two normalizers within each time step of a recurrent layer, of W_x x and of W_h h; steps share running statistics.
  case hiddenPath = "hidden-path"
  /// The same with running statistics for each time step (Cooijmans et al., 2016).
  case hiddenPathPerStep = "hidden-path-per-step"

  /// The places that `all` does not mean: they are for who asks for them.
  public static let onlyIfNamed: [Placement] = [.hiddenPath, .hiddenPathPerStep]
  /// Those that it means.
  public static let meantByAll = allCases.filter { !onlyIfNamed.contains($0) }

  /// Where a normalizer stands in a model unless the user says otherwise; without one, the model's first place.
  public static func standard(of normalizer: NormalizerChoice, in model: ModelRecipe) -> Placement {
    normalizer.example.map(model.placement) ?? model.placements[0]
  }
}

extension Setting where Value == Placement {
  public static let placement = Setting(
    "placement",
    "where the normalizer stands: before or after the activation of the cnn and the mlp; in the rnn, on the input path, in each "
      + "time step, or there on both paths, with running statistics that the steps share or each its own",
    standard: .before, onlyIfNamed: Placement.onlyIfNamed)
}
