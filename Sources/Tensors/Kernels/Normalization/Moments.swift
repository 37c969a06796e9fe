/// Means and sums of squares of the parts of cells, in double precision, indexed [part, cell].
package struct PartialMoments<Scalar: TensorScalar> {
  /// The mean of each part.
  package let mean: SharedSlice<Double>
  /// The sum of the squared distances from that mean.
  package let squares: SharedSlice<Double>
  /// What both are made of: an estimate of the mean, and the sums of the distances from it and of their squares.
  private let (estimates, distances, squaresOfDistances):
    (SharedSlice<Scalar>, SharedSlice<Scalar>, SharedSlice<Scalar>)

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ panels: Panels, on processor: Processor) {
    let count = panels.parts * panels.cells
    let buffer = SharedBuffer<Double>(uninitialized: 2 * count, on: processor)
    mean = SharedSlice(0, of: buffer, count: count)
    squares = SharedSlice(1, of: buffer, count: count)
    let sums = SharedBuffer<Scalar>(uninitialized: 3 * count, on: processor)
    estimates = SharedSlice(0, of: sums, count: count)
    distances = SharedSlice(1, of: sums, count: count)
    squaresOfDistances = SharedSlice(2, of: sums, count: count)
  }

  @inline(__always)
  fileprivate func store(_ index: Int, _ estimate: Scalar, _ distance: Scalar, _ square: Scalar) {
    estimates.pointer[index] = estimate
    distances.pointer[index] = distance
    squaresOfDistances.pointer[index] = square
  }

  /// Finds the moments from the sums that were stored in `range`, each over 1/`reciprocal` values: all at once, as this
  /// takes time and vectors can do it.
  @inline(__always)
  fileprivate func finish(_ range: Range<Int>, _ reciprocal: Double) {
    let (mean, squares, estimates) = (mean.pointer, squares.pointer, estimates.pointer)
    let (distances, squaresOfDistances) = (distances.pointer, squaresOfDistances.pointer)
    for index in range {
      let distance = Double(distances[index])
      mean[index] = Double(estimates[index]) + distance * reciprocal
      squares[index] = max(Double(squaresOfDistances[index]) - distance * distance * reciprocal, 0)
    }
  }
}

extension Tensor {
  /// Finds the moments of every cell in one part of some lines, in one pass.
  ///
  /// The sums are of the distances from an estimate of the mean, and of their squares (Chan, Golub & LeVeque,
  /// 1983, the shifted algorithm). The estimate is the mean of the part's first sixteenth, so that the square of
  /// its own distance from the mean is at most 15 times the variance, whatever the data: that is the most by
  /// which rounding can be amplified.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateMoments(_ panels: Panels, lines: Range<Int>, part: Int, into moments: PartialMoments<Scalar>) {
    typealias Vector = Scalar.Vector
    require(panels.count == count, "Panels of \(panels.count) elements cannot cut a tensor of \(count).")
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
            moments.store(target &+ line &* panels.columns &+ cell, estimates[cell], distances[cell], squares[cell])
          }
        }
      }
      if panels.areWideForSums {
        for line in lines { measureRows(of: line) }
        return
      }
      if along {
        @inline(__always)
        func measure(_ strip: Panels.Strip, _ line: Int, _: Int) {
          let estimate = strip.estimatedMean(x, along: true)
          let (distances, squares) = strip.distances(x, from: estimate)
          moments.store(target &+ line, estimate[0], Scalar.sum(distances), Scalar.sum(squares))
        }
        panels.forEachRow(of: lines, part: part, period: lines.upperBound + 1, Scalar.self, measure)
      } else {
        @inline(__always)
        func measure(_ strip: Panels.Strip, _ cell: Int) {
          let estimate = strip.estimatedMean(x, along: false)
          let (distances, squares) = strip.distances(x, from: estimate)
          for lane in 0..<strip.lanes {
            moments.store(target &+ cell &+ lane, estimate[lane], distances[lane], squares[lane])
          }
        }
        panels.forEachColumns(of: lines, part: part, Scalar.self, measure)
      }
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
