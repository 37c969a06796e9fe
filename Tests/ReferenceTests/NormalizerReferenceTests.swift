import Norms
import TestSupport
import Testing

private struct NormalizerCase: Decodable {
  let norm: Member
  let batch, channels, groups: Int
  let positions: [Int]
  let layout: String
  let epsilon, offset, bound: Double
  let output, inputGradient, scaleGradient, shiftGradient: [Double]
  let inference, runningMean, runningVariance: [Double]
  /// Of the one parameter that is not a scale or a shift, where there is one.
  let slopeGradient: [Double]?

  /// The mini-batches that were recorded before; Batch Renormalization warms up in two.
  var earlierSteps: Int {
    switch norm {
    case .batch: 2
    case .renorm: 3
    default: 0
    }
  }

  var shape: [Int] {
    switch layout {
    case "channelsFirst": [batch, channels] + positions
    case "channelsLast": [batch] + positions + [channels]
    default: positions + [batch, channels]
    }
  }
}

@Suite struct NormalizerReferenceTests {
  /// Tolerances: 1e-10 in Double, where an offset of 1e4 leaves 12 digits; 2e-5 in Float, where the sums over
  /// a few hundred values of the gradients lose up to 8 bits.
  @Test("Every normalizer agrees with PyTorch in float64")
  func agreesInDouble() throws {
    try compare(Double.self, tolerance: 1e-10)
  }

  @Test("In Float, too, within its precision")
  func agreesInFloat() throws {
    try compare(Float.self, tolerance: 2e-5)
  }

  private func compare<Scalar: TensorScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture<NormalizerCase>.read("normalizers")
    var ledger = Ledger()
    for c in fixture.cases {
      let layout = try #require(TensorLayout(rawValue: c.layout))
      var normalizer = c.norm.normalizer(Scalar.self, channels: c.channels, groups: c.groups, epsilon: c.epsilon)
      randomizeParameters(&normalizer)
      for step in 0..<c.earlierSteps {
        let earlier = Tensor<Scalar>.random(
          c.shape, "earlier \(step)", bound: c.bound, offset: c.offset + Double(step))
        _ = try normalizer.forward(earlier, layout: layout, mode: .training)
      }
      let input = Tensor<Scalar>.random(c.shape, "input", bound: c.bound, offset: c.offset)
      let (output, cache) = try normalizer.forward(input, layout: layout, mode: .training)
      let gradient = normalizer.backward(.random(c.shape, "upstream"), cache: cache)
      let inference = try normalizer.forward(input, layout: layout, mode: .inference).output
      let place = "\(c.shape) \(c.layout), ε \(c.epsilon), \(c.offset) ± \(c.bound)"
      func check(_ what: String, _ found: [Double], _ expected: [Double]) {
        ledger.compare("\(c.norm) \(what)", place, found, expected, tolerance: tolerance)
      }
      check("output", output.doubles, c.output)
      check("input gradient", gradient.doubles, c.inputGradient)
      check("scale gradient", normalizer.state.scale.gradient.doubles, c.scaleGradient)
      check("shift gradient", normalizer.state.shift.gradient.doubles, c.shiftGradient)
      let slope = normalizer.parameters.first { $0.name == "slope" }
      check("slope gradient", slope?.parameter.gradient.doubles ?? [], c.slopeGradient ?? [])
      check("inference", inference.doubles, c.inference)
      check("running mean", normalizer.state.runningMean.doubles, c.runningMean)
      check("running variance", normalizer.state.runningVariance.doubles, c.runningVariance)
    }
    ledger.printList("Normalizers in \(Scalar.self), \(fixture.cases.count) cases, against \(fixture.by):")
    #expect(ledger.mismatches == [])
  }
}
