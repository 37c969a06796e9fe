extension Tensor {
  /// The softmax cross-entropy of logits, [N, K], and its gradient, in one pass over each row.
  ///
  /// With smoothing s, a row's target is s / K in every class, and 1 − s more at the label (Szegedy et al., 2016).
  ///
  /// - Returns: the sum of the losses over the rows, the gradient of their mean, and how many rows have their largest logit at the label.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func softmaxCrossEntropy(
    labels: [Int], smoothing: Double
  ) -> (sum: Double, gradient: Tensor, correct: Int) {
    typealias Vector = Scalar.Vector
    require((0..<1).contains(smoothing), "Labels are smoothed by 0 to below 1, and not by \(smoothing).")
    require(
      shape.count == 2 && labels.count == shape[0],
      "The loss takes logits of shape [N, classes] and N labels; the shape is \(shape), and there are \(labels.count).")
    let (rows, classes) = (shape[0], shape[1])
    for label in labels {
      require(label >= 0 && label < classes, "The label \(label) is not one of \(classes) classes, from 0.")
    }
    let lanes = Vector.scalarCount
    let lowest = Vector(repeating: -.infinity)
    // What the label has of its target, and what every class has.
    let (own, share) = (1 - smoothing, smoothing / Double(classes))
    var (total, correct) = (0.0, 0)
    let gradient = Tensor(shape: shape, on: processor) { gradient in
      withPointer { logits in
        for row in 0..<rows {
          let (x, g, label) = (logits + row * classes, gradient + row * classes, labels[row])
          var (largest, place) = (x[0], 0)
          for index in 1..<classes where x[index] > largest { (largest, place) = (x[index], index) }
          if x[label] == largest && place == label { correct += 1 }
          var sum = 0.0
          for index in stride(from: 0, to: classes, by: lanes) {
            let left = classes &- index
            let e = Scalar.exponential(x.vector(at: index, lanes: left, padding: lowest) - Vector(repeating: largest))
            sum += Scalar.widenedSum(e)
            g.store(e, at: index, lanes: left)
          }
          var expected = own * (Double(x[label]) - Double(largest))
          // Without smoothing, a class of probability 0 costs nothing: 0 · ∞ would not be a number.
          if smoothing > 0 {
            expected += share * (0..<classes).reduce(0) { $0 + (Double(x[$1]) - Double(largest)) }
          }
          total += Double.naturalLogarithm(.init(repeating: sum))[0] - expected
          let factor = Vector(repeating: Scalar(1 / (sum * Double(rows))))
          let target = Vector(repeating: Scalar(share / Double(rows)))
          for index in stride(from: 0, to: classes, by: lanes) {
            let left = classes &- index
            g.store(g.vector(at: index, lanes: left) * factor - target, at: index, lanes: left)
          }
          g[label] -= Scalar(own / Double(rows))
        }
      }
    }
    return (total, gradient, correct)
  }
}

extension TensorScalar {
  /// The sum of the lanes in double precision.
  @inline(__always)
  fileprivate static func widenedSum(_ vector: Vector) -> Double {
    let (low, high) = widened(vector)
    return Double.sum(low + high)
  }
}
