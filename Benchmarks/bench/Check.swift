import Foundation
import Layers
import Norms
import Tensors

/// What is timed is first compared with something plainer.
enum Check {
  /// The relative error that Float may make; a wrong kernel is wrong by far more.
  private static let tolerance = 2e-3

  /// Forward and backward against the same in Double, and the forward pass against the definition.
  static func normalizer(
    _ norm: String, channels: Int, _ input: Tensor<Float>, _ upstream: Tensor<Float>, _ layout: TensorLayout
  ) throws -> String? {
    guard var single: any Normalizer<Float> = Case.make(norm, channels: channels),
      var exact: any Normalizer<Double> = Case.make(norm, channels: channels)
    else { return "no such normalizer" }
    let (output, cache) = try single.forward(input, layout: layout, mode: .training)
    let (expected, exactCache) = try exact.forward(input.converted(), layout: layout, mode: .training)
    let gradient = single.backward(upstream, cache: cache)
    let expectedGradient = exact.backward(upstream.converted(), cache: exactCache)
    return difference("output", output.scalars, expected.scalars)
      ?? difference("input gradient", gradient.scalars, expectedGradient.scalars)
      ?? difference("scale gradient", single.state.scale.gradient.scalars, exact.state.scale.gradient.scalars)
      ?? definition(norm, input, output, layout, channels: channels)
  }

  /// A whole model's gradients in Float against Double from the same weights.
  static func gradients<Model: Classifier<Float>, Exact: Classifier<Double>>(
    _ model: Model, _ exact: Exact, _ input: Tensor<Float>, labels: [Int]
  ) throws -> String? {
    var (model, exact) = (model, exact)
    var weights: [Tensor<Double>] = []
    model.forEachParameter { weights.append($1.value.converted()) }
    var index = 0
    exact.forEachParameter {
      $1.value = weights[index]
      index += 1
    }
    let (logits, cache) = try model.forward(input, mode: .training)
    model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels).gradient, cache: cache)
    let (exactLogits, exactCache) = try exact.forward(input.converted(), mode: .training)
    exact.backward(SoftmaxCrossEntropy(logits: exactLogits, labels: labels).gradient, cache: exactCache)
    var expected: [[Double]] = []
    exact.forEachParameter { expected.append($1.gradient.scalars) }
    var problem: String?
    index = 0
    model.forEachParameter { name, parameter in
      problem = problem ?? difference(name, parameter.gradient.scalars, expected[index])
      index += 1
    }
    return problem
  }

  /// The defining property, with scale 1 and shift 0: values that share a statistic have mean 0 and variance 1.
  ///
  /// RMSNorm leaves the mean; Dynamic Tanh has no statistics.
  private static func definition(
    _ norm: String, _ input: Tensor<Float>, _ output: Tensor<Float>, _ layout: TensorLayout, channels: Int
  ) -> String? {
    if norm == "dyt" {
      return difference("tanh(x / 2)", output.scalars, input.scalars.map { tanh(Double($0) / 2) })
    }
    let (batch, count) = (output.shape[0], output.count)
    let positions = count / (batch * channels)
    var sums: [Int: (count: Double, sum: Double, squares: Double)] = [:]
    for (index, value) in output.scalars.enumerated() {
      let sample = index / (channels * positions)
      let channel = layout == .channelsFirst ? index / positions % channels : index % channels
      let key =
        switch norm {
        case "batch", "renorm": channel
        case "layer", "rms": sample
        case "instance": sample * channels + channel
        default: sample * 4 + channel * 4 / channels
        }
      let old = sums[key, default: (0, 0, 0)]
      sums[key] = (old.count + 1, old.sum + Double(value), old.squares + Double(value) * Double(value))
    }
    for (key, set) in sums {
      let (mean, meanSquare) = (set.sum / set.count, set.squares / set.count)
      if (norm != "rms" && abs(mean) > 1e-5) || abs(meanSquare - 1) > 1e-3 {
        return "statistic \(key): mean \(mean), mean square \(meanSquare)"
      }
    }
    return nil
  }

  private static func difference(_ name: String, _ found: [Float], _ expected: [Double]) -> String? {
    let scale = (expected.reduce(0) { $0 + $1 * $1 } / Double(max(expected.count, 1))).squareRoot()
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
    return found.count == expected.count && worst <= tolerance * scale
      ? nil : "\(name): an error of \(worst) where the numbers are about \(scale)"
  }
}
