/// The normalizers and models that runs can name; a stranger's are added to ours.
public struct Catalogue: Sendable {
  public var normalizers: [NormalizerChoice]
  public var models: [ModelRecipe]

  public init(normalizers: [NormalizerChoice] = NormalizerChoice.all, models: [ModelRecipe] = ModelRecipe.all) {
    self.normalizers = normalizers
    self.models = models
  }

  public func normalizer(_ name: String) -> NormalizerChoice? { normalizers.first { $0.name == name } }

  public func model(_ name: String) -> ModelRecipe? { models.first { $0.name == name } }

  /// The words that a setting can have; `nil` where any that fits its domain will do.
  public func words(of setting: AnySetting) -> [String]? {
    switch setting.domain {
    case .words(let words): words
    case .names where setting.name == "norm": normalizers.map(\.name)
    case .names where setting.name == "model": models.map(\.name)
    case .names where setting.name == "data": DataSource.all.map(\.name)
    default: nil
    }
  }

  /// What a setting of names is when nothing is asked for: its standard, or the first name where that is not here.
  public func standardName(of setting: AnySetting) -> String {
    let words = words(of: setting) ?? []
    return words.contains(setting.standard) ? setting.standard : words.first ?? setting.standard
  }
}
