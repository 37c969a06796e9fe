/// Something that a run can vary in, declared once.
///
/// From the declaration follow the option of the command line, the list that spans a grid, the CSV column, the run's
/// identity, and the words in tables and lines of progress. It stands beside its use, and in ``AnySetting/all``:
///
/// ```swift
/// extension Setting where Value == Double {
///   static let momentum = Setting("momentum", "the weight of the last step in the next", .numbers(0..<1), standard: 0.9)
/// }
/// let momentum = configuration[.momentum]
/// ```
public struct Setting<Value: SettingValue>: Sendable {
  /// What is the same for every kind of value.
  public let erased: AnySetting
  let absent: Value

  /// - Parameters:
  ///   - name: of the option; the column has underscores for its hyphens.
  ///   - help: what it is, in a few words, with its unit.
  ///   - domain: what it can be.
  ///   - standard: what it is when nothing is asked for, unless the model says otherwise.
  ///   - absent: what it was in runs recorded before there was such a setting: what it is when it does nothing. It is left out
  ///     of a run's identity, so that a new setting renames no run, and must never change.
  ///   - tuned: the factors on the standard value between which tuning looks; `nil` for what is not tuned.
  ///   - isOfEveryModel: whether it is every model's; otherwise it is of those whose recipe names it.
  ///   - isOfEvaluation: whether it changes nothing in training: runs that differ in nothing else are trained once.
  ///   - applies: whether it changes anything in a run; where not, it stands at `absent`.
  public init(
    _ name: String, _ help: String, _ domain: SettingDomain, standard: Value, absent: Value? = nil,
    tuned: ClosedRange<Double>? = nil, isOfEveryModel: Bool = true, isOfEvaluation: Bool = false,
    applies: @escaping @Sendable (RunConfiguration, NormalizerChoice) -> Bool = { _, _ in true }
  ) {
    self.init(
      name, help, domain, standard: standard, absent: absent, tuned: tuned, isOfEveryModel: isOfEveryModel,
      isOfEvaluation: isOfEvaluation, onlyIfNamed: [], applies: applies)
  }

  fileprivate init(
    _ name: String, _ help: String, _ domain: SettingDomain, standard: Value, absent: Value?,
    tuned: ClosedRange<Double>?, isOfEveryModel: Bool, isOfEvaluation: Bool, onlyIfNamed: [Value],
    applies: @escaping @Sendable (RunConfiguration, NormalizerChoice) -> Bool
  ) {
    self.absent = absent ?? standard
    erased = AnySetting(
      name: name, column: String(name.map { $0 == "-" ? "_" : $0 }), help: help, domain: domain,
      standard: standard.settingText, absent: self.absent.settingText,
      tuned: tuned, isOfEveryModel: isOfEveryModel,
      onlyIfNamed: onlyIfNamed.map(\.settingText), isOfEvaluation: isOfEvaluation, applies: applies,
      canonical: { text in
        guard let value = Value(settingText: text), domain.contains(value.settingText) else { return nil }
        return value.settingText
      })
  }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
  /// A setting whose values are the words of a kind; `all` does not mean those that are `onlyIfNamed`.
  public init(
    _ name: String, _ help: String, standard: Value, absent: Value? = nil, isOfEveryModel: Bool = true,
    isOfEvaluation: Bool = false, onlyIfNamed: [Value] = [],
    applies: @escaping @Sendable (RunConfiguration, NormalizerChoice) -> Bool = { _, _ in true }
  ) {
    self.init(
      name, help, .words(Value.allCases.map(\.rawValue)), standard: standard, absent: absent, tuned: nil,
      isOfEveryModel: isOfEveryModel, isOfEvaluation: isOfEvaluation, onlyIfNamed: onlyIfNamed, applies: applies)
  }
}

extension Setting where Value == Bool {
  /// A setting that is on or off.
  public init(
    _ name: String, _ help: String, standard: Bool,
    applies: @escaping @Sendable (RunConfiguration, NormalizerChoice) -> Bool = { _, _ in true }
  ) {
    self.init(name, help, .words(["on", "off"]), standard: standard, applies: applies)
  }
}

/// A setting of any kind of value; values are text in their one spelling.
public struct AnySetting: Sendable {
  public let name: String
  /// The name of the CSV column.
  public let column: String
  public let help: String
  public let domain: SettingDomain
  public let standard: String
  public let absent: String
  /// The factors on the standard value between which tuning looks.
  public let tuned: ClosedRange<Double>?
  /// Whether it is a setting of every model, or only of those whose recipe names it.
  public let isOfEveryModel: Bool
  /// The words that `all` does not mean.
  public let onlyIfNamed: [String]
  /// Whether it changes nothing in training.
  public let isOfEvaluation: Bool
  let applies: @Sendable (RunConfiguration, NormalizerChoice) -> Bool
  /// The one spelling of a text, or `nil` if it is none of the values.
  public let canonical: @Sendable (String) -> String?

  /// Whether it changes anything in a run of a model.
  func concerns(_ run: RunConfiguration, _ model: ModelRecipe, _ normalizer: NormalizerChoice) -> Bool {
    (isOfEveryModel || model.settings.contains { $0.name == name }) && applies(run, normalizer)
  }

  /// The same of a run that the catalogue may not have; then it does.
  func concerns(_ run: RunConfiguration, in catalogue: Catalogue) -> Bool {
    guard let model = catalogue.model(run[.model]), let normalizer = catalogue.normalizer(run[.norm]) else {
      return true
    }
    return concerns(run, model, normalizer)
  }
}

/// What values a setting can have.
public enum SettingDomain: Sendable {
  /// One of these words.
  case words([String])
  /// A name that a ``Catalogue`` has.
  case names
  case integers(ClosedRange<Int>)
  case numbers(NumberRange)

  /// Whether a value in its one spelling is among them.
  func contains(_ text: String) -> Bool {
    switch self {
    case .words(let words): words.contains(text)
    case .names: !text.isEmpty
    case .integers(let range): Int(text).map(range.contains) ?? false
    case .numbers(let range): Double(text).map(range.contains) ?? false
    }
  }

  /// The values in words: `numbers above 0`.
  public var text: String {
    switch self {
    case .words(let words): words.joined(separator: ", ")
    case .names: "names"
    case .integers(let range) where range.upperBound == .max: "whole numbers, \(range.lowerBound) or more"
    case .integers(let range): "whole numbers, \(range.lowerBound) to \(range.upperBound)"
    case .numbers(let range): "numbers \(range.text)"
    }
  }
}

/// A range of finite numbers that begins at 0.
public struct NumberRange: Sendable {
  public let text: String
  /// Whether 0 is one of them.
  package let hasZero: Bool
  /// What all of them are below.
  package let end: Double

  public static let positive = NumberRange(text: "above 0", hasZero: false, end: .infinity)
  public static let notNegative = NumberRange(text: "of 0 or more", hasZero: true, end: .infinity)
  public static let share = NumberRange(text: "from 0 to below 1", hasZero: true, end: 1)

  func contains(_ number: Double) -> Bool { (hasZero ? number >= 0 : number > 0) && number < end }
}
