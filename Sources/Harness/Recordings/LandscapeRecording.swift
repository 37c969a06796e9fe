import Foundation
import Layers
import Tensors

extension Recording {
  /// How loss and gradient change along the gradient (Santurkar et al., 2018, figure 4).
  public static let landscape = Recording(
    "landscape", "how loss and gradient change along a step", row: "way of measuring steps, at an evaluation",
    columns: [
      Column(
        "along",
        "rate: steps of 1/2 to 4 times the learning rate; relative: steps of 0.001 to 0.1 of the parameters' norm"),
      Column("loss", "where the steps begin, on one batch of training images"),
      Column("loss_low", "lowest loss at the end of a step"),
      Column("loss_high", "highest one; empty if one is no number"),
      Column("gradient_norm", "where the steps begin"),
      Column("gradient_change", "largest norm of the difference of the gradient there and at the end of a step"),
      Column("gradient_change_relative", "that over the norm where the steps begin"),
      Column("smoothness", "largest change of the gradient over the length of its step: effective beta"),
    ]
  ) {
    { moment in
      let batch = max(moment.run[.batchSize], 32)
      let start = try moment.pass(first: batch)
      let size = norm(of: start.parameters.map(\.parameter.value))
      let rates = Self.logarithmic(0.5...4).map { $0 * moment.run[.learningRate] }
      // Along a gradient of zero there are no steps.
      let factor = start.gradientNorm > 0 ? size / start.gradientNorm : 0
      let lengths = Self.logarithmic(0.001...0.1).map { $0 * factor }
      return try [("rate", rates), ("relative", lengths)].map { along, steps in
        let ends = try steps.map { step in
          try moment.pass(first: batch) { index, parameter in
            parameter.value = parameter.value.plus(start.parameters[index].parameter.gradient.scaled(by: Float(-step)))
          }
        }
        let changes = ends.map { Self.distance($0, start, \.gradient) }
        let losses = ends.map(\.loss)
        let slopes = zip(changes, ends).map { $0 / Self.distance($1, start, \.value) }
        return [
          "along": .text(along), "loss": .number(start.loss),
          "loss_low": .number(-Self.largest(losses.map { -$0 })), "loss_high": .number(Self.largest(losses)),
          "gradient_norm": .number(start.gradientNorm), "gradient_change": .number(Self.largest(changes)),
          "gradient_change_relative": .number(Self.largest(changes) / start.gradientNorm),
          "smoothness": .number(Self.largest(slopes)),
        ]
      }
    }
  }

  /// Eight numbers from one end of a range to the other, each as many times the one before.
  private static func logarithmic(_ range: ClosedRange<Double>) -> [Double] {
    (0..<8).map { range.lowerBound * pow(range.upperBound / range.lowerBound, Double($0) / 7) }
  }

  /// Of all parameters together, as they are: what a step moves them by is rounded.
  private static func distance(
    _ a: Moment.Pass, _ b: Moment.Pass, _ part: (Parameter<Float>) -> Tensor<Float>
  ) -> Double {
    norm(of: zip(a.parameters, b.parameters).map { part($0.parameter).plus(part($1.parameter).scaled(by: -1)) })
  }

  /// NaN if one of them is no finite number.
  private static func largest(_ values: [Double]) -> Double {
    values.allSatisfy(\.isFinite) ? values.max() ?? .nan : .nan
  }
}
