import Foundation
import Tensors

/// What every run's numbers follow from, beside its configuration: raised with every change that gives a run other numbers.
///
/// It is part of a run's identity: what was recorded under other numerics is shown, never resumed or paired.
public let numerics = 2

/// Everything that determines the numbers of a run, and can be chosen.
///
/// Two runs with equal configurations on equal data give the same numbers, bit for bit. Values are stored by the column of
/// their ``Setting``; what stands at the setting's absent value is left out.
public struct RunConfiguration: Hashable, Sendable {
  private var texts: [String: String] = [:]

  /// What a model is trained with when nothing else is asked for.
  public init(model: ModelRecipe, norm: NormalizerChoice, data: String = "digits") {
    for setting in AnySetting.all { self[setting] = setting.standard }
    model.setDefaults(&self)
    self[.model] = model.name
    self[.norm] = norm.name
    self[.data] = data
    self[.placement] = .standard(of: norm, in: model)
  }

  /// A configuration from the columns of a file: a setting that the file does not have, or leaves empty, is absent.
  ///
  /// - Returns: `nil` if a value is none of its setting, which `flaw` then names.
  init?(columns: (AnySetting) -> String?, flaw: inout String?) {
    for setting in AnySetting.all {
      guard let text = columns(setting), !text.isEmpty, text != setting.absent else { continue }
      // Version 1 wrote nan where nothing was clipped.
      if text == "nan" { continue }
      guard let value = setting.canonical(text) else {
        flaw = "\(setting.column) '\(text)'"
        return nil
      }
      self[setting] = value
    }
  }

  public subscript<Value>(setting: Setting<Value>) -> Value {
    get { texts[setting.erased.column].flatMap(Value.init(settingText:)) ?? setting.absent }
    set { self[setting.erased] = newValue.settingText }
  }

  /// The value in its one spelling.
  public subscript(setting: AnySetting) -> String {
    get { texts[setting.column] ?? setting.absent }
    set { texts[setting.column] = newValue == setting.absent ? nil : newValue }
  }

  /// The same with `value` for a setting.
  public func with<Value>(_ setting: Setting<Value>, _ value: Value) -> RunConfiguration {
    var copy = self
    copy[setting] = value
    return copy
  }

  /// The same without a choice in some settings: what runs have in common that differ in nothing else.
  public func without(_ settings: [AnySetting]) -> RunConfiguration {
    var copy = self
    for setting in settings { copy[setting] = setting.absent }
    return copy
  }

  /// The same without what is of the evaluation alone: runs that have this in common are trained once.
  public var ofTraining: RunConfiguration { without(AnySetting.all.filter(\.isOfEvaluation)) }

  /// Every setting that is not absent, for a person to read.
  public var oneLine: String {
    AnySetting.all.filter { self[$0] != $0.absent }.map { "\($0.name) \(self[$0])" }.joined(separator: ", ")
  }

  /// A name for the run, which follows from the configuration, the data's bytes and the ``numerics``.
  ///
  /// It is an `r`, which keeps it from being read as a number, and 16 hexadecimal digits.
  public func identifier(fingerprint: String) -> String {
    let parts = texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let text = (parts + ["fingerprint=\(fingerprint)", "numerics=\(numerics)"]).joined(separator: "\n")
    return "r" + String(format: "%016lx", StableHash(of: text.utf8).value)
  }

  /// The settings in which runs of one model differ; those of the normalizer only if runs of one normalizer differ in them.
  ///
  /// Models have their own standards; where one has another value than its own, runs of different models are told apart, too.
  public static func varying(in configurations: some Sequence<RunConfiguration>) -> [AnySetting] {
    let models = Dictionary(grouping: configurations) { [$0[.model]] }.values
    let norms = Dictionary(grouping: configurations) { [$0[.model], $0[.norm]] }.values
    return AnySetting.all.filter { setting in
      !["model", "norm"].contains(setting.name)
        && (setting.isOfNormalizer ? norms : models).contains { kind in
          kind.contains { $0[setting] != kind[0][setting] }
        } || isUnusual(setting, in: models)
    }
  }

  /// Whether models differ in a setting, and not because each has its standard.
  private static func isUnusual(_ setting: AnySetting, in models: some Collection<[RunConfiguration]>) -> Bool {
    guard !setting.isOfNormalizer, setting.name != "data", Set(models.map { $0[0][setting] }).count > 1 else {
      return false
    }
    return models.contains { runs in
      guard let model = ModelRecipe.all.first(where: { $0.name == runs[0][.model] }),
        let norm = NormalizerChoice.all.first
      else { return false }
      return RunConfiguration(model: model, norm: norm)[setting] != runs[0][setting]
    }
  }
}
