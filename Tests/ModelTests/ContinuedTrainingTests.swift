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
    _ kind: OptimizerKind, _ batch: (Int) -> Tensor<Double>, _ make: (_ seed: UInt64) -> Model
  ) throws {
    func optimizer() -> Optimizer<Double> { Optimizer(kind, learningRate: 0.02, momentum: 0.7) }
    var (model, running) = (make(1), optimizer())
    for step in 0..<8 { try train(&model, &running, on: batch(step)) }
    // The stops: before anything, after one step, within and after the warm-up.
    for stop in [0, 1, 4] {
      var (first, firstOptimizer) = (make(1), optimizer())
      for step in 0..<stop { try train(&first, &firstOptimizer, on: batch(step)) }
      let (saved, remembered) = (first.snapshot(), firstOptimizer.snapshot())
      var (second, secondOptimizer) = (make(2), optimizer())
      try second.restore(saved)
      try secondOptimizer.restore(remembered, for: second)
      for step in stop..<8 { try train(&second, &secondOptimizer, on: batch(step)) }
      #expect(second.snapshot().bits == model.snapshot().bits, "stopped after \(stop) steps")
      #expect(secondOptimizer.snapshot().bits == running.snapshot().bits, "stopped after \(stop) steps")
    }
  }
}
