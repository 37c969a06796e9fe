import CNN
import Layers
import Norms
import RNN
import Tensors
import TestSupport
import Testing

/// A schedule that moves at every step of the few that these tests take.
private let schedule = BatchRenorm<Double>.Schedule(shorterBy: 2_500)

private let normalizers: [NormalizerFactory<Double>] = [
  { BatchNorm(channels: $0) }, { BatchRenorm(channels: $0, schedule: schedule) }, { LayerNorm(channels: $0) },
  { _ in nil },
]

@Suite struct ContinuedTrainingTests {
  @Test(
    "Training that is saved and goes on in another model has the same bits as training that never stopped",
    arguments: normalizers.indices, OptimizerKind.allCases)
  func continued(norm: Int, kind: OptimizerKind) throws {
    try check(kind, { images(4, "batch \($0)") }) { smallCNN(seed: $0, normalizers[norm]) }
    try check(kind, { sequences(4, "batch \($0)") }) { smallRNN(seed: $0, normalizers[norm]) }
    try check(kind, { rows(4, "batch \($0)") }) { smallMLP(seed: $0, normalizers[norm]) }
  }

  /// Sequences of the batches have other lengths than those before.
  @Test(
    "So it has with running statistics for each time step, and with noise for an initial state",
    arguments: RecurrentPlacement.allCases, [0, 0.3])
  func continuedInTime(placement: RecurrentPlacement, noise: Double) throws {
    for norm in normalizers {
      try check(.adam, seeds: (1, 1), { .random([4, [3, 5, 2][$0 % 3], 3], "batch \($0)") }) {
        smallRNN(seed: $0, depth: 2, placement: placement, initialNoise: noise, norm)
      }
    }
  }

  /// The seed of a model is not in its snapshot; masks are drawn by it.
  @Test(
    "So it has with dropout, weight decay and a rate that changes", arguments: DropoutPlace.allCases,
    OptimizerKind.allCases)
  func continuedWithDropout(place: DropoutPlace, kind: OptimizerKind) throws {
    try check(kind, decay: 0.3, seeds: (1, 1), { images(4, "batch \($0)") }) {
      smallCNN(seed: $0, dropout: (0.3, place)) { BatchNorm(channels: $0) }
    }
    try check(kind, decay: 0.3, seeds: (1, 1), { sequences(4, "batch \($0)") }) {
      smallRNN(seed: $0, depth: 2, dropout: (0.3, place)) { LayerNorm(channels: $0) }
    }
    try check(kind, decay: 0.3, seeds: (1, 1), { rows(4, "batch \($0)") }) {
      smallMLP(seed: $0, dropout: (0.3, place)) { BatchNorm(channels: $0) }
    }
  }

  @Test("What renormalization allows depends on the batches that were counted")
  func counted() throws {
    #expect(schedule.bounds(after: 2) == (1, 0))
    #expect((3..<8).allSatisfy { schedule.bounds(after: $0).factor > schedule.bounds(after: $0 - 1).factor })
    // With the counter alone set back, the next step is another one.
    var model = smallCNN { BatchRenorm(channels: $0, schedule: schedule) }
    var optimizer = Optimizer<Double>(.sgd, learningRate: 0.05)
    for step in 0..<5 { try train(&model, &optimizer, on: images(4, "batch \(step)")) }
    var (snapshot, other) = (model.snapshot(), model)
    for name in snapshot.counters.keys { snapshot.counters[name] = 0 }
    try other.restore(snapshot)
    let next = images(4, "next")
    #expect(try model.forward(next, mode: .training).logits != other.forward(next, mode: .training).logits)
  }

  private func check<Model: Classifier<Double>>(
    _ kind: OptimizerKind, decay: Double = 0, seeds: (UInt64, UInt64) = (1, 2), _ batch: (Int) -> Tensor<Double>,
    _ make: (_ seed: UInt64) -> Model
  ) throws {
    func optimizer() -> Optimizer<Double> {
      Optimizer(kind, learningRate: 0.02, momentum: 0.7, weightDecay: decay)
    }
    func take(_ steps: Range<Int>, _ model: inout Model, _ optimizer: inout Optimizer<Double>) throws {
      for step in steps {
        // The rate of a schedule is a function of the step, and in no snapshot.
        if decay > 0 { optimizer.learningRate = 0.02 / Double(step + 1) }
        try train(&model, &optimizer, on: batch(step))
      }
    }
    var (model, running) = (make(seeds.0), optimizer())
    try take(0..<8, &model, &running)
    // The stops: before anything, after one step, within and after the warm-up.
    for stop in [0, 1, 4] {
      var (first, firstOptimizer) = (make(seeds.0), optimizer())
      try take(0..<stop, &first, &firstOptimizer)
      let (saved, remembered) = (first.snapshot(), firstOptimizer.snapshot())
      var (second, secondOptimizer) = (make(seeds.1), optimizer())
      try second.restore(saved)
      try secondOptimizer.restore(remembered, for: second)
      try take(stop..<8, &second, &secondOptimizer)
      #expect(second.snapshot().bits == model.snapshot().bits, "stopped after \(stop) steps")
      #expect(secondOptimizer.snapshot().bits == running.snapshot().bits, "stopped after \(stop) steps")
    }
  }
}
