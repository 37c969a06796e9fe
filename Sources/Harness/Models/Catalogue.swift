import Tensors

/// The normalizers and models that runs can name; a stranger's are added to ours.
public struct Catalogue: Sendable {
  public var normalizers: [NormalizerChoice]
  public var models: [ModelRecipe]

  /// - Precondition: no two have one name, and names are words: not empty, not `all`, without commas, quotes and white space.
  public init(normalizers: [NormalizerChoice] = NormalizerChoice.all, models: [ModelRecipe] = ModelRecipe.all) {
    for names in [normalizers.map(\.name), models.map(\.name)] {
      for (index, name) in names.enumerated() {
        require(
          Self.isName(name),
          "A name is a word without commas, quotes and white space, and not 'all'; one of \(names) is '\(name)'.")
        require(
          !names[..<index].contains(name), "Names tell apart what a run can name; '\(name)' is there twice: \(names).")
      }
    }
    self.normalizers = normalizers
    self.models = models
  }

  /// Whether a command line can name something so.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && name != "all" && !name.hasPrefix("-")
      && !name.contains { $0 == "," || $0 == "\"" || $0.isWhitespace }
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
