/// Functions of each element alone, and sums of tensors.
extension Tensor {
  /// Calls `body` with the index of the first element of every vector, on all threads.
  @inline(__always)
  func forEachVector(_ body: (_ index: Int) -> Void) {
    let lanes = Scalar.Vector.scalarCount
    processor.run(over: Scalar.vectors(for: count), inPiecesOf: 512, operations: 4 * count) { vectors in
      var index = vectors.lowerBound &* lanes
      while index < vectors.upperBound &* lanes {
        body(index)
        index &+= lanes
      }
    }
  }

  /// The sum, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func plus(_ other: Tensor) -> Tensor {
    require(shape == other.shape, "The shapes \(shape) and \(other.shape) differ.")
    return Tensor(shape: shape, on: processor) { target in
      withPointer { a in
        other.withPointer { b in
          forEachVector { target.store(a.vector(at: $0) + b.vector(at: $0), at: $0) }
        }
      }
    }
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

  /// Every element multiplied by `factor`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scaled(by factor: Scalar) -> Tensor {
    Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        let factor = Scalar.Vector(repeating: factor)
        forEachVector { target.store(source.vector(at: $0) * factor, at: $0) }
      }
    }
  }

  /// The sum of the products with another tensor's elements, in double precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func dot(_ other: Tensor) -> Double {
    require(shape == other.shape, "The shapes \(shape) and \(other.shape) differ.")
    return withPointer { a in
      other.withPointer { b in
        var (low, high) = (SIMD8<Double>(), SIMD8<Double>())
        for index in stride(from: 0, to: count, by: Scalar.Vector.scalarCount) {
          let (x, y) = (
            Scalar.widened(a.vector(at: index, lanes: count &- index)),
            Scalar.widened(b.vector(at: index, lanes: count &- index))
          )
          low.addProduct(x.0, y.0)
          high.addProduct(x.1, y.1)
        }
        return Double.sum(low + high)
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
  package func sumOfSquares() -> Double { dot(self) }

  /// The sum of the rows of a tensor seen as [rows, columns], `columns` being the last axis.
  ///
  /// Blocks of rows are summed in double precision, then the blocks' sums.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func sumOfRows() -> Tensor {
    let columns = shape.last ?? 1
    let (rows, rowsInBlock, lanes) = (count / max(columns, 1), 512, Scalar.Vector.scalarCount)
    let (blocks, strips) = ((rows + rowsInBlock - 1) / rowsInBlock, Scalar.vectors(for: columns))
    let sums = SharedBuffer<Double>(uninitialized: blocks > 1 ? blocks * columns : 0, on: processor)
    return Tensor(shape: [columns], on: processor) { target in
      withPointer { source in
        processor.run(over: blocks * strips, inPiecesOf: 8, operations: count) { pieces in
          for piece in pieces {
            let (block, column) = (piece / strips, piece % strips &* lanes)
            let left = min(lanes, columns &- column)
            var (low, high) = (SIMD8<Double>(), SIMD8<Double>())
            for row in block &* rowsInBlock..<min((block &+ 1) &* rowsInBlock, rows) {
              let (a, b) = Scalar.widened(source.vector(at: row &* columns &+ column, lanes: left))
              low += a
              high += b
            }
            for lane in 0..<left {
              let sum = lane < 8 ? low[lane] : high[lane &- 8]
              if blocks == 1 {
                target[column &+ lane] = Scalar(sum)
              } else {
                sums[block &* columns &+ column &+ lane] = sum
              }
            }
          }
        }
      }
      guard blocks != 1 else { return }
      for column in 0..<columns {
        target[column] = Scalar((0..<blocks).reduce(0) { $0 + sums[$1 &* columns &+ column] })
      }
    }
  }
}
