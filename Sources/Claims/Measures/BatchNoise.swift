import Foundation
import Harness
import Layers
import Tensors

/// How far the statistics of mini-batches are from those of all images, against the size of the batch.
enum BatchNoise {
  /// How the noise of batch means and of batch deviations falls over batch sizes of 2 to 64, as slopes of logarithms.
  ///
  /// Of independent images both are −½.
  /// The values are what a second layer of a perceptron takes before training; the batches are those of shuffled epochs.
  static func exponents(of dataset: Dataset, seed: UInt64) -> (mean: Double, deviation: Double) {
    var stream = RandomStream(seed: seed, name: "claims/batch-noise")
    let (count, values) = hidden(dataset, &stream)
    let units = values.count / count
    var (means, deviations): ([(Double, Double)], [(Double, Double)]) = ([], [])
    for size in [2, 4, 8, 16, 32, 64] where 4 * size <= count {
      var (ofMeans, ofDeviations) = (0.0, 0.0)
      let batches = (0..<8).flatMap { _ in
        let order = stream.permutation(of: count)
        return (0..<count / size).map { order[$0 * size..<($0 + 1) * size] }
      }
      for unit in 0..<units {
        let all = variance((0..<count).map { values[$0 * units + unit] })
        guard all > 0 else { continue }
        let parts = batches.map { batch in batch.map { values[$0 * units + unit] } }
        // Batches are drawn without replacement: they vary by as much less as they are a part of the whole.
        let drawn = 1 - Double(size - 1) / Double(count - 1)
        ofMeans += variance(parts.map(mean)) / all / drawn
        ofDeviations += variance(parts.map { variance($0).squareRoot() }) / all / drawn
      }
      means.append((log(Double(size)), log(ofMeans) / 2))
      deviations.append((log(Double(size)), log(ofDeviations) / 2))
    }
    return (slope(means), slope(deviations))
  }

  /// What sixteen units of a second sigmoid layer take for each of at most a thousand images.
  private static func hidden(_ dataset: Dataset, _ stream: inout RandomStream) -> (count: Int, values: [Double]) {
    let images = dataset.batch(0..<min(dataset.train.count, 1000), of: dataset.train, on: .serial)
    let (count, pixels) = (images.shape[0], images.count / images.shape[0])
    func bound(_ inputs: Int) -> Double { Activation.sigmoid.initialBound(inputs: inputs) }
    let first = Tensor<Float>(uniformWithin: bound(pixels), shape: [pixels, 100], from: &stream)
    let second = Tensor<Float>(uniformWithin: bound(100), shape: [100, 16], from: &stream)
    let activated = Activation.sigmoid.forward(images.reshaped(to: [count, pixels]).times(first))
    return (count, activated.times(second).converted(to: Double.self).scalars)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func variance(_ values: [Double]) -> Double {
    let centre = mean(values)
    var sum = 0.0
    for value in values { sum += (value - centre) * (value - centre) }
    return sum / Double(values.count)
  }
}
