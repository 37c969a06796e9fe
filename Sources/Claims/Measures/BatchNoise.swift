import Foundation
import Harness
import Tensors

/// How far the mean of a mini-batch is from that of all images, against the size of the batch.
enum BatchNoise {
  /// The slope of the logarithm of the deviation of batch means over batch sizes of 2 to 64: −½ where images are drawn
  /// independently.
  ///
  /// Features are random projections of the pixels, as the first layer of a network has them before training.
  static func exponent(of dataset: Dataset, seed: UInt64) -> Double {
    let (features, draws) = (16, 400)
    let images = dataset.batch(0..<min(dataset.train.count, 1000), of: dataset.train, on: .serial)
    let (count, pixels) = (images.shape[0], images.count / images.shape[0])
    var stream = RandomStream(seed: seed, name: "claims/batch-noise")
    let projection = Tensor<Float>(uniformWithin: 1, shape: [pixels, features], from: &stream)
    let values = images.reshaped(to: [count, pixels]).times(projection).converted(to: Double.self).scalars
    let points = [2, 4, 8, 16, 32, 64].map { size -> (Double, Double) in
      var variances = 0.0
      for feature in 0..<features {
        let means = (0..<draws).map { _ in
          var sum = 0.0
          for _ in 0..<size { sum += values[Int(stream.nextUnit() * Double(count)) * features + feature] }
          return sum / Double(size)
        }
        variances += variance(means) / variance((0..<count).map { values[$0 * features + feature] })
      }
      return (log(Double(size)), log(variances) / 2)
    }
    return slope(points)
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    var sum = 0.0
    for value in values { sum += (value - mean) * (value - mean) }
    return sum / Double(values.count)
  }
}
