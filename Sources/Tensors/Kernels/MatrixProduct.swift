/// Products of matrices, in tiles. Matrices are row-major, of shape [rows, columns].
extension Tensor {
  /// C = A·B, for A of shape [m, k] and B of shape [k, n].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func times(_ other: Tensor) -> Tensor {
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    require(shape.count == 2 && other.shape == [k, n], "\(shape) times \(other.shape)")
    let right = PaddedRows(other, rows: k, columns: n)
    return Tensor(shape: [m, n], on: processor) { c in
      withPointer { a in
        right.withPointer { b in
          processor.run(over: m, inPiecesOf: 8 * ProductTile<Scalar>.height, operations: m * n * k) { rows in
            multiplyRows(
              rows, a, over: .init(count: k), rowStride: k, by: b, rowStride: right.rowStride, into: c, columns: n,
              adding: false)
          }
        }
      }
    }
  }

  /// C = Aᵀ·B, for A of shape [p, m] and B of shape [p, n]: the gradient of weights, summed over p samples.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func transposedTimes(_ other: Tensor) -> Tensor {
    let (p, m, n) = (shape[0], shape[1], other.shape[1])
    require(shape.count == 2 && other.shape == [p, n], "\(shape) transposed times \(other.shape)")
    let right = PaddedRows(other, rows: p, columns: n)
    let blockLength = 256
    return Tensor(shape: [m, n], on: processor) { c in
      c.initialize(repeating: 0, count: m * n)
      withPointer { a in
        right.withPointer { b in
          processor.run(over: m, inPiecesOf: 2 * ProductTile<Scalar>.height, operations: m * n * p) { rows in
            for start in stride(from: 0, to: p, by: blockLength) {
              multiplyRows(
                rows, a + start * m, over: .init(count: min(blockLength, p - start), stride: m), rowStride: 1,
                by: b + start * right.rowStride, rowStride: right.rowStride, into: c, columns: n, adding: true)
            }
          }
        }
      }
    }
  }

  /// The transpose of a matrix.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func transposed() -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    require(shape.count == 2, "Only a matrix can be transposed; the shape is \(shape).")
    return Tensor(shape: [columns, rows], on: processor) { target in
      withPointer { source in
        for row in 0..<rows {
          for column in 0..<columns { target[column &* rows &+ row] = source[row &* columns &+ column] }
        }
      }
    }
  }
}

@inline(__always)
private func multiplyRows<Scalar: TensorScalar>(
  _ rows: Range<Int>, _ a: UnsafePointer<Scalar>, over reduction: ProductTile<Scalar>.Reduction, rowStride: Int,
  by b: UnsafePointer<Scalar>, rowStride bStride: Int,
  into c: UnsafeMutablePointer<Scalar>, columns: Int, adding: Bool
) {
  typealias Tile = ProductTile<Scalar>
  let lanes = Scalar.Vector.scalarCount
  for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Tile.height) {
    let left = Tile.rows(from: first, last: rows.upperBound &- 1) { a + ($0 &* rowStride) }
    for column in stride(from: 0, to: columns, by: lanes) {
      Tile.multiply(
        left, over: reduction, b + column, rowStride: bStride,
        into: Tile.rows(from: first, last: rows.upperBound &- 1) { c + ($0 &* columns &+ column) },
        lanes: min(lanes, columns &- column), adding: adding)
    }
  }
}
