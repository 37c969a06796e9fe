/// Copies of parts of a tensor along its first axis, and tensors made of such parts.
extension Tensor {
  /// The part at `index` of the first axis, which the result does not have.
  package func slice(_ index: Int) -> Tensor {
    slices(index..<index + 1).reshaped(to: Array(shape.dropFirst()))
  }

  /// The parts in `range` of the first axis.
  package func slices(_ range: Range<Int>) -> Tensor {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[0], "\(range) is outside of a tensor of shape \(shape).")
    let size = count / max(shape[0], 1)
    return Tensor(shape: [range.count] + shape.dropFirst(), on: processor) { target in
      withPointer { target.initialize(from: $0 + range.lowerBound * size, count: range.count * size) }
    }
  }

  /// `parts`, all of one shape, along a new first axis.
  package init(stacking parts: [Tensor]) {
    let (size, shape) = (parts[0].count, parts[0].shape)
    require(parts.allSatisfy { $0.shape == shape }, "Only tensors of one shape can be stacked.")
    self.init(shape: [parts.count] + shape, on: parts[0].processor) { target in
      for (index, part) in parts.enumerated() {
        part.withPointer { (target + index * size).initialize(from: $0, count: size) }
      }
    }
  }

  /// A tensor of `count` parts along a new first axis: zeros, and `last` at the end.
  package init(last: Tensor, of count: Int) {
    self.init(shape: [count] + last.shape, on: last.processor) { target in
      target.initialize(repeating: 0, count: (count - 1) * last.count)
      last.withPointer { (target + (count - 1) * last.count).initialize(from: $0, count: last.count) }
    }
  }

  /// [A, B, …] → [B, A, …].
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
