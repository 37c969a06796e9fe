import Norms
import TestSupport
import Testing

@testable import Harness

@Suite struct NormalizerChoiceTests {
  @Test("A run can name every member of the family, as it is called in tests")
  func names() {
    let members = Member.allCases.filter { $0 != .positional }
    #expect(NormalizerChoice.all.map(\.name) == members.map(\.rawValue))
    for (choice, member) in zip(NormalizerChoice.all, members) {
      let chosen = choice.make(NormalizerSettings(channels: 8, groups: 2))
      let tested = member.make(Float.self, channels: 8)
      #expect(chosen.map { "\(type(of: $0))" } == tested.map { "\(type(of: $0))" })
      #expect(chosen?.state.groups == tested?.state.groups)
      #expect(choice.isNone == (member == .none))
    }
  }

  @Test(
    "Scale and shift are learned or not, as it is asked for", arguments: NormalizerChoice.all.map(\.name),
    [true, false])
  func affine(name: String, isAffine: Bool) throws {
    var settings = NormalizerSettings(channels: 8, groups: 2)
    settings.isAffine = isAffine
    guard let normalizer = choice(name).make(settings) else { return }
    let names = normalizer.parameters.map(\.name)
    #expect((names.contains("scale") && names.contains("shift")) == isAffine || name == "rms", "\(names)")
    #expect(names.contains("scale") == isAffine)
  }

  @Test("A normalizer stands where its kind can: over the sequence what mixes samples or needs positions")
  func places() {
    func places(_ model: ModelRecipe) -> [String] {
      NormalizerChoice.all.map { Placement.standard(of: $0, in: model).rawValue }
    }
    #expect(places(.cnn) == [String](repeating: "before", count: 8) && places(.mlp) == places(.cnn))
    // None, batch, layer, instance, group, RMS, batch renormalization, Dynamic Tanh.
    #expect(
      places(.rnn) == [
        "input-path", "input-path", "time-step", "input-path", "time-step", "time-step", "input-path", "time-step",
      ])
  }

  @Test("A catalogue has what it was given, by name")
  func catalogue() {
    let mine = NormalizerChoice("mine") { LayerNorm(channels: $0.channels) }
    let catalogue = Catalogue(normalizers: NormalizerChoice.all + [mine], models: [.cnn])
    #expect(catalogue.normalizer("mine")?.name == "mine" && catalogue.normalizer("batch")?.name == "batch")
    #expect(
      catalogue.normalizer("yours")?.name == nil && catalogue.model("rnn")?.name == nil
        && catalogue.model("cnn")?.name == "cnn")
    #expect(
      catalogue.words(of: Setting.norm.erased)?.last == "mine" && catalogue.words(of: Setting.model.erased) == ["cnn"])
    // Where the standard is not there, the first is.
    #expect(catalogue.standardName(of: Setting.norm.erased) == "layer")
    #expect(catalogue.standardName(of: Setting.model.erased) == "cnn")
    #expect(Catalogue(normalizers: [mine]).standardName(of: Setting.norm.erased) == "mine")
    #expect(Catalogue(normalizers: [mine]).standardName(of: Setting.model.erased) == "rnn")
  }
}
