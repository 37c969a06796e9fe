import Layers
import Norms
import Tensors
import TestSupport
import Testing

@testable import RNN

@Suite struct InitialNoiseTests {
  private func draw(_ noise: inout InitialNoise<Double>, _ mode: Mode = .training) -> Tensor<Double>? {
    noise.draw(shape: [50, 40], mode: mode, on: .serial)
  }

  @Test("It is normal, with the deviation that was asked for")
  func distribution() throws {
    var noise = InitialNoise<Double>(deviation: 0.25, seed: 1, name: "layer0")
    let drawn = draw(&noise)
    let values = try #require(drawn).scalars.map { $0 / 0.25 }
    // Of 2,000 draws, with five standard errors.
    #expect(abs(values.reduce(0, +) / 2000) < 5 * 0.0224)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 2000 - 1) < 5 * 0.0316)
    #expect(abs(Double(values.count { abs($0) < 1 }) / 2000 - 0.6827) < 5 * 0.0104)
    #expect(abs(Double(values.count { abs($0) < 2 }) / 2000 - 0.9545) < 5 * 0.0047)
  }

  @Test("Each training pass, seed and name draws its own; a copy draws the same, and inference nothing")
  func streams() {
    var noise = InitialNoise<Double>(deviation: 1, seed: 1, name: "layer0")
    var (copy, other) = (noise, InitialNoise<Double>(deviation: 1, seed: 1, name: "layer1"))
    var seeded = InitialNoise<Double>(deviation: 1, seed: 2, name: "layer0")
    let first = draw(&noise)
    #expect(first != nil && draw(&copy) == first && draw(&other) != first && draw(&seeded) != first)
    #expect(draw(&noise, .inference) == nil)
    let second = draw(&noise)
    #expect(second != first && draw(&copy) == second)
    #expect(noise.snapshot().counters == ["passes": 2])
  }

  @Test("Every layer of a network has its own, which inference does without")
  func layers() throws {
    var configuration = RNN<Double>.Configuration(inputs: 3, classes: 2)
    (configuration.depth, configuration.width, configuration.initialNoise) = (2, 6, 0.5)
    var model = RNN<Double>(configuration, seed: 9) { LayerNorm(channels: $0) }
    #expect(model.layers.map { $0.initialNoise?.name } == ["layer0", "layer1"])
    #expect(model.layers.map { $0.initialNoise?.seed } == [9, 9])
    configuration.initialNoise = 0
    var quiet = RNN<Double>(configuration, seed: 9) { LayerNorm(channels: $0) }
    let input = Tensor<Double>.random([4, 3, 3], "sequences")
    #expect(try model.inference(input) == quiet.inference(input))
    #expect(quiet.snapshot().counters.isEmpty)
    let passes = try (0..<2).map { _ in try model.forward(input, mode: .training).logits }
    #expect(try passes[0] != passes[1] && passes[0] != quiet.forward(input, mode: .training).logits)
    #expect(model.snapshot().counters == ["layer0.initialState.passes": 2, "layer1.initialState.passes": 2])
  }
}
