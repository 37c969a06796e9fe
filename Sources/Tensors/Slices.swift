/// Copies of parts of a tensor along its first axis, and of the whole with its axes in another order.
extension Tensor {
  /// The part at `index` of the first axis, which the result does not have.
  package func slice(_ index: Int) -> Tensor {
    require(
      !shape.isEmpty && index >= 0 && index < shape[0],
      "\(index) is outside of the first axis of a tensor of shape \(shape).")
    return slices(index..<index + 1).reshaped(to: Array(shape.dropFirst()))
  }

  /// The parts in `range` of the first axis.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func slices(_ range: Range<Int>) -> Tensor {
    require(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "\(range) is outside of a tensor of shape \(shape).")
    let size = count / max(shape[0], 1)
    return Tensor(shape: [range.count] + shape.dropFirst(), on: processor) { target in
      withPointer { target.initialize(from: $0 + range.lowerBound * size, count: range.count * size) }
    }
  }

  /// A matrix with its columns in another order: column `i` of the result is column `order[i]` of this one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rearranged(_ order: [Int]) -> Tensor {
    require(
      shape.count == 2 && order.count == shape[1] && order.allSatisfy { $0 >= 0 && $0 < shape[1] },
      "\(order.count) columns, among them \(order.max() ?? 0), are not those of a matrix of shape \(shape).")
    return Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        for row in 0..<shape[0] {
          let first = row &* order.count
          for (index, column) in order.enumerated() { target[first &+ index] = source[first &+ column] }
        }
      }
    }
  }

  /// The tensor with its axes in another order: axis `i` of the result is axis `axes[i]` of this one.
  ///
  /// - Precondition: `axes` names every axis once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func transposed(axes: [Int]) -> Tensor {
    require(
      axes.sorted() == Array(shape.indices),
      "\(axes) is no order of the \(shape.count) axes of a tensor of shape \(shape).")
    // Axes at the end that stay are copied together, and the one before them in a loop of its own.
    var kept = shape.count
    while kept > 0 && axes[kept - 1] == kept - 1 { kept -= 1 }
    guard kept > 0 && count > 0 else { return reshaped(to: axes.map { shape[$0] }) }
    let size = shape[kept...].reduce(1, *)
    var strides = [Int](repeating: size, count: kept)
    for axis in (0..<kept - 1).reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let outer = axes[..<(kept - 1)].map { (extent: shape[$0], stride: strides[$0]) }
    let (extent, stride) = (shape[axes[kept - 1]], strides[axes[kept - 1]])
    return Tensor(shape: axes.map { shape[$0] }, on: processor) { target in
      withPointer { source in
        var digits = [Int](repeating: 0, count: outer.count)
        var (from, to) = (source, target)
        for _ in 0..<count / (extent * size) {
          if size == 1 {
            for index in 0..<extent { to[index] = from[index &* stride] }
          } else {
            for index in 0..<extent {
              (to + index &* size).initialize(from: from + index &* stride, count: size)
            }
          }
          to += extent &* size
          var axis = outer.count - 1
          while axis >= 0 {
            digits[axis] += 1
            from += outer[axis].stride
            if digits[axis] < outer[axis].extent { break }
            from -= digits[axis] &* outer[axis].stride
            digits[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }

  /// The transpose of a matrix.
  ///
  /// - Precondition: there are two axes.
  public func transposed() -> Tensor {
    require(shape.count == 2, "Only a matrix can be transposed without an order; the shape is \(shape).")
    return transposed(axes: [1, 0])
  }
}
