import Tensors

/// The gradient of `function` at `point`, by central differences of fourth order.
///
/// The truncation error is of the order of step⁴, the rounding error of 1e-16 / step: both below 1e-10 here.
public func numericalGradient(
  at point: Tensor<Double>, step: Double = 3e-5, of function: (Tensor<Double>) -> Double
) -> [Double] {
  let values = point.scalars
  return values.indices.map { index in
    func value(_ offset: Double) -> Double {
      var moved = values
      moved[index] += offset
      return function(Tensor(moved, shape: point.shape, on: point.processor))
    }
    return (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / (12 * step)
  }
}

/// Compares a gradient with central differences; a gradient that is nearly zero is a failure too, since it
/// would say nothing.
public func gradientMismatch(
  _ name: String, _ found: Tensor<Double>, at point: Tensor<Double>, of function: (Tensor<Double>) -> Double
) -> String? {
  let size = rootMeanSquare(found.doubles)
  guard size > 1e-4 else { return "\(name): the gradient is nearly zero (\(size)) and the check would be empty" }
  return mismatch(name, found.doubles, numericalGradient(at: point, of: function), tolerance: 1e-6)
}

/// The sum of the products of two tensors' elements: a loss with `weights` as its gradient.
public func weightedSum(_ tensor: Tensor<Double>, _ weights: Tensor<Double>) -> Double {
  zip(tensor.scalars, weights.scalars).reduce(0) { $0 + $1.0 * $1.1 }
}

extension Tensor {
  /// A tensor of draws uniform within ±`bound` around `offset`, the same for the same name, and for `Double`
  /// as for `Float`: they are rounded to it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func random(
    _ shape: [Int], _ name: String, bound: Double = 1, offset: Double = 0, on processor: Processor = .serial
  ) -> Tensor {
    var stream = RandomStream(seed: 7, name: name)
    let values = (0..<shape.reduce(1, *)).map { _ in
      Scalar(Float(offset + bound * (2 * stream.nextUnit() - 1)))
    }
    return Tensor(values, shape: shape, on: processor)
  }
}
