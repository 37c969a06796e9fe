/// The innermost kernel of every matrix product and convolution: six rows of one vector each, or four.
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

    /// `count` elements that are `stride` apart, on one line, which ends where another would begin.
    init(count: Int, stride: Int = 1) {
      self.init(lines: 1, lineStride: 1, run: count, stride: stride)
    }

    init(lines: Int, lineStride: Int, run: Int, stride: Int) {
      self.lines = lines
      self.lineStride = lineStride
      self.run = run
      self.stride = stride
    }

    var count: Int { lines * run }
  }

  /// Where six rows of A begin.
  ///
  /// Rows past the end of a matrix repeat the last one: they are computed again and not stored.
  typealias Rows = (
    UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafePointer<Scalar>,
    UnsafePointer<Scalar>
  )

  /// Calls `body` with the first of the rows of each tile and how many it has: as few as can be are computed in vain.
  @inline(__always)
  static func forEachTile(of rows: Range<Int>, _ body: (_ first: Int, _ height: Int) -> Void) {
    var first = rows.lowerBound
    while first < rows.upperBound {
      let left = rows.upperBound &- first
      let height = left == 7 || left == 8 ? 4 : min(left, self.height)
      body(first, height)
      first &+= height
    }
  }

  /// The addresses that `address` gives for six rows from `first`, none past `last`.
  @inline(__always)
  static func rows(from first: Int, last: Int, _ address: (Int) -> UnsafePointer<Scalar>) -> Rows {
    (
      address(first), address(min(first &+ 1, last)), address(min(first &+ 2, last)),
      address(min(first &+ 3, last)), address(min(first &+ 4, last)), address(min(first &+ 5, last))
    )
  }

  /// Computes a vector of columns of the tile and stores `lanes` of it in the first `height` rows of C, plus those of the
  /// addend if there is one.
  ///
  /// Never inlined: knowing how the rows lie to each other, the compiler would count along each of them, and the
  /// registers are too few for that. For the same reason lines end at a place and not after a count: the compiler would
  /// do several steps at once, with addresses of their own for each.
  @inline(never)
  static func multiply(
    _ a: Rows, over reduction: Reduction, by b: Matrix<UnsafePointer<Scalar>>,
    plus addend: Matrix<UnsafePointer<Scalar>>?, into c: Matrix<UnsafeMutablePointer<Scalar>>, height: Int, lanes: Int
  ) {
    typealias Vector = Scalar.Vector
    var (c0, c1, c2, c3, c4, c5) = (Vector(), Vector(), Vector(), Vector(), Vector(), Vector())
    let (rowStride, isHigh) = (b.rowStride, height > 4)
    var (b, line) = (b.start, 0)
    let (endOfLines, run) = (reduction.lines &* reduction.lineStride, reduction.run &* reduction.stride)
    while line != endOfLines {
      var k = line
      let end = k &+ run
      while k != end {
        let row = b.vector(at: 0)
        c0.addProduct(Vector(repeating: a.0[k]), row)
        c1.addProduct(Vector(repeating: a.1[k]), row)
        c2.addProduct(Vector(repeating: a.2[k]), row)
        c3.addProduct(Vector(repeating: a.3[k]), row)
        if isHigh {
          c4.addProduct(Vector(repeating: a.4[k]), row)
          c5.addProduct(Vector(repeating: a.5[k]), row)
        }
        k &+= reduction.stride
        b += rowStride
      }
      line &+= reduction.lineStride
    }
    if let addend {
      let (start, stride, last) = (addend.start, addend.rowStride, height &- 1)
      c0 += start.vector(at: 0, lanes: lanes)
      c1 += start.vector(at: min(1, last) &* stride, lanes: lanes)
      c2 += start.vector(at: min(2, last) &* stride, lanes: lanes)
      c3 += start.vector(at: min(3, last) &* stride, lanes: lanes)
      c4 += start.vector(at: min(4, last) &* stride, lanes: lanes)
      c5 += start.vector(at: min(5, last) &* stride, lanes: lanes)
    }
    let (start, stride, streaming) = (c.start, c.rowStride, c.isStreamed)
    start.store(c0, at: 0, lanes: lanes, streaming: streaming)
    if height > 1 { start.store(c1, at: stride, lanes: lanes, streaming: streaming) }
    if height > 2 { start.store(c2, at: 2 &* stride, lanes: lanes, streaming: streaming) }
    if height > 3 { start.store(c3, at: 3 &* stride, lanes: lanes, streaming: streaming) }
    if height > 4 { start.store(c4, at: 4 &* stride, lanes: lanes, streaming: streaming) }
    if height > 5 { start.store(c5, at: 5 &* stride, lanes: lanes, streaming: streaming) }
  }
}

extension ProductTile {
  /// A matrix in memory: its first element, and how far its rows are apart.
  ///
  /// A row that stands for all of them has a stride of zero. What is streamed is written past the caches.
  struct Matrix<Pointer> {
    let start: Pointer
    let rowStride: Int
    let isStreamed: Bool

    init(_ start: Pointer, rowStride: Int, isStreamed: Bool = false) {
      self.start = start
      self.rowStride = rowStride
      self.isStreamed = isStreamed
    }
  }

  /// Computes `rows` of C = A·B + addend, for `columns` columns.
  ///
  /// A column of tiles at a time, so that its part of B stays in the first-level cache while the rows pass by; where all of
  /// B has room there, a row of tiles, so that C is written as it lies in memory.
  @inline(__always)
  static func multiply(
    _ rows: Range<Int>, of a: Matrix<UnsafePointer<Scalar>>, over reduction: Reduction,
    by b: VectorColumns<Scalar>.Rows, plus addend: Matrix<UnsafePointer<Scalar>>?,
    into c: Matrix<UnsafeMutablePointer<Scalar>>, columns: Int
  ) {
    let (lanes, last) = (Scalar.Vector.scalarCount, rows.upperBound &- 1)
    @inline(__always)
    func multiply(from first: Int, _ height: Int, _ column: Int) {
      Self.multiply(
        Self.rows(from: first, last: last) { a.start + ($0 &* a.rowStride) }, over: reduction,
        by: b.from(column), plus: addend?.from(first, column), into: c.from(first, column), height: height,
        lanes: min(lanes, columns &- column))
    }
    if reduction.count &* columns &* MemoryLayout<Scalar>.stride <= smallMatrix {
      forEachTile(of: rows) { first, height in
        for column in stride(from: 0, to: columns, by: lanes) { multiply(from: first, height, column) }
      }
    } else {
      for column in stride(from: 0, to: columns, by: lanes) {
        forEachTile(of: rows) { first, height in multiply(from: first, height, column) }
      }
    }
  }

  /// In bytes: half of a first-level cache.
  private static var smallMatrix: Int { 1 << 14 }
}

extension ProductTile.Matrix where Pointer: Strideable, Pointer.Stride == Int {
  /// What begins at a row and a column of this.
  @inline(__always)
  func from(_ row: Int, _ column: Int) -> Self {
    Self(start.advanced(by: row &* rowStride &+ column), rowStride: rowStride, isStreamed: isStreamed)
  }
}
