/// The innermost kernel of every matrix product and convolution: six rows of one vector each.
///
/// C[i, :] = Σ over k of A(i, k) · B[k, :], one fused multiply-add for each term, in the order of k. The
/// order does not depend on how the product is cut into tiles, and with it neither do the numbers.
///
/// A(i, k) is `rows[i] + offset(k)`, where k runs through `lines` lines of `run` elements: a row of a matrix
/// is one line; a 3×3 patch of a channels-last image is three; a column of a matrix is one line with a long
/// stride. So the same tile multiplies matrices, convolves, and sums weight gradients over positions, and no
/// patch is ever copied.
struct ProductTile<Scalar: TensorScalar> {
  static var height: Int { 6 }

  /// The lines that the reduced index runs through, in elements of A.
  struct Reduction {
    var lines: Int
    var lineStride: Int
    var run: Int
    var stride: Int

    /// `count` elements that are `stride` apart.
    init(count: Int, stride: Int = 1) {
      self.init(lines: 1, lineStride: 0, run: count, stride: stride)
    }

    init(lines: Int, lineStride: Int, run: Int, stride: Int) {
      self.lines = lines
      self.lineStride = lineStride
      self.run = run
      self.stride = stride
    }

    var count: Int { lines * run }
  }

  /// Six row addresses.
  ///
  /// Rows past the end of a matrix repeat the last one: they compute and store it again.
  typealias Rows<Pointer> = (Pointer, Pointer, Pointer, Pointer, Pointer, Pointer)

  /// The addresses that `address` gives for six rows from `first`, none past `last`.
  @inline(__always)
  static func rows<Pointer>(from first: Int, last: Int, _ address: (Int) -> Pointer) -> Rows<Pointer> {
    (
      address(first), address(min(first &+ 1, last)), address(min(first &+ 2, last)),
      address(min(first &+ 3, last)), address(min(first &+ 4, last)), address(min(first &+ 5, last))
    )
  }

  /// Computes `lanes` columns of the tile and stores them, plus an addend if there is one.
  ///
  /// Never inlined: knowing how the rows lie to each other, the compiler would count along each of them, and the
  /// registers are too few for that.
  @inline(never)
  static func multiply(
    _ a: Rows<UnsafePointer<Scalar>>, over reduction: Reduction,
    _ b: UnsafePointer<Scalar>, rowStride: Int,
    plus addend: Rows<UnsafePointer<Scalar>>?,
    into c: Rows<UnsafeMutablePointer<Scalar>>, lanes: Int
  ) {
    typealias Vector = Scalar.Vector
    var (c0, c1, c2, c3, c4, c5) = (Vector(), Vector(), Vector(), Vector(), Vector(), Vector())
    var b = b
    for line in 0..<reduction.lines {
      var k = line &* reduction.lineStride
      var left = reduction.run
      while left > 0 {
        let row = b.vector(at: 0)
        c0.addProduct(Vector(repeating: a.0[k]), row)
        c1.addProduct(Vector(repeating: a.1[k]), row)
        c2.addProduct(Vector(repeating: a.2[k]), row)
        c3.addProduct(Vector(repeating: a.3[k]), row)
        c4.addProduct(Vector(repeating: a.4[k]), row)
        c5.addProduct(Vector(repeating: a.5[k]), row)
        k &+= reduction.stride
        b += rowStride
        left &-= 1
      }
    }
    if let addend {
      c0 += addend.0.vector(at: 0, lanes: lanes)
      c1 += addend.1.vector(at: 0, lanes: lanes)
      c2 += addend.2.vector(at: 0, lanes: lanes)
      c3 += addend.3.vector(at: 0, lanes: lanes)
      c4 += addend.4.vector(at: 0, lanes: lanes)
      c5 += addend.5.vector(at: 0, lanes: lanes)
    }
    c.0.store(c0, at: 0, lanes: lanes)
    c.1.store(c1, at: 0, lanes: lanes)
    c.2.store(c2, at: 0, lanes: lanes)
    c.3.store(c3, at: 0, lanes: lanes)
    c.4.store(c4, at: 0, lanes: lanes)
    c.5.store(c5, at: 0, lanes: lanes)
  }
}

extension ProductTile {
  /// A matrix in memory: its first element, and how far its rows are apart.
  ///
  /// A row that stands for all of them has a stride of zero.
  struct Matrix<Pointer> {
    let start: Pointer
    let rowStride: Int

    init(_ start: Pointer, rowStride: Int) {
      self.start = start
      self.rowStride = rowStride
    }
  }

  /// Computes `rows` of C = A·B + addend, for `columns` columns.
  ///
  /// A column of tiles at a time, so that its part of B stays in the first-level cache while the rows pass by.
  @inline(__always)
  static func multiply(
    _ rows: Range<Int>, of a: Matrix<UnsafePointer<Scalar>>, over reduction: Reduction,
    by b: Matrix<UnsafePointer<Scalar>>, plus addend: Matrix<UnsafePointer<Scalar>>?,
    into c: Matrix<UnsafeMutablePointer<Scalar>>, columns: Int
  ) {
    let (lanes, last) = (Scalar.Vector.scalarCount, rows.upperBound &- 1)
    for column in stride(from: 0, to: columns, by: lanes) {
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
        multiply(
          Self.rows(from: first, last: last) { a.start + ($0 &* a.rowStride) }, over: reduction,
          b.start + column, rowStride: b.rowStride,
          plus: addend.map { addend in
            Self.rows(from: first, last: last) { addend.start + ($0 &* addend.rowStride &+ column) }
          },
          into: Self.rows(from: first, last: last) { c.start + ($0 &* c.rowStride &+ column) },
          lanes: min(lanes, columns &- column))
      }
    }
  }
}

/// The right-hand side of a product with its rows filled up to whole vectors, where they are not already.
struct PaddedRows<Scalar: TensorScalar>: Sendable {
  private let tensor: Tensor<Scalar>
  let rowStride: Int

  @inline(__always)
  init(_ matrix: Tensor<Scalar>, rows: Int, columns: Int) {
    rowStride = Scalar.vectors(for: columns) * Scalar.Vector.scalarCount
    guard rowStride != columns else {
      tensor = matrix
      return
    }
    let rowStride = rowStride
    tensor = Tensor(shape: [rows, rowStride], on: matrix.processor) { target in
      target.initialize(repeating: 0, count: rows * rowStride)
      matrix.withPointer { source in
        for row in 0..<rows { (target + row * rowStride).update(from: source + row * columns, count: columns) }
      }
    }
  }

  @inline(__always)
  func withPointer(_ body: (UnsafePointer<Scalar>) -> Void) {
    tensor.withPointer(body)
  }
}
