import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

@Suite struct RNNObserverTests {
  /// So many that those who need not go together go in two pieces.
  private let sequences = Tensor<Double>.random([19, 4, 3], "sequences")
  private let upstream = Tensor<Double>.random([19, 3], "upstream")

  private func network(
    _ norm: Member, _ placement: RecurrentPlacement, _ activation: Activation = .tanh, depth: Int = 1, noise: Double = 0
  ) -> RNN<Double> {
    var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
    (configuration.width, configuration.depth, configuration.activation) = (6, depth, activation)
    (configuration.placement, configuration.initialNoise) = (placement, noise)
    var model = RNN(configuration, seed: 1, normalizer: norm.factory())
    ParameterAccess<RNN<Double>> { $0.forEachParameter($1) }.randomize(&model)
    return model
  }

  @Test(
    "A watched pass has the bits of one that nobody watches",
    arguments: Member.allCases.filter { $0 != .instance },
    Activation.allCases.flatMap { activation in RecurrentPlacement.allCases.map { (activation, $0) } })
  func bits(norm: Member, form: (activation: Activation, placement: RecurrentPlacement)) throws {
    let model = network(norm, form.placement, form.activation, depth: 2, noise: 0.3)
    let sightings = Sightings<Double>()
    let alone = try trainingPass(model, on: sequences, upstream: upstream)
    let watched = try trainingPass(model, on: sequences, upstream: upstream, watch: Watch(sightings))
    #expect(watched.logits == alone.logits && watched.gradients == alone.gradients && watched.state == alone.state)
    #expect(sightings.all.map(\.layer) == ["layer0", "layer0", "layer1", "layer1", "layer1", "layer0"])
    let forward: [Signal] = [.preActivation, .output, .preActivation, .output]
    #expect(sightings.all.map(\.signal) == forward + [.outputGradient, .outputGradient])
    #expect(sightings.all.allSatisfy { $0.layout == .timeMajor && $0.tensor.shape == [4, 19, 6] })
  }

  /// A layer and a place for each of its ways through time.
  private static let forms: [(Member, RecurrentPlacement)] = [
    (.none, .inputPath), (.batch, .inputPath), (.layer, .timeStep), (.batch, .hiddenPath), (.layer, .hiddenPathPerStep),
  ]

  @Test(
    "What is seen of each step is what the activation takes, the state, and its gradient by all ways", arguments: forms)
  func signals(norm: Member, placement: RecurrentPlacement) throws {
    let model = network(norm, placement)
    let sightings = Sightings<Double>()
    _ = try trainingPass(model, on: sequences, upstream: upstream, watch: Watch(sightings))
    let taken = try #require(sightings.tensors(.preActivation, of: "layer0").first)
    let states = try #require(sightings.tensors(.output, of: "layer0").first)
    let gradient = try #require(sightings.tensors(.outputGradient, of: "layer0").first)
    let steps = try walk(model.layers[0], from: 0, after: nil)
    for step in 0..<4 {
      #expect(mismatch("taken \(step)", taken.slice(step), steps[step].taken, tolerance: 1e-13) == nil)
      #expect(mismatch("state \(step)", states.slice(step), steps[step].state, tolerance: 1e-13) == nil)
      let found = gradientMismatch("step \(step)", gradient.slice(step), at: states.slice(step)) { moved in
        let last = try! walk(model.layers[0], from: step + 1, after: moved).last?.state ?? moved
        return weightedSum(model.classifier.forward(last), upstream)
      }
      #expect(found == nil)
    }
  }

  /// The steps of a layer from one on, by hand from its parts.
  private func walk(
    _ layer: RecurrentLayer<Double>, from first: Int, after start: Tensor<Double>?
  ) throws -> [(taken: Tensor<Double>, state: Tensor<Double>)] {
    var (normalizer, hidden) = (layer.normalizer, layer.hiddenNormalizer)
    let input = sequences.transposed(axes: [1, 0, 2])
    var drive = layer.inputToHidden.forward(input.reshaped(to: [4 * 19, 3])).reshaped(to: [4, 19, 6])
    if layer.placement == .inputPath,
      let (output, _) = try normalizer?.forward(drive, layout: .timeMajor, mode: .training)
    {
      drive = output
    }
    var (state, steps) = (start, [(taken: Tensor<Double>, state: Tensor<Double>)]())
    for step in first..<4 {
      var sum = drive.slice(step)
      var path = state?.times(layer.hiddenToHidden.weights.value)
      if layer.placement.isOnHiddenPath {
        sum = try normalizer?.forward(sum, mode: .training).output ?? sum
        if let own = path { path = try hidden?.forward(own, mode: .training).output }
      }
      if let path { sum.add(path) }
      if layer.placement == .timeStep { sum = try normalizer?.forward(sum, mode: .training).output ?? sum }
      let next = Activation.tanh.forward(sum)
      steps.append((sum, next))
      state = next
    }
    return steps
  }
}
