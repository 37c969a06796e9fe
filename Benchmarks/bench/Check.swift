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
    // On a processor of its own, which gives the memory back: it is twice that of what is timed.
    let processor = Processor(threads: input.processor.threads)
    let (expected, exactCache) = try exact.forward(double(input, on: processor), layout: layout, mode: .training)
    if let problem = difference("output", output, expected)
      ?? definition(norm, input, output, layout, channels: channels)
    {
      return problem
    }
    let gradient = single.backward(upstream, cache: cache)
    let expectedGradient = exact.backward(double(upstream, on: processor), cache: exactCache)
    return difference("input gradient", gradient, expectedGradient)
      ?? difference("scale gradient", single.state.scale.gradient, exact.state.scale.gradient)
  }

  /// A whole model's gradients in Float against Double from the same weights.
  static func gradients<Model: Classifier<Float>, Exact: Classifier<Double>>(
    _ model: Model, _ exact: Exact, _ input: Tensor<Float>, labels: [Int]
  ) throws -> String? {
    var (model, exact) = (model, exact)
    let processor = Processor(threads: input.processor.threads)
    var weights: [Tensor<Double>] = []
    model.forEachParameter { weights.append(double($1.value, on: processor)) }
    var index = 0
    exact.forEachParameter {
      $1.value = weights[index]
      index += 1
    }
    let (logits, cache) = try model.forward(input, mode: .training)
    model.backward(SoftmaxCrossEntropy(logits: logits, labels: labels).gradient, cache: cache)
    let (exactLogits, exactCache) = try exact.forward(double(input, on: processor), mode: .training)
    exact.backward(SoftmaxCrossEntropy(logits: exactLogits, labels: labels).gradient, cache: exactCache)
    var expected: [Tensor<Double>] = []
    exact.forEachParameter { expected.append($1.gradient) }
    var problem: String?
    index = 0
    model.forEachParameter { name, parameter in
      problem = problem ?? difference(name, parameter.gradient, expected[index])
      index += 1
    }
    return problem
  }

  private static func double(_ tensor: Tensor<Float>, on processor: Processor) -> Tensor<Double> {
    Tensor(shape: tensor.shape, on: processor) { target in
      tensor.withPointer { source in for index in 0..<tensor.count { target[index] = Double(source[index]) } }
    }
  }

  /// The defining property, with scale 1 and shift 0: values that share a statistic have mean 0, and the variance v/(v + ε) if
  /// they came with v.
  ///
  /// RMSNorm leaves the mean; Dynamic Tanh has no statistics.
  private static func definition(
    _ norm: String, _ input: Tensor<Float>, _ output: Tensor<Float>, _ layout: TensorLayout, channels: Int
  ) -> String? {
    if norm == "dyt" {
      return difference("tanh(x / 2)", output.scalars, input.scalars.map { tanh(Double($0) / 2) })
    }
    let before = means(norm, input, layout, channels: channels)
    for (key, after) in means(norm, output, layout, channels: channels) {
      guard let old = before[key] else { return "statistic \(key) is of no input" }
      let variance = old.square - (norm == "rms" ? 0 : old.mean * old.mean)
      let isCentred = norm == "rms" || abs(after.mean) <= 1e-5
      if !isCentred || !(abs(after.square - variance / (variance + 1e-5)) <= 1e-3) {
        return "statistic \(key): mean \(after.mean), mean square \(after.square), of a variance of \(variance)"
      }
    }
    return nil
  }

  /// The mean and the mean square of the values that share each statistic.
  private static func means(
    _ norm: String, _ tensor: Tensor<Float>, _ layout: TensorLayout, channels: Int
  ) -> [Int: (mean: Double, square: Double)] {
    let batch = tensor.shape[0]
    let positions = tensor.count / (batch * channels)
    // Of each sample and channel, then of each statistic.
    var sums = Array(repeating: (sum: 0.0, square: 0.0), count: batch * channels)
    tensor.withPointer { values in
      for sample in 0..<batch {
        for inner in 0..<channels * positions {
          let channel = layout == .channelsFirst ? inner / positions : inner % channels
          let value = Double(values[sample * channels * positions + inner])
          sums[sample * channels + channel].sum += value
          sums[sample * channels + channel].square += value * value
        }
      }
    }
    var sets: [Int: (cells: Double, sum: Double, square: Double)] = [:]
    for (cell, one) in sums.enumerated() {
      let (sample, channel) = (cell / channels, cell % channels)
      let key =
        switch norm {
        case "batch", "renorm": channel
        case "layer", "rms": sample
        case "instance": cell
        default: sample * Case.groups + channel * Case.groups / channels
        }
      let old = sets[key, default: (0, 0, 0)]
      sets[key] = (old.cells + 1, old.sum + one.sum, old.square + one.square)
    }
    return sets.mapValues {
      let count = $0.cells * Double(positions)
      return ($0.sum / count, $0.square / count)
    }
  }

  static func difference(_ name: String, _ found: Tensor<Float>, _ expected: Tensor<Double>) -> String? {
    guard found.shape == expected.shape else { return "\(name): a shape of \(found.shape), and not \(expected.shape)" }
    return found.withUnsafeBufferPointer { found in
      expected.withUnsafeBufferPointer { expected in difference(name, found, expected) }
    }
  }

  /// What is wrong if any value is further from what is expected than the tolerance allows, or is not a number.
  static func difference(
    _ name: String, _ found: some RandomAccessCollection<Float>, _ expected: some RandomAccessCollection<Double>
  ) -> String? {
    guard found.count == expected.count else { return "\(name): \(found.count) values, and not \(expected.count)" }
    let scale = (expected.reduce(0) { $0 + $1 * $1 } / Double(max(expected.count, 1))).squareRoot()
    var worst = 0.0
    for (found, expected) in zip(found, expected) {
      let error = abs(Double(found) - expected)
      // A NaN is larger than nothing.
      if !(error <= worst) { worst = error }
      if worst.isNaN { break }
    }
    return worst <= tolerance * scale ? nil : "\(name): an error of \(worst) where the numbers are about \(scale)"
  }
}
