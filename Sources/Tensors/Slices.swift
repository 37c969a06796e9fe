/// Copies of parts of a tensor along its first axis, and the exchange of its first two.
extension Tensor {
  /// The part at `index` of the first axis, which the result does not have.
  package func slice(_ index: Int) -> Tensor {
    slices(index..<index + 1).reshaped(to: Array(shape.dropFirst()))
  }

  /// The parts in `range` of the first axis.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func slices(_ range: Range<Int>) -> Tensor {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[0], "\(range) is outside of a tensor of shape \(shape).")
    let size = count / max(shape[0], 1)
    return Tensor(shape: [range.count] + shape.dropFirst(), on: processor) { target in
      withPointer { target.initialize(from: $0 + range.lowerBound * size, count: range.count * size) }
    }
  }

  /// [A, B, …] → [B, A, …].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func exchangingFirstAxes() -> Tensor {
    require(shape.count >= 2, "Two axes are needed to exchange them; the shape is \(shape).")
    let (first, second) = (shape[0], shape[1])
    let size = count / max(first * second, 1)
    return Tensor(shape: [second, first] + shape.dropFirst(2), on: processor) { target in
      withPointer { source in
        for i in 0..<first {
          for j in 0..<second {
            (target + (j * first + i) * size).initialize(from: source + (i * second + j) * size, count: size)
          }
        }
      }
    }
  }
}
