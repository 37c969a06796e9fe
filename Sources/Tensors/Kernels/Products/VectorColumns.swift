/// The right-hand side of a product, to be read a vector of columns at a time.
///
/// Where many rows are multiplied by many, it is packed: each vector of columns lies together. It then stays in the
/// first-level cache, whose lines the rows of a wide matrix, far apart, would dispute. Otherwise it is read where it is; what
/// a vector reads after the end of a row is not stored.
struct VectorColumns<Scalar: TensorScalar>: Sendable {
  private let tensor: Tensor<Scalar>
  /// How far a row is from the one before it, within a vector of columns.
  private let rowStride: Int
  /// How far one vector of columns is from the one before it, by the scalars of a vector.
  private let columnStride: Int

  /// The columns of `matrix`, by which so many rows are multiplied; 0 where they come in blocks that stay cached, and a copy
  /// would be another pass through memory.
  @inline(__always)
  init(_ matrix: Tensor<Scalar>, rows: Int, columns: Int, forRows users: Int) {
    let width = Scalar.Vector.scalarCount
    guard columns != width && rows >= Self.manyRows && users >= Self.manyUsers else {
      (tensor, rowStride, columnStride) = (matrix, columns, 1)
      return
    }
    (rowStride, columnStride) = (width, rows)
    tensor = Tensor(shape: [Scalar.vectors(for: columns), rows, width], on: matrix.processor) { target in
      matrix.withPointer { source in
        matrix.processor.run(over: Scalar.vectors(for: columns), inPiecesOf: 1, operations: rows * columns) { vectors in
          for vector in vectors {
            let column = vector &* width
            let (target, lanes) = (target + column &* rows, min(width, columns &- column))
            for row in 0..<rows {
              target.store(source.vector(at: row &* columns &+ column, lanes: lanes), at: row &* width)
            }
          }
        }
      }
    }
  }

  /// Rows of fewer than this have room in the cache wherever they lie.
  private static var manyRows: Int { 48 }
  /// Copying for fewer than this takes longer than it saves.
  private static var manyUsers: Int { 32 }

  @inline(__always)
  func withRows(_ body: (Rows) -> Void) {
    tensor.withPointer { body(Rows(start: $0, rowStride: rowStride, columnStride: columnStride)) }
  }

  /// The rows from one on, in memory.
  struct Rows {
    fileprivate let start: UnsafePointer<Scalar>
    fileprivate let rowStride: Int
    fileprivate let columnStride: Int

    /// Without the first `count`.
    @inline(__always)
    func dropping(_ count: Int) -> Rows {
      Rows(start: start + count &* rowStride, rowStride: rowStride, columnStride: columnStride)
    }

    /// The vector of columns from `column`, a multiple of its width.
    @inline(__always)
    func from(_ column: Int) -> ProductTile<Scalar>.Matrix<UnsafePointer<Scalar>> {
      .init(start + column &* columnStride, rowStride: rowStride)
    }
  }
}
