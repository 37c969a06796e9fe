/// How the memory of a tensor is cut for reductions and for what follows them.
///
/// What is done to each strip or vector is handed over as a local function marked `@inline(__always)`: a closure
/// would be called once for each, with its sums in memory instead of registers.
///
/// Memory is `units × rows × columns`, the columns contiguous. What is reduced runs either **across** the
/// rows, so that each column is a cell of its own, or **along** the columns, so that each row is. A cell is
/// the finest thing that has one mean: its statistics are found here, in parts of bounded length, and merged
/// by whoever knows which cells belong together.
package struct Panels: Sendable, Equatable {
  package enum Direction: Sendable { case across, along }

  package let units: Int
  package let rows: Int
  package let columns: Int
  package let direction: Direction
  /// Whether a cell of one unit is the same as that of every other, with one mean over them all.
  package let sharesCells: Bool

  package init(units: Int, rows: Int, columns: Int, direction: Direction, sharesCells: Bool = false) {
    self.units = units
    self.rows = rows
    self.columns = columns
    self.direction = direction
    self.sharesCells = sharesCells
  }

  package var count: Int { units * rows * columns }

  /// The cells of a unit: its columns or its rows.
  package var cells: Int { direction == .across ? columns : rows }

  /// The cells of all units.
  package var allCells: Int { sharesCells ? cells : units * cells }

  /// The number of a unit's first cell among all.
  @inline(__always)
  package func firstCell(of unit: Int) -> Int { sharesCells ? 0 : unit &* cells }

  /// The values of a cell in one unit.
  package var cellLength: Int { direction == .across ? rows : columns }

  /// The parts that each cell is cut into, so that a part stays in the first-level cache between its two
  /// passes.
  package var parts: Int { max((cellLength + partLength - 1) / partLength, 1) }

  /// The values in part `part` of a cell.
  @inline(__always)
  package func length(ofPart part: Int) -> Int { min(partLength, cellLength - part * partLength) }

  private var partLength: Int { direction == .across ? Self.longestAcross : Self.longestAlong }

  static let longestAcross = 128
  static let longestAlong = 2048

  /// A sequence of vectors that one coefficient each applies to: `count` vectors of `lanes` scalars,
  /// `stride` apart, then one of `tail` scalars.
  struct Strip {
    let start: Int
    let count: Int
    let stride: Int
    let lanes: Int
    let tail: Int
  }

  /// Calls `body` with every strip of a part of a unit and its first cell.
  @inline(__always)
  func forEachStrip<Scalar: TensorScalar>(
    ofPart part: Int, in unit: Int, of type: Scalar.Type, _ body: (Strip, Int) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    let (first, length) = (part &* partLength, length(ofPart: part))
    let unitStart = unit &* rows &* columns
    switch direction {
    case .across:
      let start = unitStart &+ first &* columns
      for column in Swift.stride(from: 0, to: columns, by: width) {
        let lanes = min(width, columns &- column)
        body(Strip(start: start &+ column, count: length, stride: columns, lanes: lanes, tail: 0), column)
      }
    case .along:
      for row in 0..<rows {
        let start = unitStart &+ row &* columns &+ first
        body(
          Strip(start: start, count: length / width, stride: width, lanes: width, tail: length % width), row)
      }
    }
  }

  /// Whether rows are several vectors wide and have coefficients for each column.
  ///
  /// They are then walked row by row, as memory lies, instead of strip by strip.
  var areWide: Bool { direction == .across && columns >= 32 }

  /// Whether rows are so wide that strips, a vector of each row, are slow to fetch: sums are then made row by row,
  /// too.
  var areWideForSums: Bool { direction == .across && columns >= 64 }

  /// Whether results go past the caches, which could not hold them until they are needed.
  func areStreamed<Scalar: TensorScalar>(_ type: Scalar.Type) -> Bool {
    let stride = MemoryLayout<Scalar>.stride
    return count &* stride > Self.largestCached && columns &* stride % 32 == 0
  }

  /// In bytes: half of the third-level cache of a small server.
  private static let largestCached = 1 << 24

  /// Calls `body` with every vector of a part of a unit of wide panels, in the order of memory.
  @inline(__always)
  func forEachVector<Scalar: TensorScalar>(
    ofPart part: Int, in unit: Int, of type: Scalar.Type, _ body: (_ index: Int, _ column: Int, _ lanes: Int) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    var start = (unit &* rows &+ part &* partLength) &* columns
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
    ofPart part: Int, in unit: Int, rows count: Int,
    to sums: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>),
    _ body: (
      _ first: inout Scalar.Vector, _ second: inout Scalar.Vector, _ index: Int, _ column: Int, _ lanes: Int
    ) -> Void
  ) {
    let width = Scalar.Vector.scalarCount
    var start = (unit &* rows &+ part &* partLength) &* columns
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

  /// A coefficient of the cells that a strip covers: one for each lane, or one for all.
  @inline(__always)
  func coefficient<Scalar: TensorScalar>(
    _ values: UnsafeMutablePointer<Scalar>, at cell: Int, lanes: Int
  ) -> Scalar.Vector {
    direction == .across ? values.vector(at: cell, lanes: lanes) : Scalar.Vector(repeating: values[cell])
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
