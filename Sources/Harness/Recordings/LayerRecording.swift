import Foundation
import Layers
import Norms
import Tensors

extension Recording {
  /// What the layers take, give and pass back.
  public static let layers = Recording(
    "layers", "what each layer takes, gives and passes back", row: "layer, or time step of one, at an evaluation",
    columns: [
      Column("layer", "name of the layer, the first one first"),
      Column("time_step", "from 1; empty but for recurrent layers", isWhole: true),
      Column("mean", "of what the nonlinearity takes, over units and images"),
      Column("deviation", "its standard deviation"),
      Column("p15", "its 15th percentile"),
      Column("p50", "its median"),
      Column("p85", "its 85th percentile"),
      Column("linear_share", "share of it between -1 and 1, where a sigmoid is nearly linear"),
      Column(
        "drift",
        "change of these percentiles of each unit since the last row, mean over units and the three, over the deviation, "
          + "per 100 steps"),
      Column("output_size", "root mean square of what the layer gives"),
      Column("gradient_norm", "norm of the gradient of the loss with respect to what the layer gives"),
      Column("weight_norm", "norm of the layer's weight matrices"),
      Column("effective_rate", "learning rate over the square of that: the rate of a layer whose scale has no effect"),
    ]
  ) {
    var last: [LayerSignals.Place: (step: Int, percentiles: [[Double]])] = [:]
    return { moment in
      let signals = LayerSignals()
      let parameters = try moment.pass(watch: Watch(signals)).parameters
      return signals.places.map { place in
        var row: Values = ["layer": .text(place.layer)]
        if let step = place.timeStep { row["time_step"] = .number(Double(step)) }
        if let units = signals.units(.preActivation, at: place).map({ Units($0) }) {
          for (name, value) in units.summary { row[name] = .number(value) }
          let drift = last[place].map { units.drift(since: $0.percentiles, steps: moment.step - $0.step) }
          row["drift"] = drift.map { .number($0) }
          last[place] = (moment.step, units.percentiles)
        }
        if let output = signals.units(.output, at: place) {
          row["output_size"] = .number((output.sumOfSquares() / Double(max(output.count, 1))).squareRoot())
        }
        row["gradient_norm"] = signals.units(.outputGradient, at: place).map { .number(norm(of: [$0])) }
        let weights = norm(
          of: parameters.filter { $0.name.hasPrefix(place.layer + ".") && $0.parameter.value.shape.count > 1 }
            .map(\.parameter.value))
        if weights > 0 {
          row["weight_norm"] = .number(weights)
          row["effective_rate"] = .number(moment.learningRate / (weights * weights))
        }
        return row
      }
    }
  }
}

/// What an observer sees in one pass, by layer and time step: [values, units].
private final class LayerSignals: Observer {
  /// Where a signal is.
  struct Place: Hashable {
    let layer: String
    let timeStep: Int?
  }

  /// In the order in which they were first seen.
  private(set) var places: [Place] = []
  private var seen: [Signal: [Place: Tensor<Float>]] = [:]

  func units(_ signal: Signal, at place: Place) -> Tensor<Float>? { seen[signal]?[place] }

  func observe(_ tensor: Tensor<Float>, _ signal: Signal, of layer: String, layout: TensorLayout) {
    let (shape, axes) = (tensor.shape, tensor.shape.count)
    switch layout {
    case .timeMajor where axes > 2:
      let steps = shape.dropLast(2).reduce(1, *)
      let sequence = tensor.reshaped(to: [steps, shape[axes - 2], shape[axes - 1]])
      for step in 0..<steps { keep(sequence.slice(step), signal, Place(layer: layer, timeStep: step + 1)) }
    case .channelsFirst where axes > 2:
      let order = [0] + Array(2..<axes) + [1]
      keep(Self.rows(tensor.transposed(axes: order)), signal, Place(layer: layer, timeStep: nil))
    default: keep(Self.rows(tensor), signal, Place(layer: layer, timeStep: nil))
    }
  }

  private func keep(_ tensor: Tensor<Float>, _ signal: Signal, _ place: Place) {
    if !places.contains(place) { places.append(place) }
    seen[signal, default: [:]][place] = tensor
  }

  private static func rows(_ tensor: Tensor<Float>) -> Tensor<Float> {
    let units = tensor.shape.last ?? 1
    return tensor.reshaped(to: [tensor.count / max(units, 1), units])
  }
}

/// The values of the units of a layer.
private struct Units {
  /// Of each unit, at ``shares``.
  let percentiles: [[Double]]
  let summary: [(name: String, value: Double)]
  private let deviation: Double

  private static let shares = [0.15, 0.5, 0.85]

  /// - Parameter values: [values, units].
  init(_ values: Tensor<Float>) {
    let (all, units) = (values.scalars, values.shape[1])
    let isFinite = all.allSatisfy(\.isFinite)
    let count = Double(all.count)
    let mean = all.reduce(0.0) { $0 + Double($1) } / count
    deviation = (all.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
    // What is not a number cannot be sorted.
    percentiles =
      !isFinite
      ? []
      : (0..<units).map { unit in
        Self.percentiles(of: stride(from: unit, to: all.count, by: units).map { all[$0] })
      }
    let overall = isFinite ? Self.percentiles(of: all) : [.nan, .nan, .nan]
    summary =
      [("mean", mean), ("deviation", deviation)] + zip(["p15", "p50", "p85"], overall)
      + [("linear_share", isFinite ? Double(all.count { abs($0) < 1 }) / count : .nan)]
  }

  /// The percentiles at ``shares``, between two values in proportion.
  private static func percentiles(of values: [Float]) -> [Double] {
    let sorted = values.sorted()
    return shares.map { share in
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, sorted.count - 1)]))
      return low + (place - Double(below)) * (high - low)
    }
  }

  /// How far the percentiles of the units have moved, in deviations per 100 steps; NaN where that cannot be said.
  func drift(since last: [[Double]], steps: Int) -> Double {
    guard steps > 0, last.count == percentiles.count, !percentiles.isEmpty else { return .nan }
    let changes = zip(percentiles, last).flatMap { now, before in zip(now, before).map { abs($0 - $1) } }
    return changes.reduce(0, +) / Double(changes.count) / deviation * 100 / Double(steps)
  }
}
