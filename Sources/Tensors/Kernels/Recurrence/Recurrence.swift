/// What a recurrent layer does at one time step, to some rows of the batch, in place.
///
/// A sequence is time-major, [L, N, H], so that the rows of a step are contiguous: a step reads those before it
/// where they were left, in the cache, and one thread can take its rows through all steps without waiting for
/// the others.
package struct Recurrence<Scalar: TensorScalar>: Sendable {
  package let steps: Int
  package let batch: Int
  package let width: Int

  private let weights: VectorColumns<Scalar>
  package let activation: Activation

  /// The steps of sequences of the shape [L, N, H], whose rows are multiplied by `weights`, W of shape [H, H], on
  /// the way from one step to the next.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ sequence: [Int], weights: Tensor<Scalar>, activation: Activation) {
    require(sequence.count == 3, "A sequence has the shape [L, N, H]; this one's is \(sequence).")
    (steps, batch, width) = (sequence[0], sequence[1], sequence[2])
    require(weights.shape == [width, width], "Weights \(weights.shape) do not fit states of shape \(sequence).")
    self.weights = VectorColumns(weights, rows: width, columns: width, forRows: steps * batch)
    self.activation = activation
  }

  /// The multiply-adds in one walk through all steps.
  package var operations: Int { steps * batch * width * width }

  /// The rows that walk through time together: enough for their product to pay, few enough to share out.
  package var rowsInPiece: Int { min(max(batch / 4, 16), 32) }

  package var pieces: Int { (batch + rowsInPiece - 1) / rowsInPiece }

  package func rows(of piece: Int) -> Range<Int> {
    piece * rowsInPiece..<min((piece + 1) * rowsInPiece, batch)
  }

  /// Adds to the rows of a step those of another, of this or another sequence, multiplied by W, or stores the product.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func multiply(
    _ rows: Range<Int>, ofStep from: Int, in other: SharedBuffer<Scalar>? = nil, intoStep step: Int,
    of sequence: SharedBuffer<Scalar>, adding: Bool
  ) {
    check(sequence.count)
    check(other?.count ?? sequence.count)
    let source = (other ?? sequence).pointer + from * batch * width
    let target = sequence.pointer + step * batch * width
    weights.withRows { weights in
      ProductTile<Scalar>.multiply(
        rows, of: .init(UnsafePointer(source), rowStride: width), over: .init(count: width),
        by: weights,
        plus: adding ? .init(UnsafePointer(target), rowStride: width) : nil, into: .init(target, rowStride: width),
        columns: width)
    }
  }

  /// Replaces the rows of a step by the activation's values at them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func activate(_ rows: Range<Int>, ofStep step: Int, of sequence: SharedBuffer<Scalar>) {
    check(sequence.count)
    activation.apply(to: sequence.pointer + start(of: rows, step), count: rows.count * width)
  }

  /// Turns gradients of the rows of a step, given the states that the activation made, into those before it.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func differentiate(
    _ rows: Range<Int>, ofStep step: Int, of gradients: SharedBuffer<Scalar>, states: Tensor<Scalar>
  ) {
    check(gradients.count)
    check(states.count)
    let values = gradients.pointer
    states.withPointer { states in
      @inline(__always)
      func differentiate(_ index: Int, _ lanes: Int) {
        let gradient = activation.gradient(
          values.vector(at: index, lanes: lanes), output: states.vector(at: index, lanes: lanes), Scalar.self)
        values.store(gradient, at: index, lanes: lanes)
      }
      forEachVector(of: rows, step, differentiate)
    }
  }

  /// A copy of the rows of a step, [rows, H].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func copy(_ rows: Range<Int>, ofStep step: Int, of sequence: SharedBuffer<Scalar>) -> Tensor<Scalar> {
    check(sequence.count)
    return Tensor(shape: [rows.count, width], on: sequence.storage.processor) {
      $0.initialize(from: sequence.pointer + start(of: rows, step), count: rows.count * width)
    }
  }

  /// Replaces the rows of a step by those of `values`, [rows, H].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func replace(
    _ rows: Range<Int>, ofStep step: Int, of sequence: SharedBuffer<Scalar>, by values: Tensor<Scalar>
  ) {
    check(sequence.count)
    require(
      values.shape == [rows.count, width],
      "Values of shape \(values.shape) cannot replace those of a time step, \([rows.count, width]).")
    values.withPointer { (sequence.pointer + start(of: rows, step)).update(from: $0, count: values.count) }
  }

  private func check(_ count: Int) {
    require(
      count == steps * batch * width, "\(count) elements are not a sequence of shape \([steps, batch, width]).")
  }

  private func start(of rows: Range<Int>, _ step: Int) -> Int { (step * batch + rows.lowerBound) * width }

  @inline(__always)
  private func forEachVector(of rows: Range<Int>, _ step: Int, _ body: (_ index: Int, _ lanes: Int) -> Void) {
    let (first, count, lanes) = (start(of: rows, step), rows.count &* width, Scalar.Vector.scalarCount)
    var index = 0
    while index &+ lanes <= count {
      body(first &+ index, lanes)
      index &+= lanes
    }
    if index < count { body(first &+ index, count &- index) }
  }
}
