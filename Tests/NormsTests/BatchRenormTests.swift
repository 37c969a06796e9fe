import Norms
import Tensors
import TestSupport
import Testing

/// Batch Renormalization whose r and d stay what they once were, as its backward pass takes them.
private struct FrozenRenorm: Normalizer {
  var reducedAxes: Axes { [.batch, .position] }
  var state: NormalizerState<Double>
  let corrections: [Correction]

  var correction: Correction.Rule? {
    { [corrections] statistic, _, _ in corrections[statistic] }
  }
}

/// r_max and d_max after so many mini-batches.
private let paperBounds: [(batches: Int, factor: Double, offset: Double)] = [
  (0, 1, 0), (4_999, 1, 0), (5_000, 1, 0), (15_000, 11.0 / 7, 2.5), (22_500, 2, 4.375), (25_000, 15.0 / 7, 5),
  (40_000, 3, 5), (1_000_000, 3, 5),
]

@Suite struct BatchRenormTests {
  @Test(
    "The backward pass agrees with central differences that leave r and d alone, within their bounds and at them",
    arguments: TensorLayout.allCases)
  func gradients(layout: TensorLayout) throws {
    let shape = shape(4, 6, [5], layout)
    var normalizer: any Normalizer<Double> = try warm(shape, layout, bound: 1.05)
    randomizeParameters(&normalizer)
    let start = normalizer
    let (input, upstream) = (input(shape, bound: 1.05), Tensor<Double>.random(shape, "upstream"))
    let (output, cache) = try normalizer.forward(input, layout: layout, mode: .training)
    let gradient = normalizer.backward(upstream, cache: cache)

    let rule = try #require(start.correction)
    let corrections = cache.means.indices.map { rule($0, cache.means[$0], cache.variances[$0]) }
    #expect(corrections.allSatisfy { (1 / 1.5...1.5).contains($0.factor) && abs($0.offset) <= 0.3 })
    #expect(Set(corrections.map { [1 / 1.5, 1.5].contains($0.factor) }) == [true, false])
    #expect(Set(corrections.map { abs($0.offset) == 0.3 }) == [true, false])

    var frozen: any Normalizer<Double> = FrozenRenorm(state: start.state, corrections: corrections)
    let mismatches = gradientMismatches(
      normalizer, inputGradient: gradient, function: frozen, at: input, upstream: upstream, layout: layout,
      mode: .training)
    #expect(mismatches == [])
    #expect(try frozen.forward(input, layout: layout, mode: .training).output.scalars == output.scalars)
  }

  @Test("Where neither r nor d meets its bound, training gives what inference would", arguments: TensorLayout.allCases)
  func agreesWithInference(layout: TensorLayout) throws {
    var schedule = BatchRenorm<Double>.Schedule.short
    (schedule.largestFactor, schedule.largestOffset) = (1e3, 1e3)
    let shape = shape(4, 6, [5], layout)
    var normalizer = try warm(shape, layout, bound: 2, schedule)
    let input = input(shape, bound: 0.4)
    let inference = try normalizer.inference(input, layout: layout).scalars
    let training = try normalizer.forward(input, layout: layout, mode: .training).output.scalars
    #expect(mismatch("training", training, inference, tolerance: 1e-13) == nil)
  }

  @Test("In its warm-up it is batch normalization, bit for bit", arguments: TensorLayout.allCases)
  func warmUp(layout: TensorLayout) throws {
    let shape = shape(4, 6, [5], layout)
    var (renorm, batch) = (BatchRenorm<Float>(channels: 6, schedule: .short), BatchNorm<Float>(channels: 6))
    for step in 0..<3 {
      let input = Tensor<Float>.random(shape, "input \(step)", bound: 3, offset: 1)
      let found = try renorm.forward(input, layout: layout, mode: .training).output.scalars
      let plain = try batch.forward(input, layout: layout, mode: .training).output.scalars
      #expect((found == plain) == (step < 2), "step \(step)")
    }
    // The running statistics are those of batch normalization at any time.
    #expect(renorm.snapshot() == batch.snapshot())
  }

  @Test(
    "The bounds of r and d are the paper's, with straight lines between (section 4.2)",
    arguments: paperBounds)
  func bounds(batches: Int, factor: Double, offset: Double) {
    let bounds = BatchRenorm<Float>.Schedule().bounds(after: batches)
    #expect(abs(bounds.factor - factor) < 1e-14 && abs(bounds.offset - offset) < 1e-14)
    // A hundredth of the paper's steps are rounded to whole ones here.
    guard batches.isMultiple(of: 100) else { return }
    let shorter = BatchRenorm<Float>.Schedule(shorterBy: 100).bounds(after: batches / 100)
    #expect(shorter.factor == bounds.factor && shorter.offset == bounds.offset)
  }

  /// A normalizer that has seen three mini-batches, which is past the short warm-up.
  private func warm(
    _ shape: [Int], _ layout: TensorLayout, bound: Double, _ schedule: BatchRenorm<Double>.Schedule = .short
  ) throws -> BatchRenorm<Double> {
    var normalizer = BatchRenorm<Double>(channels: 6, schedule: schedule)
    for step in 0..<3 {
      let earlier = Tensor<Double>.random(shape, "earlier \(step)", bound: bound, offset: 0.5 * Double(step))
      _ = try normalizer.forward(earlier, layout: layout, mode: .training)
    }
    return normalizer
  }

  private func input(_ shape: [Int], bound: Double) -> Tensor<Double> {
    .random(shape, "input", bound: bound)
  }
}
