/// How memory is walked for reductions and for what follows them: `blocks × rows × columns`, the columns contiguous.
///
/// A *cell* is what has one statistic and one channel in a row or a block; other blocks may repeat it. Whoever knows which
/// statistic and which channel a cell has is told its number. Cells are reduced in parts of bounded length, whose sums are merged by the caller.
///
/// What is done to each strip or vector is handed over as a local function marked `@inline(__always)`: a closure
/// would be called once for each, with its sums in memory instead of registers.
package struct Panels: Sendable, Equatable {
  /// The three ways to walk the innermost axis.
  package enum Way: Sendable {
    /// Along a cell: all columns of a row are one.
    case along
    /// Across cells: each column is one, reduced over the rows of its block.
    case across
    /// Each value is a cell of its own: the columns of a row have one statistic and a channel each. What is found for a
    /// row stands where the other ways have that of a cell.
    case apart
  }

  package let blocks: Int
  package let rows: Int
  package let columns: Int
  package let way: Way
  /// How many cells have coefficients of their own; after them, the blocks repeat those of the first.
  package let coefficients: Int

  package init(blocks: Int, rows: Int, columns: Int, way: Way, blocksShareCells: Bool = false) {
    self.blocks = blocks
    self.rows = rows
    self.columns = columns
    self.way = way
    let cellsOfBlock = way == .across ? columns : rows
    coefficients = blocksShareCells ? cellsOfBlock : blocks * cellsOfBlock
  }

  package var count: Int { blocks * rows * columns }

  /// What is walked together and can be walked alone: a block across, otherwise a row.
  package var lines: Int { way == .across ? blocks : blocks * rows }

  /// The cells of a line.
  package var cellsInLine: Int { way == .across ? columns : 1 }

  /// The cells of all lines, numbered in the order of memory.
  package var cells: Int { lines * cellsInLine }

  /// The values of a cell in one line; of a row, where cells are apart.
  package var cellLength: Int { way == .across ? rows : columns }

  /// The parts that each cell is cut into, so that a part stays in the first-level cache between two passes and a sum
  /// in single precision is never long.
  package var parts: Int { max((cellLength + partLength - 1) / partLength, 1) }

  /// The values in part `part` of a cell.
  @inline(__always)
  package func length(ofPart part: Int) -> Int { min(partLength, cellLength - part * partLength) }

  private var partLength: Int { way == .across ? Self.longestAcross : Self.longestAlong }

  package static let longestAcross = 128
  package static let longestAlong = 2048

  /// The lines of a piece of work that is worth handing over to a thread.
  ///
  /// Where cells are apart, the sums over the
  /// channels run down the lines of a piece: it is then no longer than a part.
  package var linesInPiece: Int {
    let lines = Self.smallestPiece / (length(ofPart: 0) * cellsInLine)
    return max(way == .apart ? min(lines, Self.longestAcross) : lines, 1)
  }

  /// Elements that are worth handing over to a thread.
  package static let smallestPiece = 1 << 14

  /// Calls `body` with some parts of some lines, in the order of memory where there are several.
  @inline(__always)
  package func forEachPart(
    of lines: Range<Int>, _ parts: Range<Int>, _ body: (_ lines: Range<Int>, _ part: Int) -> Void
  ) {
    guard parts.count > 1 else { return body(lines, parts.lowerBound) }
    for line in lines {
      for part in parts { body(line..<line &+ 1, part) }
    }
  }

  /// A sequence of vectors that one coefficient each applies to: `count` vectors of `lanes` scalars,
  /// `stride` apart, then one of `tail` scalars.
  struct Strip {
    let start: Int
    let count: Int
    let stride: Int
    let lanes: Int
    let tail: Int
  }

  /// Calls `body` with a part of each of some rows: of a cell along it, or of cells that are apart.
  ///
  /// With it comes the number of the row, and its remainder by `period`.
  @inline(__always)
  func forEachRow<Scalar: TensorScalar>(
    of lines: Range<Int>, part: Int, period: Int, _ type: Scalar.Type,
    _ body: (_ strip: Strip, _ line: Int, _ remainder: Int) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    let length = length(ofPart: part)
    let (count, tail) = (length / width, length % width)
    var start = lines.lowerBound &* columns &+ part &* partLength
    // Counted along: a division takes as long as a short row.
    var remainder = lines.lowerBound % period
    for line in lines {
      body(Strip(start: start, count: count, stride: width, lanes: width, tail: tail), line, remainder)
      start &+= columns
      remainder &+= 1
      if remainder == period { remainder = 0 }
    }
  }

  /// Calls `body` with a part of each vector of columns of some blocks, and with its first cell.
  @inline(__always)
  func forEachColumns<Scalar: TensorScalar>(
    of lines: Range<Int>, part: Int, _ type: Scalar.Type, _ body: (_ strip: Strip, _ cell: Int) -> Void
  ) {
    let (width, length) = (Scalar.Vector.scalarCount, length(ofPart: part))
    for line in lines {
      let start = (line &* rows &+ part &* partLength) &* columns
      var column = 0
      while column < columns {
        let lanes = min(width, columns &- column)
        body(
          Strip(start: start &+ column, count: length, stride: columns, lanes: lanes, tail: 0),
          line &* columns &+ column)
        column &+= width
      }
    }
  }

  /// Calls `body` with every strip of a part of some lines, with the number of its first cell, and with the place of that
  /// cell's coefficients.
  @inline(__always)
  func forEachStrip<Scalar: TensorScalar>(
    of lines: Range<Int>, part: Int, _ type: Scalar.Type, _ body: (_ strip: Strip, _ cell: Int, _ place: Int) -> Void
  ) {
    if way == .across {
      @inline(__always)
      func visit(_ strip: Strip, _ cell: Int) { body(strip, cell, cell) }
      forEachColumns(of: lines, part: part, type, visit)
    } else {
      forEachRow(of: lines, part: part, period: coefficients, type, body)
    }
  }

  /// The coefficients of the cells that a strip covers: one for each lane, or one for all.
  @inline(__always)
  func coefficients<Scalar: TensorScalar>(
    _ values: SharedSlice<Scalar>, at place: Int, lanes: Int
  ) -> Scalar.Vector {
    way == .across
      ? values.pointer.vector(at: place, lanes: lanes) : Scalar.Vector(repeating: values.pointer[place])
  }

  /// The first column of a part of a row.
  @inline(__always)
  func firstColumn(ofPart part: Int) -> Int { part &* partLength }

  /// Whether rows are several vectors wide and have coefficients for each column.
  ///
  /// They are then walked row by row, as memory lies, instead of strip by strip; few rows are near whichever way they are
  /// walked, and along a strip coefficients stay in registers.
  var areWide: Bool { way == .across && columns >= 32 && length(ofPart: 0) &* columns > 2048 }

  /// Whether rows are so wide that strips, a vector of each row, are slow to fetch: sums are then made row by row,
  /// too.
  var areWideForSums: Bool { way == .across && columns >= 64 }

  /// Whether results go past the caches.
  func areStreamed<Scalar: TensorScalar>(_ type: Scalar.Type) -> Bool {
    Scalar.areStreamed(count, rowLength: columns)
  }

  /// Calls `body` with every vector of a part of one line of wide panels, in the order of memory.
  @inline(__always)
  func forEachVector<Scalar: TensorScalar>(
    of line: Int, part: Int, _ type: Scalar.Type, _ body: (_ index: Int, _ column: Int, _ lanes: Int) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    var start = (line &* rows &+ part &* partLength) &* columns
    for _ in 0..<length(ofPart: part) {
      var column = 0
      while column &+ width <= columns {
        body(start &+ column, column, width)
        column &+= width
      }
      if column < columns { body(start &+ column, column, columns &- column) }
      start &+= columns
    }
  }

  /// Adds two sums over the first `rows` rows of a part of wide panels to `sums`, one of each for every column.
  ///
  /// `body` adds the terms of one vector to both. Rows are read in the order of memory, four at a time, so that
  /// the sums, which do not fit into the registers, are fetched for every fourth row only. There are whole
  /// vectors of them.
  @inline(__always)
  func addColumns<Scalar: TensorScalar>(
    of line: Int, part: Int, rows count: Int,
    to sums: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>),
    _ body: (
      _ first: inout Scalar.Vector, _ second: inout Scalar.Vector, _ index: Int, _ column: Int, _ lanes: Int
    ) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    var start = (line &* rows &+ part &* partLength) &* columns
    @inline(__always)
    func add(rows count: Int, _ column: Int, _ lanes: Int) {
      var (first, second) = (sums.0.vector(at: column), sums.1.vector(at: column))
      for row in 0..<count { body(&first, &second, start &+ row &* columns &+ column, column, lanes) }
      sums.0.store(first, at: column)
      sums.1.store(second, at: column)
    }
    @inline(__always)
    func addBlock(rows count: Int) {
      var column = 0
      while column &+ width <= columns {
        add(rows: count, column, width)
        column &+= width
      }
      if column < columns { add(rows: count, column, columns &- column) }
      start &+= count &* columns
    }
    for _ in 0..<count / 4 { addBlock(rows: 4) }
    for _ in 0..<count % 4 { addBlock(rows: 1) }
  }

  /// Calls `body` with room for `count` rows of wide panels, filled with zeros.
  @inline(__always)
  func withZeroRows<Scalar: TensorScalar>(
    _ count: Int, of type: Scalar.Type, _ body: (_ rows: UnsafeMutablePointer<Scalar>, _ stride: Int) -> Void
  ) {
    let stride = Scalar.vectors(for: columns) &* Scalar.Vector.scalarCount
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: count &* stride) { buffer in
      buffer.initialize(repeating: 0)
      if let rows = buffer.baseAddress { body(rows, stride) }
    }
  }
}

extension Panels.Strip {
  /// Two sums over the strip's vectors, lane by lane; `body` adds the terms of one vector to both.
  ///
  /// There are two interleaved pairs of sums, so that an addition need not wait for the one before it, and no
  /// more: they must fit into the registers.
  @inline(__always)
  func sums<Vector: SIMD>(
    _ body: (_ first: inout Vector, _ second: inout Vector, _ index: Int, _ lanes: Int) -> Void
  ) -> (Vector, Vector) where Vector.Scalar: TensorScalar {
    var (a, b) = (Vector(), Vector())
    var (c, d) = (Vector(), Vector())
    var (index, left) = (start, count)
    if isWhole(Vector.self) {
      while left >= 2 {
        body(&a, &c, index, Vector.scalarCount)
        body(&b, &d, index &+ stride, Vector.scalarCount)
        index &+= 2 &* stride
        left &-= 2
      }
    }
    while left > 0 {
      body(&a, &c, index, lanes)
      index &+= stride
      left &-= 1
    }
    if tail > 0 { body(&b, &d, index, tail) }
    return (a + b, c + d)
  }

  /// The same strip of something that begins where this one does.
  @inline(__always)
  var fromZero: Panels.Strip { Panels.Strip(start: 0, count: count, stride: stride, lanes: lanes, tail: tail) }

  /// The first vectors of the strip, a sixteenth of it at least; all of a strip shorter than a vector.
  @inline(__always)
  var beginning: Panels.Strip {
    guard count > 0 else { return self }
    return Panels.Strip(start: start, count: count / 16 + 1, stride: stride, lanes: lanes, tail: 0)
  }

  /// Calls `body` with the index and the length of each of the strip's vectors.
  @inline(__always)
  func forEach<Vector: SIMD>(_ type: Vector.Type, _ body: (_ index: Int, _ lanes: Int) -> Void) {
    var (index, left) = (start, count)
    if isWhole(type) {
      while left > 0 {
        body(index, Vector.scalarCount)
        index &+= stride
        left &-= 1
      }
    }
    while left > 0 {
      body(index, lanes)
      index &+= stride
      left &-= 1
    }
    if tail > 0 { body(index, tail) }
  }

  /// Whether the vectors but for the tail are whole ones: a loop that is told so need not ask for each.
  @inline(__always)
  private func isWhole<Vector: SIMD>(_ type: Vector.Type) -> Bool {
    lanes == Vector.scalarCount
  }
}
