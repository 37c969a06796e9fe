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
  /// Finds the moments of every cell in one part of one unit, in two passes over memory that is in the cache
  /// after the first.
  ///
  /// The first pass finds the mean, rounded; the second sums the distances from it, which corrects the
  /// rounding (Chan, Golub & LeVeque, 1983, the corrected two-pass algorithm).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateMoments(_ panels: Panels, unit: Int, part: Int, into moments: PartialMoments) {
    typealias Vector = Scalar.Vector
    require(panels.count == count, "Panels of \(panels.count) elements cannot cut a tensor of \(count).")
    let along = panels.direction == .along
    let length = Double(panels.length(ofPart: part))
    let reciprocal = Scalar(1 / length)
    let target = (unit * panels.parts + part) * panels.cells
    withPointer { x in
      panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self) { strip, cell in
        let (sum, _): (Vector, Vector) = strip.sums { sum, _, index, lanes in
          sum += x.vector(at: index, lanes: lanes)
        }
        let mean = (along ? Vector(repeating: Scalar.sum(sum)) : sum) * Vector(repeating: reciprocal)
        let (distances, squares): (Vector, Vector) = strip.sums { distances, squares, index, lanes in
          let distance = x.vector(at: index, lanes: lanes, padding: mean) - mean
          distances += distance
          squares.addProduct(distance, distance)
        }
        @inline(__always)
        func store(_ at: Int, _ mean: Scalar, _ distance: Double, _ square: Double) {
          moments.mean.pointer[at] = Double(mean) + distance / length
          moments.squares.pointer[at] = max(square - distance * distance / length, 0)
        }
        if along {
          store(target + cell, mean[0], Scalar.widenedSum(distances), Scalar.widenedSum(squares))
        } else {
          for lane in 0..<strip.lanes {
            store(target + cell + lane, mean[lane], Double(distances[lane]), Double(squares[lane]))
          }
        }
      }
    }
  }

  /// Sums an upstream gradient, and its product with this input less `centre` (one for each unit and cell),
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
        panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self) { strip, cell in
          let centre = panels.coefficient(
            centre.pointer, at: unit &* panels.cells &+ cell, lanes: strip.lanes)
          let (sum, product): (Vector, Vector) = strip.sums { sum, product, index, lanes in
            let upstream = gradient.vector(at: index, lanes: lanes)
            sum += upstream
            product.addProduct(upstream, x.vector(at: index, lanes: lanes) - centre)
          }
          if panels.direction == .along {
            gradients.sum.pointer[target + cell] = Scalar.widenedSum(sum)
            gradients.product.pointer[target + cell] = Scalar.widenedSum(product)
          } else {
            for lane in 0..<strip.lanes {
              gradients.sum.pointer[target + cell + lane] = Double(sum[lane])
              gradients.product.pointer[target + cell + lane] = Double(product[lane])
            }
          }
        }
      }
    }
  }
}

extension TensorScalar {
  /// The sum of the lanes in double precision.
  @inline(__always)
  static func widenedSum(_ vector: Vector) -> Double {
    let (low, high) = widened(vector)
    return Double.sum(low + high)
  }
}
