import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

/// A layer of three inputs and six units under batch normalization on both paths.
private func batchNormalized(_ placement: RecurrentPlacement) -> RecurrentLayer<Double> {
  var configuration = RNN<Double>.Configuration(inputs: 3, classes: 3)
  (configuration.width, configuration.placement) = (6, placement)
  return RNN(configuration, seed: 1) { BatchNorm(channels: $0) }.layers[0]
}

private func sequences(_ steps: Int, _ name: String = "sequences", batch: Int = 5) -> Tensor<Double> {
  .random([steps, batch, 3], name)
}

@Suite struct StepStatisticsTests {
  @Test("Each step records what it sees, on both paths")
  func recorded() throws {
    var layer = batchNormalized(.hiddenPathPerStep)
    let states = try layer.forward(sequences(3), mode: .training).states
    let snapshot = layer.snapshot()
    let expected = ["normalizer": 3, "hiddenNormalizer": 3]
    for (name, steps) in expected { #expect(snapshot.counters["\(name).steps"] == steps) }
    for step in 0..<3 {
      var (x, h) = (BatchNorm<Double>(channels: 6), BatchNorm<Double>(channels: 6))
      _ = try x.forward(sequences(3).slice(step).times(layer.inputToHidden.weights.value), mode: .training)
      let found = snapshot.tensors["normalizer.step\(step).runningMean"]
      #expect(found.flatMap { mismatch("mean", $0, x.state.runningMean, tolerance: 1e-13) } == nil && found != nil)
      #expect(snapshot.counters["normalizer.step\(step).recordedBatches"] == 1)
      // The first step has no hidden path.
      #expect(snapshot.counters["hiddenNormalizer.step\(step).recordedBatches"] == (step == 0 ? 0 : 1))
      guard step > 0 else { continue }
      _ = try h.forward(states.slice(step - 1).times(layer.hiddenToHidden.weights.value), mode: .training)
      let variance = snapshot.tensors["hiddenNormalizer.step\(step).runningVariance"]
      #expect(
        variance.flatMap { mismatch("variance", $0, h.state.runningVariance, tolerance: 1e-13) } == nil
          && variance != nil)
    }
    #expect(snapshot.names.allSatisfy { !$0.hasPrefix("normalizer.running") && $0 != "normalizer.recordedBatches" })
  }

  @Test("Shared statistics are one set, into which every step records")
  func shared() throws {
    var layer = batchNormalized(.hiddenPath)
    _ = try layer.forward(sequences(3), mode: .training)
    #expect(
      layer.snapshot().counters == ["normalizer.recordedBatches": 3, "hiddenNormalizer.recordedBatches": 2])
    #expect(layer.normalizer?.state.runningMean.count == 6)
  }

  @Test("Inference takes the statistics of each step, and of those beyond the longest sequence the last one's")
  func inference() throws {
    var layer = batchNormalized(.hiddenPathPerStep)
    for index in 0..<3 { _ = try layer.forward(sequences(3, "batch \(index)"), mode: .training) }
    let before = layer.snapshot()
    let input = sequences(5, "longer", batch: 2)
    let states = try layer.forward(input, mode: .inference).states
    #expect(layer.snapshot() == before)
    var state: Tensor<Double>?
    func normalized(_ name: String, _ step: Int, _ value: Tensor<Double>) throws -> Tensor<Double> {
      var normalizer = BatchNorm<Double>(channels: 6)
      try normalizer.state.setRunningStatistics(
        mean: #require(before.tensors["\(name).step\(min(step, 2)).runningMean"]),
        variance: #require(before.tensors["\(name).step\(min(step, 2)).runningVariance"]))
      return try normalizer.inference(value)
    }
    for step in 0..<5 {
      var sum = try normalized("normalizer", step, input.slice(step).times(layer.inputToHidden.weights.value))
      if let state {
        sum.add(try normalized("hiddenNormalizer", step, state.times(layer.hiddenToHidden.weights.value)))
      }
      state = Activation.tanh.forward(sum)
      #expect(mismatch("state \(step)", states.slice(step), state!, tolerance: 1e-13) == nil)
    }
  }

  @Test(
    "Calibration averages what it sees at each step, or at all of them together, and counts as no training",
    arguments: [RecurrentPlacement.hiddenPathPerStep, .hiddenPath])
  func calibration(placement: RecurrentPlacement) throws {
    var layer = batchNormalized(placement)
    for index in 0..<2 { _ = try layer.forward(sequences(3, "batch \(index)"), mode: .training) }
    let counters = layer.snapshot().counters
    // Of each step, for W_x x and W_h h.
    var means: [[[Double]]] = Array(repeating: [], count: 3)
    var hiddenMeans = means
    for index in 0..<4 {
      let input = sequences(3, "calibration \(index)")
      let states = try layer.forward(input, mode: .calibration).states
      for step in 0..<3 {
        means[step].append(try batchMeans(of: input.slice(step).times(layer.inputToHidden.weights.value)))
        guard step > 0 else { continue }
        let path = states.slice(step - 1).times(layer.hiddenToHidden.weights.value)
        hiddenMeans[step].append(try batchMeans(of: path))
      }
    }
    let snapshot = layer.snapshot()
    #expect(snapshot.counters == counters)
    for (name, means) in [("normalizer", means), ("hiddenNormalizer", hiddenMeans)] {
      let kinds =
        placement == .hiddenPath
        ? ["": Array(means.joined())]
        : [1, 2].reduce(into: [:]) {
          $0["step\($1)."] = means[$1]
        }
      for (step, means) in kinds {
        let average = (0..<6).map { channel in means.reduce(0) { $0 + $1[channel] } / Double(means.count) }
        let found = try #require(snapshot.tensors["\(name).\(step)runningMean"])
        #expect(mismatch("\(name).\(step)", found.scalars, average, tolerance: 1e-13) == nil)
      }
    }
  }

  private func batchMeans(of values: Tensor<Double>) throws -> [Double] {
    var normalizer = BatchNorm<Double>(channels: 6)
    return try normalizer.forward(values, mode: .training).cache.means
  }

  @Test(
    "With the statistics of the batch, inference is training without noise that records nothing",
    arguments: [RecurrentPlacement.hiddenPathPerStep, .hiddenPath])
  func batchInference(placement: RecurrentPlacement) throws {
    var layer = batchNormalized(placement)
    let before = layer.snapshot()
    let states = try layer.forward(sequences(3), mode: .batchInference).states
    #expect(layer.snapshot() == before)
    #expect(try layer.forward(sequences(3), mode: .training).states == states)
  }

  @Test("Before anything was recorded, every step has a mean of 0 and a variance of 1")
  func fresh() throws {
    var layers = [batchNormalized(.hiddenPathPerStep), batchNormalized(.hiddenPath)]
    let states = try layers.indices.map { try layers[$0].forward(sequences(4), mode: .inference).states }
    #expect(states[0].scalars == states[1].scalars)
    #expect(layers[0].snapshot().counters == ["normalizer.steps": 0, "hiddenNormalizer.steps": 0])
  }

  @Test("A longer sequence in training adds steps, and a shorter one leaves the rest as it was")
  func lengths() throws {
    var layer = batchNormalized(.hiddenPathPerStep)
    _ = try layer.forward(sequences(2), mode: .training)
    _ = try layer.forward(sequences(4), mode: .training)
    let longest = layer.snapshot()
    _ = try layer.forward(sequences(3, "short"), mode: .training)
    let counters = layer.snapshot().counters
    #expect((0..<4).map { counters["normalizer.step\($0).recordedBatches"] } == [3, 3, 2, 1])
    for name in ["normalizer.step3.runningMean", "hiddenNormalizer.step3.runningVariance"] {
      #expect(layer.snapshot().tensors[name] == longest.tensors[name])
    }
  }

  @Test("A snapshot brings its steps, whatever the layer has that takes it, and a wrong one changes nothing")
  func restored() throws {
    var layer = batchNormalized(.hiddenPathPerStep)
    _ = try layer.forward(sequences(3), mode: .training)
    let snapshot = layer.snapshot()
    for steps in [0, 2, 5] {
      var other = try trained(steps)
      try other.restore(snapshot)
      #expect(other.snapshot() == snapshot)
    }
    var other = try trained(2)
    let before = other.snapshot()
    var spoiled = snapshot
    spoiled.counters["normalizer.steps"] = 4
    let missing = ["runningMean", "runningVariance"].map { "normalizer.step3.\($0)" }
    #expect(throws: SnapshotError.names(missing: missing, unknown: [])) { try other.restore(spoiled) }
    spoiled.counters["normalizer.steps"] = 1 << 40
    #expect(throws: SnapshotError.self) { try other.restore(spoiled) }
    spoiled = snapshot
    spoiled.tensors["hiddenNormalizer.step2.runningVariance"] = Tensor(repeating: -1, shape: [6])
    #expect(throws: SnapshotError.self) { try other.restore(spoiled) }
    #expect(other.snapshot() == before)
  }

  /// A layer that has seen one batch of sequences of so many steps; none at all for 0.
  private func trained(_ steps: Int) throws -> RecurrentLayer<Double> {
    var layer = batchNormalized(.hiddenPathPerStep)
    if steps > 0 { _ = try layer.forward(sequences(steps, "other"), mode: .training) }
    return layer
  }
}
