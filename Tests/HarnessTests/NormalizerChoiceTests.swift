import CNN
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

  @Test("Scale and shift are learned apart, and off is what it was")
  func learned() throws {
    let run = RunConfiguration(model: .cnn, norm: choice("batch"))
    for (value, names) in [
      (LearnedParameters.on, ["scale", "shift"]), (.off, []), (.scale, ["scale"]), (.shift, ["shift"]),
    ] {
      #expect(choice("batch").normalizer(channels: 4, in: run.with(.affine, value))?.parameters.map(\.name) == names)
    }
    #expect(run.with(.affine, .off)[Setting.affine.erased] == "off" && run[Setting.affine.erased] == "on")
  }

  @Test(
    "Noise comes after every normalizer, or in its place; each layer has its own, the same in every run",
    arguments: ["batch", "layer", "none", "dyt"])
  func noise(name: String) throws {
    var run = RunConfiguration(model: .cnn, norm: choice(name)).with(.normNoise, 2)
    run[.seed] = 5
    let made = try (0..<2).map { layer in
      try #require(choice(name).normalizer(channels: 4, in: run, layer: layer) as? InjectedNoise<Float>)
    }
    #expect(made.map(\.name) == ["layer0", "layer1"] && made.allSatisfy { $0.amount == 2 && $0.seed == 5 })
    #expect(made[0].parameters.map(\.name) == (name == "none" ? ["shift"] : made[0].normalizer.parameters.map(\.name)))
    let model = try Training(run, on: digits.get()).makeModel(on: .serial)
    let layers = try #require(model as? CNN<Float>).blocks.map { ($0.normalizer as? InjectedNoise<Float>)?.name }
    #expect(layers == ["layer0", "layer1"])
  }

  @Test("Statistics over parts are for normalizers that average over the batch, inside the noise")
  func parts() throws {
    var run = RunConfiguration(model: .cnn, norm: choice("batch")).with(.statisticsBatch, 8)
    let ghost = try #require(choice("batch").normalizer(channels: 4, in: run) as? GhostBatches<Float>)
    #expect(ghost.size == 8 && ghost.normalizer is BatchNorm<Float>)
    run[.normNoise] = 1
    let noise = try #require(choice("batch").normalizer(channels: 4, in: run) as? InjectedNoise<Float>)
    #expect(noise.normalizer is GhostBatches<Float>)
    let layer = RunConfiguration(model: .cnn, norm: choice("layer")).with(.statisticsBatch, 8)
    #expect(try Training(layer, on: digits.get()).configuration[.statisticsBatch] == 0)
  }
}
