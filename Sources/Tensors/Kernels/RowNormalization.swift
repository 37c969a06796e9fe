/// Normalization of rows whose channels are contiguous: statistics and output while the row is in the cache.
///
/// A row of `channels` is `segments` runs of equal length, each with a mean and a variance of its own.
package struct RowNormalization<Scalar: TensorScalar>: Sendable {
  package let rows: Int
  package let channels: Int
  package let segments: Int
  package let epsilon: Double

  fileprivate typealias Vector = Scalar.Vector

  /// Rows to a piece of work, and to a partial sum of the gradients of scale and shift.
  private let rowsInPiece = 32

  package init(rows: Int, channels: Int, segments: Int, epsilon: Double) {
    precondition(channels % segments == 0)
    self.rows = rows
    self.channels = channels
    self.segments = segments
    self.epsilon = epsilon
    reciprocalWidth = Double(segments) / Double(channels)
  }

  /// What every segment was normalized with, one of each for every row and segment:
  /// x̂ = (x − centre) · inverseDeviation + correction.
  package struct Statistics: Sendable {
    fileprivate let centre: SharedBuffer<Scalar>
    fileprivate let inverseDeviation: SharedBuffer<Scalar>
    /// The part of the mean that `centre` does not hold, over the deviation.
    fileprivate let correction: SharedBuffer<Scalar>

    fileprivate init(count: Int, on processor: Processor) {
      centre = SharedBuffer(uninitialized: count, on: processor)
      inverseDeviation = SharedBuffer(uninitialized: count, on: processor)
      correction = SharedBuffer(uninitialized: count, on: processor)
    }

    /// The means, in the order of the rows and their segments.
    package var means: [Double] {
      (0..<centre.count).map { Double(centre[$0]) - Double(correction[$0]) / Double(inverseDeviation[$0]) }
    }

    /// What the vectors of segment `index` are normalized with.
    @inline(__always)
    fileprivate subscript(index: Int) -> Segment {
      Segment(
        centre: Vector(repeating: centre.pointer[index]), factor: Vector(repeating: inverseDeviation.pointer[index]),
        constant: Vector(repeating: correction.pointer[index]))
    }
  }

  fileprivate struct Segment {
    let (centre, factor, constant): (Vector, Vector, Vector)

    /// x̂ of a vector.
    @inline(__always)
    func normalized(_ x: Vector) -> Vector { constant.addingProduct(x - centre, factor) }
  }

  private var pieces: Int { (rows + rowsInPiece - 1) / rowsInPiece }

  private func rows(of piece: Int) -> Range<Int> {
    piece &* rowsInPiece..<min((piece &+ 1) &* rowsInPiece, rows)
  }

  private var width: Int { channels / segments }
  private let reciprocalWidth: Double

  /// The vectors of a segment, from the beginning of its row.
  private func strip(_ segment: Int) -> Panels.Strip {
    let lanes = Vector.scalarCount
    return Panels.Strip(start: segment &* width, count: width / lanes, stride: lanes, lanes: lanes, tail: width % lanes)
  }

  /// Normalizes every segment, scales and shifts each channel, and applies the activation.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func forward(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, activation: Activation?
  ) -> (output: Tensor<Scalar>, statistics: Statistics) {
    precondition(input.count == rows * channels && scale.count == channels && shift.count == channels)
    let statistics = Statistics(count: rows * segments, on: input.processor)
    let output = SharedBuffer<Scalar>(uninitialized: input.count, on: input.processor)
    let bound = activation.lowerBound(Scalar.self)
    withExtendedLifetime((input, scale, shift)) {
      let (scale, shift) = (scale.pointer, shift.pointer)
      input.processor.run(over: pieces, inPiecesOf: 1, operations: 8 * input.count) { some in
        for piece in some {
          findStatistics(of: rows(of: piece), input.pointer, into: statistics)
          for row in rows(of: piece) {
            let (x, y) = (input.pointer + row &* channels, output.pointer + row &* channels)
            for segment in 0..<segments {
              let (strip, segment) = (strip(segment), statistics[row &* segments &+ segment])
              @inline(__always)
              func transform(_ index: Int, _ lanes: Int) {
                let normalized = segment.normalized(x.vector(at: index, lanes: lanes))
                let scaled = shift.vector(at: index, lanes: lanes)
                  .addingProduct(normalized, scale.vector(at: index, lanes: lanes))
                y.store(Scalar.larger(bound, scaled), at: index, lanes: lanes)
              }
              strip.forEach(Vector.self, transform)
            }
            activation.remainder?.apply(to: y, count: channels)
          }
        }
      }
    }
    return (Tensor(output, shape: input.shape), statistics)
  }

  /// One pass over distances from an estimate of the mean, as in `accumulateMoments`.
  ///
  /// The sums of all segments come first and the divisions and roots after them, so that no segment waits for
  /// those of the one before.
  @inline(__always)
  private func findStatistics(of rows: Range<Int>, _ x: UnsafePointer<Scalar>, into statistics: Statistics) {
    let (centre, factor, correction) = (
      statistics.centre.pointer, statistics.inverseDeviation.pointer, statistics.correction.pointer
    )
    for row in rows {
      let x = x + row &* channels
      for segment in 0..<segments {
        let (strip, index) = (strip(segment), row &* segments &+ segment)
        let estimate = strip.estimatedMean(x, along: true)
        let (distances, squares) = strip.distances(x, from: estimate)
        centre[index] = estimate[0]
        correction[index] = Scalar.sum(distances)
        factor[index] = Scalar.sum(squares)
      }
    }
    for index in rows.lowerBound &* segments..<rows.upperBound &* segments {
      let distance = Double(correction[index]) * reciprocalWidth
      let variance = max(Double(factor[index]) * reciprocalWidth - distance * distance, 0)
      let inverse = 1 / (variance + epsilon).squareRoot()
      factor[index] = Scalar(inverse)
      correction[index] = Scalar(-distance * inverse)
    }
  }

  /// The gradient of the input, from that of the output; adds to the gradients of the scale and the shift.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func backward(
    _ gradient: Tensor<Scalar>, input: Tensor<Scalar>, statistics: Statistics,
    scale: inout Parameter<Scalar>, shift: inout Parameter<Scalar>
  ) -> Tensor<Scalar> {
    precondition(input.count == rows * channels && gradient.count == input.count && scale.value.count == channels)
    // The pieces' sums, of the scale's gradient and of the shift's.
    let scales = SharedBuffer<Scalar>(count: pieces * channels, on: input.processor)
    let shifts = SharedBuffer<Scalar>(count: pieces * channels, on: input.processor)
    let result = SharedBuffer<Scalar>(uninitialized: input.count, on: input.processor)
    let factors = scale.value
    withExtendedLifetime((input, gradient, factors)) {
      let factors = factors.pointer
      input.processor.run(over: pieces, inPiecesOf: 1, operations: 12 * input.count) { some in
        for piece in some {
          let (scales, shifts) = (scales.pointer + piece &* channels, shifts.pointer + piece &* channels)
          for row in rows(of: piece) {
            let (x, dy) = (input.pointer + row &* channels, gradient.pointer + row &* channels)
            for segment in 0..<segments {
              differentiate(
                strip(segment), x, dy, factors, statistics, row &* segments &+ segment, scales, shifts,
                into: result.pointer + row &* channels)
            }
          }
        }
      }
    }
    scale.gradient.add(Tensor(scales, shape: [pieces, channels]).sumOfRows())
    shift.gradient.add(Tensor(shifts, shape: [pieces, channels]).sumOfRows())
    return Tensor(result, shape: input.shape)
  }

  /// With g = γ·dy and means over the segment: dx = (g − mean(g) − x̂·mean(g·x̂)) / σ.
  @inline(__always)
  private func differentiate(
    _ strip: Panels.Strip, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>,
    _ statistics: Statistics, _ index: Int, _ scaleGradient: UnsafeMutablePointer<Scalar>,
    _ shiftGradient: UnsafeMutablePointer<Scalar>, into dx: UnsafeMutablePointer<Scalar>
  ) {
    let segment = statistics[index]
    @inline(__always)
    func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ lanes: Int) {
      let normalized = segment.normalized(x.vector(at: index, lanes: lanes))
      let upstream = dy.vector(at: index, lanes: lanes)
      let scaled = upstream * scale.vector(at: index, lanes: lanes)
      sum += scaled
      product.addProduct(scaled, normalized)
      let soFar = scaleGradient.vector(at: index, lanes: lanes)
      scaleGradient.store(soFar.addingProduct(upstream, normalized), at: index, lanes: lanes)
      shiftGradient.store(shiftGradient.vector(at: index, lanes: lanes) + upstream, at: index, lanes: lanes)
    }
    let (sums, products) = strip.sums(add)
    let meanGradient = Vector(repeating: Scalar.sum(sums) * Scalar(reciprocalWidth))
    let meanProduct = Vector(repeating: Scalar.sum(products) * Scalar(reciprocalWidth))
    @inline(__always)
    func transform(_ index: Int, _ lanes: Int) {
      let normalized = segment.normalized(x.vector(at: index, lanes: lanes))
      let scaled = dy.vector(at: index, lanes: lanes) * scale.vector(at: index, lanes: lanes)
      let centred = (scaled - meanGradient).addingProduct(-normalized, meanProduct)
      dx.store(centred * segment.factor, at: index, lanes: lanes)
    }
    strip.forEach(Vector.self, transform)
  }
}
