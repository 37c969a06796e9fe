/// Means and sums of squares of the parts of cells, in double precision, indexed [part, cell].
package struct PartialMoments {
  /// The mean of each part; while it is measured, an estimate of it.
  package let mean: SharedSlice<Double>
  /// The sum of the squared distances from that mean; while it is measured, the sum of the distances from the estimate.
  package let squares: SharedSlice<Double>
  /// The sum of the squared distances from the estimate.
  private let distances: SharedSlice<Double>

  package init(_ panels: Panels, on processor: Processor) {
    let count = panels.parts * panels.cells
    let buffer = SharedBuffer<Double>(uninitialized: 3 * count, on: processor)
    mean = SharedSlice(0, of: buffer, count: count)
    squares = SharedSlice(1, of: buffer, count: count)
    distances = SharedSlice(2, of: buffer, count: count)
  }

  @inline(__always)
  fileprivate func store<Scalar: TensorScalar>(
    _ index: Int, estimate: Scalar, distances sum: Scalar, squares sumOfSquares: Scalar
  ) {
    mean.pointer[index] = Double(estimate)
    squares.pointer[index] = Double(sum)
    distances.pointer[index] = Double(sumOfSquares)
  }

  /// Finds the moments from the sums that were stored in `range`, each over 1/`reciprocal` values: all at once, as this
  /// takes time and vectors can do it.
  @inline(__always)
  fileprivate func finish(_ range: Range<Int>, _ reciprocal: Double) {
    let (mean, squares, distances) = (mean.pointer, squares.pointer, distances.pointer)
    for index in range {
      let sum = squares[index]
      mean[index] += sum * reciprocal
      squares[index] = max(distances[index] - sum * sum * reciprocal, 0)
    }
  }
}

extension Tensor {
  /// Finds the moments of every cell in some parts of some lines, in one pass.
  ///
  /// The sums are of the distances from an estimate of the mean, and of their squares (Chan, Golub & LeVeque,
  /// 1983, the shifted algorithm). The estimate is the mean of the part's first sixteenth, so that the square of
  /// its own distance from the mean is at most 15 times the variance, whatever the data: that is the most by
  /// which rounding can be amplified.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateMoments(
    _ panels: Panels, lines: Range<Int>, parts: Range<Int>, into moments: PartialMoments
  ) {
    require(panels.count == count, "Panels of \(panels.count) elements cannot cut a tensor of \(count).")
    panels.forEachPart(of: lines, parts) { measure(panels, $0, $1, into: moments) }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func measure(_ panels: Panels, _ lines: Range<Int>, _ part: Int, into moments: PartialMoments) {
    typealias Vector = Scalar.Vector
    let along = panels.way == .along
    let length = panels.length(ofPart: part)
    let target = part * panels.cells
    defer {
      let cells = lines.lowerBound &* panels.cellsInLine..<lines.upperBound &* panels.cellsInLine
      moments.finish(target &+ cells.lowerBound..<target &+ cells.upperBound, 1 / Double(length))
    }
    withPointer { x in
      @inline(__always)
      func measureRows(of line: Int) {
        panels.withZeroRows(3, of: Scalar.self) { estimates, stride in
          let (distances, squares) = (estimates + stride, estimates + 2 &* stride)
          @inline(__always)
          func addValue(_ sum: inout Vector, _ unused: inout Vector, _ index: Int, _ column: Int, _ lanes: Int) {
            sum += x.vector(at: index, lanes: lanes)
          }
          let beginning = length / 16 + 1
          panels.addColumns(of: line, part: part, rows: beginning, to: (estimates, squares), addValue)
          for cell in 0..<stride { estimates[cell] /= Scalar(beginning) }
          @inline(__always)
          func addDistance(
            _ distances: inout Vector, _ squares: inout Vector, _ index: Int, _ column: Int, _ lanes: Int
          ) {
            let estimate = estimates.vector(at: column)
            let distance = x.vector(at: index, lanes: lanes, padding: estimate) - estimate
            distances += distance
            squares.addProduct(distance, distance)
          }
          panels.addColumns(of: line, part: part, rows: length, to: (distances, squares), addDistance)
          for cell in 0..<panels.columns {
            moments.store(
              target &+ line &* panels.columns &+ cell, estimate: estimates[cell], distances: distances[cell],
              squares: squares[cell])
          }
        }
      }
      if panels.areWideForSums {
        for line in lines { measureRows(of: line) }
        return
      }
      @inline(__always)
      func measure(_ strip: Panels.Strip, _ cell: Int, _: Int) {
        let estimate = strip.estimatedMean(x, along: along)
        let (distances, squares) = strip.distances(x, from: estimate)
        if along {
          moments.store(
            target &+ cell, estimate: estimate[0], distances: Scalar.sum(distances), squares: Scalar.sum(squares))
        } else {
          for lane in 0..<strip.lanes {
            moments.store(
              target &+ cell &+ lane, estimate: estimate[lane], distances: distances[lane], squares: squares[lane])
          }
        }
      }
      panels.forEachStrip(of: lines, part: part, Scalar.self, measure)
    }
  }
}

extension Panels.Strip {
  /// The mean of the strip's first sixteenth: of each lane, or of all along one cell.
  @inline(__always)
  func estimatedMean<Scalar: TensorScalar>(_ x: UnsafePointer<Scalar>, along: Bool) -> Scalar.Vector {
    typealias Vector = Scalar.Vector
    @inline(__always)
    func add(_ sum: inout Vector, _ unused: inout Vector, _ index: Int, _ lanes: Int) {
      sum += x.vector(at: index, lanes: lanes)
    }
    let beginning = beginning
    let (sum, _) = beginning.sums(add)
    guard along else { return sum * Vector(repeating: 1 / Scalar(beginning.count)) }
    let reciprocal = 1 / Scalar(beginning.count &* beginning.lanes &+ beginning.tail)
    return Vector(repeating: Scalar.sum(sum) * reciprocal)
  }

  /// The sums of the distances from an estimate of the mean and of their squares, lane by lane.
  @inline(__always)
  func distances<Scalar: TensorScalar>(
    _ x: UnsafePointer<Scalar>, from estimate: Scalar.Vector
  ) -> (sum: Scalar.Vector, squares: Scalar.Vector) {
    typealias Vector = Scalar.Vector
    @inline(__always)
    func add(_ sum: inout Vector, _ squares: inout Vector, _ index: Int, _ lanes: Int) {
      let distance = x.vector(at: index, lanes: lanes, padding: estimate) - estimate
      sum += distance
      squares.addProduct(distance, distance)
    }
    return sums(add)
  }
}
