import Foundation
import Norms
import TestSupport
import Testing

/// What can be done to a linear layer or its data (Ba, Kiros & Hinton, 2016, section 5.1).
enum Change: String, CaseIterable, Sendable {
  case weightMatrixRescaling = "weight matrix re-scaling"
  case weightMatrixRecentring = "weight matrix re-centring"
  case weightVectorRescaling = "weight vector re-scaling"
  case dataSetRescaling = "data set re-scaling"
  case dataSetRecentring = "data set re-centring"
  case singleCaseRescaling = "single case re-scaling"
}

/// Which changes leave the output of a normalized linear layer as it was.
///
/// Of a layer on vectors, as in the paper; instance
/// normalization needs positions, so there the same layer stands at each position of a sequence.
private let invariances: [(member: Member, holds: Set<Change>)] = [
  (
    .batch, [.weightMatrixRescaling, .weightVectorRescaling, .dataSetRescaling, .dataSetRecentring]
  ),
  (.layer, [.weightMatrixRescaling, .weightMatrixRecentring, .dataSetRescaling, .singleCaseRescaling]),
  (
    .instance,
    [.weightMatrixRescaling, .weightVectorRescaling, .dataSetRescaling, .dataSetRecentring, .singleCaseRescaling]
  ),
  (.group, [.weightMatrixRescaling, .weightMatrixRecentring, .dataSetRescaling, .singleCaseRescaling]),
]

@Suite struct InvarianceTests {
  @Test("Each cell of the table of invariances", arguments: [0, 1, 2, 3], Change.allCases)
  func cell(row: Int, change: Change) throws {
    let (member, holds) = invariances[row]
    let positions = member == .instance ? 5 : 1
    let input = Tensor<Double>.random([7 * positions, 4], "data")
    let weights = Tensor<Double>.random([4, 6], "weights")
    var (x, w) = (input.scalars, weights.scalars)
    switch change {
    case .weightMatrixRescaling: w = w.map { 3 * $0 }
    // The same vector is added to the weights of every unit.
    case .weightMatrixRecentring: w = w.indices.map { w[$0] + Double($0 / 6) - 1 }
    case .weightVectorRescaling: w = w.indices.map { w[$0] * ($0 % 6 == 2 ? 3 : 1) }
    case .dataSetRescaling: x = x.map { 3 * $0 }
    case .dataSetRecentring: x = x.indices.map { x[$0] + Double($0 % 4) - 0.5 }
    case .singleCaseRescaling: x = x.indices.map { x[$0] * ($0 / (4 * positions) == 1 ? 3 : 1) }
    }
    func output(_ x: Tensor<Double>, _ w: Tensor<Double>) throws -> [Double] {
      // ε = 0: with it, scales are only nearly without effect.
      var normalizer = AnyAxesNorm<Double>(
        member.normalizer(Double.self, channels: 6, groups: 2).reducedAxes, channels: 6,
        groups: member == .group ? 2 : 1)
      normalizer.state = NormalizerState(channels: 6, groups: member == .group ? 2 : 1, epsilon: 0)
      let sums = x.times(w).reshaped(to: positions == 1 ? [7, 6] : [7, positions, 6])
      return try normalizer.forward(sums, layout: .channelsLast, mode: .training).output.scalars
    }
    let before = try output(input, weights)
    let after = try output(Tensor(x, shape: input.shape), Tensor(w, shape: weights.shape))
    let difference = zip(before, after).map { abs($0 - $1) }.max()!
    if holds.contains(change) {
      #expect(difference < 1e-12)
    } else {
      #expect(difference > 0.1)
    }
  }

  @Test("The documentation has this table")
  func documentation() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let article = try String(
      contentsOf: root.appendingPathComponent("Sources/Norms/Norms.docc/Invariances.md"), encoding: .utf8)
    let names = invariances.map(\.member.rawValue).joined(separator: " | ")
    #expect(article.contains("| | \(names) |"))
    for change in Change.allCases {
      let cells = invariances.map { $0.holds.contains(change) ? "invariant" : "no" }.joined(separator: " | ")
      #expect(article.contains("| \(change.rawValue) | \(cells) |"))
    }
  }
}
