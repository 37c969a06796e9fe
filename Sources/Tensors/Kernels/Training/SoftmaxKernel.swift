extension Tensor {
  /// The softmax cross-entropy of logits, [N, K], and its gradient, in one pass over each row.
  ///
  /// - Returns: the sum of the losses over the rows, the gradient of their mean, and how many rows have their largest logit at the label.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func softmaxCrossEntropy(labels: [Int]) -> (sum: Double, gradient: Tensor, correct: Int) {
    typealias Vector = Scalar.Vector
    require(
      shape.count == 2 && labels.count == shape[0],
      "The loss takes logits of shape [N, classes] and N labels; the shape is \(shape), and there are \(labels.count).")
    let (rows, classes) = (shape[0], shape[1])
    for label in labels {
      require(label >= 0 && label < classes, "The label \(label) is not one of \(classes) classes, from 0.")
    }
    let lanes = Vector.scalarCount
    let lowest = Vector(repeating: -.infinity)
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
          total += Double.naturalLogarithm(.init(repeating: sum))[0] - (Double(x[label]) - Double(largest))
          let factor = Vector(repeating: Scalar(1 / (sum * Double(rows))))
          for index in stride(from: 0, to: classes, by: lanes) {
            let left = classes &- index
            g.store(g.vector(at: index, lanes: left) * factor, at: index, lanes: left)
          }
          g[label] -= Scalar(1 / Double(rows))
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
