/// What a normalizer does to each element: y = (x − centre) · factor + constant, with coefficients for each cell.
///
/// Subtracting first keeps the digits that a large mean would cost. Where cells are apart, a row has one centre, factor
/// and constant, which make x̂, and each of its columns the γ and β of its channel: y = γ·x̂ + β.
package struct NormalizationForward<Scalar: TensorScalar>: Sendable {
  package let panels: Panels
  package let centre: SharedSlice<Scalar>
  package let factor: SharedSlice<Scalar>
  package let constant: SharedSlice<Scalar>
  /// γ and β, one for each channel.
  package let scale: Tensor<Scalar>
  package let shift: Tensor<Scalar>

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ panels: Panels, scale: Tensor<Scalar>, shift: Tensor<Scalar>, on processor: Processor) {
    require(
      scale.count == shift.count && (panels.way != .apart || scale.count % panels.columns == 0),
      "\(scale.count) scales and \(shift.count) shifts do not fit rows of \(panels.columns).")
    self.panels = panels
    let count = panels.coefficients
    let buffer = SharedBuffer<Scalar>(uninitialized: 3 * count, on: processor)
    centre = SharedSlice(0, of: buffer, count: count)
    factor = SharedSlice(1, of: buffer, count: count)
    constant = SharedSlice(2, of: buffer, count: count)
    self.scale = scale
    self.shift = shift
  }

  package var channels: Int { scale.count }

  /// γ of a channel.
  @inline(__always)
  package func scale(of channel: Int) -> Double { Double(scale.pointer[channel]) }

  /// β of a channel.
  @inline(__always)
  package func shift(of channel: Int) -> Double { Double(shift.pointer[channel]) }

  /// Transforms some parts of some lines of `input`, applies the activation, and writes `output`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply(
    to input: Tensor<Scalar>, lines: Range<Int>, parts: Range<Int>, activation: Activation?,
    into output: SharedBuffer<Scalar>
  ) {
    checkCounts(input.count, output.count)
    let y = output.pointer
    // What the activation reads again must stay.
    let streaming = activation.remainder == nil && panels.areStreamed(Scalar.self)
    let bound = activation.lowerBound(Scalar.self)
    input.withPointer { x in
      panels.forEachPart(of: lines, parts) { lines, part in
        switch panels.way {
        case .across where panels.areWide:
          for line in lines { transformRows(of: line, part, x, bound, into: y, streaming) }
        case .along, .across: transformStrips(of: lines, part, x, bound, into: y, streaming)
        case .apart: transformApart(lines, part, x, bound, into: y, streaming)
        }
        guard let activation = activation.remainder else { return }
        panels.forEachStrip(of: lines, part: part, Scalar.self) { strip, _, _ in
          strip.forEach(Scalar.Vector.self) { index, lanes in
            let value = activation.value(at: y.vector(at: index, lanes: lanes), Scalar.self)
            y.store(value, at: index, lanes: lanes)
          }
        }
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformStrips(
    of lines: Range<Int>, _ part: Int, _ x: UnsafePointer<Scalar>, _ bound: Scalar.Vector,
    into y: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    @inline(__always)
    func transformStrip(_ strip: Panels.Strip, _: Int, _ place: Int) {
      let (centre, factor, constant) = coefficients(at: place, lanes: strip.lanes)
      @inline(__always)
      func transform(_ index: Int, _ lanes: Int) {
        let centred = x.vector(at: index, lanes: lanes) - centre
        let result = constant.addingProduct(centred, factor)
        y.store(Scalar.larger(bound, result), at: index, lanes: lanes, streaming: streaming)
      }
      strip.forEach(Scalar.Vector.self, transform)
    }
    panels.forEachStrip(of: lines, part: part, Scalar.self, transformStrip)
  }

  /// Row by row, where lines are wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformRows(
    of line: Int, _ part: Int, _ x: UnsafePointer<Scalar>, _ bound: Scalar.Vector,
    into y: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    let first = line &* panels.columns
    let (centre, factor, constant) = (centre.pointer + first, factor.pointer + first, constant.pointer + first)
    @inline(__always)
    func transform(_ index: Int, _ column: Int, _ lanes: Int) {
      let centred = x.vector(at: index, lanes: lanes) - centre.vector(at: column, lanes: lanes)
      let result = constant.vector(at: column, lanes: lanes)
        .addingProduct(centred, factor.vector(at: column, lanes: lanes))
      y.store(Scalar.larger(bound, result), at: index, lanes: lanes, streaming: streaming)
    }
    panels.forEachVector(of: line, part: part, Scalar.self, transform)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformApart(
    _ lines: Range<Int>, _ part: Int, _ x: UnsafePointer<Scalar>, _ bound: Scalar.Vector,
    into y: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    @inline(__always)
    func transformRow(_ strip: Panels.Strip, _ line: Int, _ rowOfSample: Int) {
      let (centre, factor, constant) = coefficients(at: line, lanes: strip.lanes)
      let channel = rowOfSample &* panels.columns &+ panels.firstColumn(ofPart: part)
      let (scale, shift) = (scale.pointer + channel, shift.pointer + channel)
      let (x, y) = (x + strip.start, y + strip.start)
      @inline(__always)
      func transform(_ index: Int, _ lanes: Int) {
        let normalized = constant.addingProduct(x.vector(at: index, lanes: lanes) - centre, factor)
        let result = shift.vector(at: index, lanes: lanes)
          .addingProduct(normalized, scale.vector(at: index, lanes: lanes))
        y.store(Scalar.larger(bound, result), at: index, lanes: lanes, streaming: streaming)
      }
      strip.fromZero.forEach(Scalar.Vector.self, transform)
    }
    panels.forEachRow(of: lines, part: part, period: rowsOfSample, Scalar.self, transformRow)
  }

  @inline(__always)
  func checkCounts(_ first: Int, _ second: Int) {
    require(
      first == panels.count && second == panels.count,
      "Panels of \(panels.count) elements cannot cut tensors of \(first) and \(second).")
  }

  /// The coefficients of a strip's cells, or of its row.
  @inline(__always)
  func coefficients(
    at place: Int, lanes: Int
  ) -> (centre: Scalar.Vector, factor: Scalar.Vector, constant: Scalar.Vector) {
    (
      panels.coefficients(centre, at: place, lanes: lanes), panels.coefficients(factor, at: place, lanes: lanes),
      panels.coefficients(constant, at: place, lanes: lanes)
    )
  }

  /// Where cells are apart, the rows of a sample divide its channels among them.
  var rowsOfSample: Int { channels / panels.columns }
}
