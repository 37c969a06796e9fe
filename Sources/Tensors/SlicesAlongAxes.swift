/// Copies of parts of a tensor along any axis, and the way back.
extension Tensor {
  /// The parts in `range` of the axis at `axis`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func slices(_ range: Range<Int>, along axis: Int) -> Tensor {
    require(shape.indices.contains(axis), "A tensor of shape \(shape) has no axis \(axis).")
    let (outer, rest) = (shape[..<axis].reduce(1, *), Array(shape[axis...]))
    if outer == 1 {
      return reshaped(to: rest).slices(range).reshaped(to: shape[..<axis] + [range.count] + rest.dropFirst())
    }
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "\(range) is outside of axis \(axis) of a tensor of shape \(shape).")
    let size = rest.dropFirst().reduce(1, *)
    let (step, part) = (shape[axis] * size, range.count * size)
    return Tensor(shape: shape[..<axis] + [range.count] + rest.dropFirst(), on: processor) { target in
      withPointer { source in
        for index in 0..<outer {
          (target + index * part).initialize(from: source + index * step + range.lowerBound * size, count: part)
        }
      }
    }
  }

  /// Tensors one after the other along the axis at `axis`: the way back from ``slices(_:along:)``.
  ///
  /// - Precondition: there is one at least, and in the other axes they are alike.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(joining parts: [Tensor], along axis: Int) {
    require(!parts.isEmpty && parts[0].shape.indices.contains(axis), "\(parts.count) tensors have no axis \(axis).")
    var shape = parts[0].shape
    let (outer, size) = (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
    for part in parts {
      var own = part.shape
      require(own.count == shape.count, "\(own) cannot follow \(shape) along axis \(axis).")
      own[axis] = shape[axis]
      require(own == shape, "\(part.shape) cannot follow \(parts[0].shape) along axis \(axis).")
    }
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let step = shape[axis] * size
    self.init(shape: shape, on: parts[0].processor) { target in
      var start = 0
      for part in parts {
        let count = part.shape[axis] * size
        part.withPointer { source in
          for index in 0..<outer {
            (target + index * step + start).initialize(from: source + index * count, count: count)
          }
        }
        start += count
      }
    }
  }
}
