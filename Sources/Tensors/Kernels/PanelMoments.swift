/// Means and sums of squares of the parts of cells, in double precision.
package struct PartialMoments {
  /// The mean of each part, indexed [unit, part, cell].
  package let mean: SharedBuffer<Double>
  /// The sum of the squared distances from that mean.
  package let squares: SharedBuffer<Double>

  package init(_ panels: Panels, on processor: Processor) {
    let count = panels.units * panels.parts * panels.cells
    mean = SharedBuffer(uninitialized: count, on: processor)
    squares = SharedBuffer(uninitialized: count, on: processor)
  }
}

/// Sums over the parts of cells that a normalizer's gradient needs, in double precision.
package struct PartialGradients {
  /// The sum of the upstream gradient over each part, indexed [unit, part, cell].
  package let sum: SharedBuffer<Double>
  /// The sum of the gradient times the centred input.
  package let product: SharedBuffer<Double>

  package init(_ panels: Panels, on processor: Processor) {
    let count = panels.units * panels.parts * panels.cells
    sum = SharedBuffer(uninitialized: count, on: processor)
    product = SharedBuffer(uninitialized: count, on: processor)
  }
}

extension Tensor {
  /// Finds the moments of every cell in one part of one unit, in one pass.
  ///
  /// The sums are of the distances from an estimate of the mean, and of their squares (Chan, Golub & LeVeque,
  /// 1983, the shifted algorithm). The estimate is the mean of the part's first sixteenth, so that the square of
  /// its own distance from the mean is at most 15 times the variance, whatever the data: that is the most by
  /// which rounding can be amplified.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateMoments(_ panels: Panels, unit: Int, part: Int, into moments: PartialMoments) {
    typealias Vector = Scalar.Vector
    require(panels.count == count, "Panels of \(panels.count) elements cannot cut a tensor of \(count).")
    let along = panels.direction == .along
    let length = panels.length(ofPart: part)
    let reciprocal = 1 / Double(length)
    let target = (unit * panels.parts + part) * panels.cells
    @inline(__always)
    func store(_ cell: Int, _ estimate: Scalar, _ distance: Double, _ square: Double) {
      moments.mean.pointer[target + cell] = Double(estimate) + distance * reciprocal
      moments.squares.pointer[target + cell] = max(square - distance * distance * reciprocal, 0)
    }
    withPointer { x in
      if panels.areWideForSums {
        panels.withZeroRows(3, of: Scalar.self) { estimates, stride in
          let (distances, squares) = (estimates + stride, estimates + 2 &* stride)
          @inline(__always)
          func addValue(_ sum: inout Vector, _ unused: inout Vector, _ index: Int, _ column: Int, _ lanes: Int) {
            sum += x.vector(at: index, lanes: lanes)
          }
          let beginning = length / 16 + 1
          panels.addColumns(ofPart: part, in: unit, rows: beginning, to: (estimates, squares), addValue)
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
          panels.addColumns(ofPart: part, in: unit, rows: length, to: (distances, squares), addDistance)
          for cell in 0..<panels.cells { store(cell, estimates[cell], Double(distances[cell]), Double(squares[cell])) }
        }
        return
      }
      @inline(__always)
      func measure(_ strip: Panels.Strip, _ cell: Int) {
        let estimate = strip.estimatedMean(x, along: along)
        let (distances, squares) = strip.distances(x, from: estimate)
        if along {
          store(cell, estimate[0], Double(Scalar.sum(distances)), Double(Scalar.sum(squares)))
        } else {
          for lane in 0..<strip.lanes {
            store(cell + lane, estimate[lane], Double(distances[lane]), Double(squares[lane]))
          }
        }
      }
      panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self, measure)
    }
  }

  /// Sums an upstream gradient, and its product with this input less `centre` (one for each cell),
  /// over every cell in one part of one unit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateGradients(
    _ gradient: Tensor, centre: SharedBuffer<Scalar>, _ panels: Panels, unit: Int, part: Int,
    into gradients: PartialGradients
  ) {
    typealias Vector = Scalar.Vector
    precondition(panels.count == count && gradient.count == count)
    let target = (unit * panels.parts + part) * panels.cells
    withPointer { x in
      gradient.withPointer { gradient in
        if panels.areWideForSums {
          let centres = centre.pointer + panels.firstCell(of: unit)
          panels.withZeroRows(2, of: Scalar.self) { sums, stride in
            let products = sums + stride
            @inline(__always)
            func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ column: Int, _ lanes: Int) {
              let upstream = gradient.vector(at: index, lanes: lanes)
              sum += upstream
              let centred = x.vector(at: index, lanes: lanes) - centres.vector(at: column, lanes: lanes)
              product.addProduct(upstream, centred)
            }
            panels.addColumns(
              ofPart: part, in: unit, rows: panels.length(ofPart: part), to: (sums, products), add)
            for cell in 0..<panels.cells {
              gradients.sum.pointer[target + cell] = Double(sums[cell])
              gradients.product.pointer[target + cell] = Double(products[cell])
            }
          }
          return
        }
        @inline(__always)
        func measure(_ strip: Panels.Strip, _ cell: Int) {
          let centre = panels.coefficient(
            centre.pointer, at: panels.firstCell(of: unit) &+ cell, lanes: strip.lanes)
          @inline(__always)
          func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ lanes: Int) {
            let upstream = gradient.vector(at: index, lanes: lanes)
            sum += upstream
            product.addProduct(upstream, x.vector(at: index, lanes: lanes) - centre)
          }
          let (sum, product) = strip.sums(add)
          if panels.direction == .along {
            gradients.sum.pointer[target + cell] = Double(Scalar.sum(sum))
            gradients.product.pointer[target + cell] = Double(Scalar.sum(product))
          } else {
            for lane in 0..<strip.lanes {
              gradients.sum.pointer[target + cell + lane] = Double(sum[lane])
              gradients.product.pointer[target + cell + lane] = Double(product[lane])
            }
          }
        }
        panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self, measure)
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
