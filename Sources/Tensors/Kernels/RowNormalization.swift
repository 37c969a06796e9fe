/// Normalization of rows whose channels are contiguous: statistics and output while the row is in the cache.
///
/// A row of `channels` is `segments` runs of equal length, each with a mean and a variance of its own.
package struct RowNormalization<Scalar: TensorScalar>: Sendable {
  package let rows: Int
  package let channels: Int
  package let segments: Int
  package let epsilon: Double

  /// Rows to a piece of work, and to a partial sum of the gradients of scale and shift.
  private let rowsInPiece = 32

  package init(rows: Int, channels: Int, segments: Int, epsilon: Double) {
    precondition(channels % segments == 0)
    self.rows = rows
    self.channels = channels
    self.segments = segments
    self.epsilon = epsilon
  }

  /// What a segment was normalized with: x̂ = (x − centre) · inverseDeviation + correction.
  package struct Statistics: Sendable {
    package let centre: Tensor<Scalar>
    package let inverseDeviation: Tensor<Scalar>
    /// The part of the mean that `centre` is too coarse to hold, over the deviation.
    package let correction: Tensor<Scalar>
  }

  private var width: Int { channels / segments }

  private func strip(_ segment: Int) -> Panels.Strip {
    let lanes = Scalar.Vector.scalarCount
    return Panels.Strip(start: segment &* width, count: width / lanes, stride: lanes, lanes: lanes, tail: width % lanes)
  }

  /// Normalizes every segment, then scales and shifts each channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func forward(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, activation: Activation?
  ) -> (output: Tensor<Scalar>, statistics: Statistics) {
    typealias Vector = Scalar.Vector
    precondition(input.count == rows * channels && scale.count == channels && shift.count == channels)
    let processor = input.processor
    let centres = SharedBuffer<Scalar>(uninitialized: rows * segments, on: processor)
    let deviations = SharedBuffer<Scalar>(uninitialized: rows * segments, on: processor)
    let corrections = SharedBuffer<Scalar>(uninitialized: rows * segments, on: processor)
    let length = Double(width)
    let output = Tensor<Scalar>(shape: input.shape, on: processor) { y in
      input.withPointer { x in
        scale.withPointer { scale in
          shift.withPointer { shift in
            processor.run(over: rows, inPiecesOf: rowsInPiece, operations: 8 * rows * channels) { rows in
              for row in rows {
                for segment in 0..<segments {
                  let (x, y, strip) = (x + row &* channels, y + row &* channels, strip(segment))
                  let (sum, _): (Vector, Vector) = strip.sums { sum, _, index, lanes in
                    sum += x.vector(at: index, lanes: lanes)
                  }
                  let centre = Scalar(Scalar.widenedSum(sum) / length)
                  let centreVector = Vector(repeating: centre)
                  let (distances, squares): (Vector, Vector) = strip.sums { distances, squares, index, lanes in
                    let distance = x.vector(at: index, lanes: lanes, padding: centreVector) - centreVector
                    distances += distance
                    squares.addProduct(distance, distance)
                  }
                  let distance = Scalar.widenedSum(distances)
                  let variance = max(Scalar.widenedSum(squares) - distance * distance / length, 0) / length
                  let inverse = 1 / (variance + epsilon).squareRoot()
                  let correction = Scalar(-distance / length * inverse)
                  let factor = Vector(repeating: Scalar(inverse))
                  let constant = Vector(repeating: correction)
                  strip.forEach(Scalar.Vector.self) { index, lanes in
                    let normalized = constant.addingProduct(x.vector(at: index, lanes: lanes) - centreVector, factor)
                    let shifted = shift.vector(at: index, lanes: lanes)
                      .addingProduct(normalized, scale.vector(at: index, lanes: lanes))
                    y.store(activation.value(at: shifted, Scalar.self), at: index, lanes: lanes)
                  }
                  let at = row &* segments &+ segment
                  centres.pointer[at] = centre
                  deviations.pointer[at] = Scalar(inverse)
                  corrections.pointer[at] = correction
                }
              }
            }
          }
        }
      }
    }
    let shape = [rows, segments]
    return (
      output,
      Statistics(
        centre: Tensor(centres, shape: shape), inverseDeviation: Tensor(deviations, shape: shape),
        correction: Tensor(corrections, shape: shape))
    )
  }

  /// The gradients of the input, the scale and the shift, from that of the output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func backward(
    _ gradient: Tensor<Scalar>, input: Tensor<Scalar>, statistics: Statistics, scale: Tensor<Scalar>
  ) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    typealias Vector = Scalar.Vector
    precondition(input.count == rows * channels && gradient.count == input.count && scale.count == channels)
    let processor = input.processor
    let pieces = (rows + rowsInPiece - 1) / rowsInPiece
    // Scale and shift side by side: [piece, 2, channels].
    let partial = SharedBuffer<Scalar>(count: pieces * 2 * channels, on: processor)
    let length = Double(width)
    let result = Tensor<Scalar>(shape: input.shape, on: processor) { dx in
      input.withPointer { x in
        gradient.withPointer { dy in
          statistics.centre.withPointer { centres in
            statistics.inverseDeviation.withPointer { deviations in
              statistics.correction.withPointer { corrections in
                scale.withPointer { scale in
                  processor.run(over: pieces, inPiecesOf: 1, operations: 12 * rows * channels) { some in
                    for piece in some {
                      let scaleGradient = partial.pointer + piece &* 2 &* channels
                      let shiftGradient = scaleGradient + channels
                      for row in piece &* rowsInPiece..<min((piece &+ 1) &* rowsInPiece, rows) {
                        for segment in 0..<segments {
                          let (x, dy, dx) = (x + row &* channels, dy + row &* channels, dx + row &* channels)
                          let at = row &* segments &+ segment
                          let centre = Vector(repeating: centres[at])
                          let factor = Vector(repeating: deviations[at])
                          let constant = Vector(repeating: corrections[at])
                          let strip = strip(segment)
                          let (sums, products): (Vector, Vector) = strip.sums { sum, product, index, lanes in
                            let normalized = constant.addingProduct(x.vector(at: index, lanes: lanes) - centre, factor)
                            let upstream = dy.vector(at: index, lanes: lanes)
                            let scaled = upstream * scale.vector(at: index, lanes: lanes)
                            sum += scaled
                            product.addProduct(scaled, normalized)
                            scaleGradient.store(
                              scaleGradient.vector(at: index, lanes: lanes).addingProduct(upstream, normalized),
                              at: index, lanes: lanes)
                            shiftGradient.store(
                              shiftGradient.vector(at: index, lanes: lanes) + upstream, at: index, lanes: lanes)
                          }
                          let meanGradient = Vector(repeating: Scalar(Scalar.widenedSum(sums) / length))
                          let meanProduct = Vector(repeating: Scalar(Scalar.widenedSum(products) / length))
                          strip.forEach(Scalar.Vector.self) { index, lanes in
                            let normalized = constant.addingProduct(x.vector(at: index, lanes: lanes) - centre, factor)
                            let scaled = dy.vector(at: index, lanes: lanes) * scale.vector(at: index, lanes: lanes)
                            let centred = (scaled - meanGradient).addingProduct(-normalized, meanProduct)
                            dx.store(centred * factor, at: index, lanes: lanes)
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    let sums = Tensor(partial, shape: [pieces, 2 * channels]).sumOfRows().scalars
    return (
      result, Tensor(Array(sums[..<channels]), shape: [channels], on: processor),
      Tensor(Array(sums[channels...]), shape: [channels], on: processor)
    )
  }
}
