import Layers
import Norms
import RNN
import Tensors
import Testing

@testable import Harness

@Suite struct PlacementTests {
  @Test("Some places are only for who asks for them: none of them is anybody's standard")
  func onlyIfNamed() {
    #expect(Setting.placement.erased.onlyIfNamed == ["hidden-path", "hidden-path-per-step"])
    for model in ModelRecipe.all {
      for norm in NormalizerChoice.all {
        #expect(!Harness.Placement.onlyIfNamed.contains(.standard(of: norm, in: model)))
      }
    }
    #expect(AnySetting.all.allSatisfy { $0.name == "placement" || $0.onlyIfNamed.isEmpty })
  }

  @Test("Without a normalizer, they are the model's first place", arguments: Harness.Placement.onlyIfNamed)
  func none(place: Harness.Placement) throws {
    let run = RunConfiguration.made(.rnn, "none").with(.placement, place)
    #expect(try Training(run, on: .numbered()).configuration[.placement] == .inputPath)
  }

  @Test(
    "The initial γ is that of both normalizers, and the noise that of the initial state",
    arguments: Harness.Placement.onlyIfNamed)
  func made(place: Harness.Placement) throws {
    var run = RunConfiguration.made(.rnn, "batch").with(.placement, place).with(.initialGamma, 0.1)
    run[.initialNoise] = 0.25
    let norm = choice("batch")
    let model = ModelRecipe.rnn.make(run, .numbered(), .serial) { [run] in norm.normalizer(channels: $0, in: run) }
    let layer = try #require((model as? RNN<Float>)?.layers[0])
    #expect(layer.placement == (place == .hiddenPath ? .hiddenPath : .hiddenPathPerStep))
    for normalizer in [layer.normalizer, layer.hiddenNormalizer] {
      #expect(normalizer?.state.scale.value.scalars == [Float](repeating: 0.1, count: 64))
    }
    #expect(layer.initialNoise?.deviation == 0.25)
    (run[.width], run[.epochs]) = (4, 1)
    let result = try Training(run, on: .numbered()).run(on: .serial)
    // W_x, W_h, two scales and a shift, and the classifier of two classes.
    #expect(result.record[.parameters] == Double(8 + 16 + 12 + 10))
  }
}
