/// Products of matrices, in tiles. Matrices are row-major, of shape [rows, columns].
extension Tensor {
  /// C = A·B, for A of shape [m, k] and B of shape [k, n], with a row of n values added to each of C's.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func times(_ other: Tensor, addingToRows row: Tensor? = nil) -> Tensor {
    typealias Tile = ProductTile<Scalar>
    require(
      shape.count == 2 && other.shape.count == 2 && shape[1] == other.shape[0],
      "Matrices of shape \(shape) and \(other.shape) cannot be multiplied.")
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    require(row.map { $0.count == n } ?? true, "A row of \(row?.count ?? 0) cannot be added to rows of \(n).")
    let right = VectorColumns(other, rows: k, columns: n, forRows: m)
    let isStreamed = Scalar.areStreamed(m * n, rowLength: n)
    return Tensor(shape: [m, n], on: processor) { c in
      withPointer { a in
        right.withRows { b in
          row.withPointer { row in
            // Few rows are shared out in small pieces; of many, as many as pay for fetching B go together.
            processor.run(over: m, inPiecesOf: m < 384 ? 16 : 48, operations: m * n * k) { rows in
              Tile.multiply(
                rows, of: .init(a, rowStride: k), over: .init(count: k), by: b,
                plus: row.map { .init($0, rowStride: 0) }, into: .init(c, rowStride: n, isStreamed: isStreamed),
                columns: n)
            }
          }
        }
      }
    }
  }

  /// C = Σ A[i]ᵀ·B[i + lag], for A and B of p rows, of m and n values: the gradient of weights, summed over
  /// samples; with a lag, over pairs of a time step and a later one.
  ///
  /// A long sum is cut into chunks, so that each row is fetched once, and the chunks' sums are added.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func transposedTimes(_ other: Tensor, lag: Int = 0) -> Tensor {
    typealias Tile = ProductTile<Scalar>
    require(
      shape.count == 2 && other.shape.count == 2 && shape[0] == other.shape[0] && (0...shape[0]).contains(lag),
      "A matrix of shape \(shape), transposed, cannot be multiplied with one of shape \(other.shape), \(lag) rows later."
    )
    let (rows, m, n) = (shape[0], shape[1], other.shape[1])
    let right = VectorColumns(other, rows: rows, columns: n, forRows: 0)
    let (p, blockLength) = (rows - lag, 128)
    let chunkLength = p < 1024 ? max(p, 1) : (p / 16 + blockLength - 1) / blockLength * blockLength
    let chunks = max((p + chunkLength - 1) / chunkLength, 1)
    let sums = Tensor(shape: [chunks, m * n], on: processor) { c in
      if p == 0 { c.initialize(repeating: 0, count: m * n) }
      withPointer { a in
        right.withRows { b in
          @inline(__always)
          func sum(_ chunk: Int, _ columnsOfA: Range<Int>) {
            let c = c + chunk * m * n
            let first = chunk * chunkLength
            let end = min(first + chunkLength, p)
            for start in stride(from: first, to: end, by: blockLength) {
              Tile.multiply(
                columnsOfA, of: .init(a + start * m, rowStride: 1),
                over: .init(count: min(blockLength, end - start), stride: m),
                by: b.dropping(start + lag),
                plus: start > first ? .init(UnsafePointer(c), rowStride: n) : nil, into: .init(c, rowStride: n),
                columns: n)
            }
          }
          let operations = m * n * p
          if chunks == 1 {
            processor.run(over: m, inPiecesOf: 2 * Tile.height, operations: operations) { sum(0, $0) }
          } else {
            processor.run(over: chunks, inPiecesOf: 1, operations: operations) { for chunk in $0 { sum(chunk, 0..<m) } }
          }
        }
      }
    }
    return (chunks == 1 ? sums : sums.sumOfRows()).reshaped(to: [m, n])
  }
}
