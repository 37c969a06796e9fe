import Tensors

/// Rearranges the axes of a tensor: axis `i` of the result is axis `order[i]` of `tensor`.
public func permuted<Scalar>(_ tensor: Tensor<Scalar>, _ order: [Int]) -> Tensor<Scalar> {
  let shape = order.map { tensor.shape[$0] }
  let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
  let values = tensor.scalars
  let result = (0..<tensor.count).map { index in
    var (rest, source) = (index, 0)
    for axis in shape.indices.reversed() {
      source += rest % shape[axis] * strides[order[axis]]
      rest /= shape[axis]
    }
    return values[source]
  }
  return Tensor(result, shape: shape, on: tensor.processor)
}
