/// A function of one vector: a type, not a closure, so that it becomes part of the loop that it stands in.
protocol VectorFunction {
  static func value<Scalar: TensorScalar>(_ x: Scalar.Vector, _ type: Scalar.Type) -> Scalar.Vector
}

/// A function of two vectors.
protocol PairFunction {
  static func value<Scalar: TensorScalar>(
    _ x: Scalar.Vector, _ y: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector
}

enum Sum: PairFunction {
  @inline(__always)
  static func value<Scalar: TensorScalar>(
    _ x: Scalar.Vector, _ y: Scalar.Vector, _ type: Scalar.Type
  ) -> Scalar.Vector {
    x + y
  }
}

/// Functions of each element alone, and sums of tensors.
extension Tensor {
  /// A tensor of the same shape whose vectors are the function's values at this one's.
  @inline(__always)
  func mapped<Function: VectorFunction>(by function: Function.Type) -> Tensor {
    let lanes = Scalar.Vector.scalarCount
    return Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        processor.run(over: Scalar.vectors(for: count), inPiecesOf: 512, operations: 4 * count) { vectors in
          var index = vectors.lowerBound &* lanes
          while index < vectors.upperBound &* lanes {
            target.store(Function.value(source.vector(at: index), Scalar.self), at: index)
            index &+= lanes
          }
        }
      }
    }
  }

  /// A tensor of the same shape whose vectors are the function's values at those of this tensor and of
  /// `other`.
  @inline(__always)
  func mapped<Function: PairFunction>(with other: Tensor, by function: Function.Type) -> Tensor {
    require(shape == other.shape, "The shapes \(shape) and \(other.shape) differ.")
    let lanes = Scalar.Vector.scalarCount
    return Tensor(shape: shape, on: processor) { target in
      withPointer { a in
        other.withPointer { b in
          processor.run(over: Scalar.vectors(for: count), inPiecesOf: 512, operations: 4 * count) { vectors in
            var index = vectors.lowerBound &* lanes
            while index < vectors.upperBound &* lanes {
              target.store(Function.value(a.vector(at: index), b.vector(at: index), Scalar.self), at: index)
              index &+= lanes
            }
          }
        }
      }
    }
  }

  /// The sum, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func plus(_ other: Tensor) -> Tensor {
    mapped(with: other, by: Sum.self)
  }

  /// Adds `other`, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func add(_ other: Tensor) {
    require(shape == other.shape, "The shapes \(shape) and \(other.shape) differ.")
    let whole = self.shape
    withMutablePointer { target in
      other.withPointer { source in
        for index in stride(from: 0, to: whole.reduce(1, *), by: Scalar.Vector.scalarCount) {
          target.store(target.vector(at: index) + source.vector(at: index), at: index)
        }
      }
    }
  }

  /// Multiplies every element by `factor`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func scale(by factor: Scalar) {
    let count = count
    withMutablePointer { target in
      for index in stride(from: 0, to: count, by: Scalar.Vector.scalarCount) {
        target.store(target.vector(at: index) * Scalar.Vector(repeating: factor), at: index)
      }
    }
  }

  /// Sets every element to `value`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func fill(with value: Scalar) {
    let count = count
    withMutablePointer { $0.update(repeating: value, count: count) }
  }

  /// The sum of the squares, in double precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sumOfSquares() -> Double {
    withPointer { source in
      var (low, high) = (SIMD8<Double>(), SIMD8<Double>())
      let lanes = Scalar.Vector.scalarCount
      for index in stride(from: 0, to: count, by: lanes) {
        let (a, b) = Scalar.widened(source.vector(at: index, lanes: count &- index))
        low.addProduct(a, a)
        high.addProduct(b, b)
      }
      return Double.sum(low + high)
    }
  }

  /// Adds `row`, of the length of the last axis, to every row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func addToRows(_ row: Tensor) {
    let (columns, count) = (row.count, count)
    require(shape.last == columns, "A row of \(columns) cannot be added to rows of shape \(shape).")
    let lanes = Scalar.Vector.scalarCount
    withMutablePointer { target in
      row.withPointer { row in
        for start in stride(from: 0, to: count, by: columns) {
          for column in stride(from: 0, to: columns, by: lanes) {
            let left = columns &- column
            let sum = target.vector(at: start &+ column, lanes: left) + row.vector(at: column, lanes: left)
            target.store(sum, at: start &+ column, lanes: left)
          }
        }
      }
    }
  }

  /// The sum of the rows of a tensor seen as [rows, columns], `columns` being the last axis.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sumOfRows() -> Tensor {
    let columns = shape.last ?? 1
    let lanes = Scalar.Vector.scalarCount
    return Tensor(shape: [columns], on: processor) { target in
      withPointer { source in
        for column in stride(from: 0, to: columns, by: lanes) {
          var (low, high) = (SIMD8<Double>(), SIMD8<Double>())
          for start in stride(from: column, to: count, by: columns) {
            let (a, b) = Scalar.widened(source.vector(at: start, lanes: columns &- column))
            low += a
            high += b
          }
          for lane in 0..<min(lanes, columns &- column) {
            target[column &+ lane] = Scalar(lane < 8 ? low[lane] : high[lane &- 8])
          }
        }
      }
    }
  }
}
