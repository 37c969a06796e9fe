/// The gradient of a normalizer's input: dx = upstream · dy + input · (x − centre) + constant.
///
/// There are coefficients for each cell. Where cells are apart, they are those of a row, and dy is multiplied by γ.
package struct NormalizationBackward<Scalar: TensorScalar> {
  private let forward: NormalizationForward<Scalar>
  package let upstream: SharedSlice<Scalar>
  package let input: SharedSlice<Scalar>
  package let constant: SharedSlice<Scalar>

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ forward: NormalizationForward<Scalar>, on processor: Processor) {
    self.forward = forward
    let count = forward.panels.coefficients
    let buffer = SharedBuffer<Scalar>(uninitialized: 3 * count, on: processor)
    upstream = SharedSlice(0, of: buffer, count: count)
    input = SharedSlice(1, of: buffer, count: count)
    constant = SharedSlice(2, of: buffer, count: count)
  }

  /// Finds the input's gradient in some parts of some lines.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply(
    to gradient: Tensor<Scalar>, input tensor: Tensor<Scalar>, lines: Range<Int>, parts: Range<Int>,
    into output: SharedBuffer<Scalar>
  ) {
    typealias Vector = Scalar.Vector
    let panels = forward.panels
    forward.checkCounts(tensor.count, gradient.count)
    forward.checkCounts(output.count, gradient.count)
    let result = output.pointer
    let streaming = panels.areStreamed(Scalar.self)
    withExtendedLifetime((tensor, gradient)) {
      let (x, dy) = (tensor.pointer, gradient.pointer)
      panels.forEachPart(of: lines, parts) { lines, part in
        switch panels.way {
        case .across where panels.areWide:
          for line in lines { transformRows(of: line, part, x, dy, into: result, streaming) }
        case .along, .across: transformStrips(of: lines, part, x, dy, into: result, streaming)
        case .apart: transformApart(lines, part, x, dy, into: result, streaming)
        }
      }
    }
  }

  /// The coefficients of a strip's cells, or of its row.
  @inline(__always)
  private func coefficients(
    at place: Int, lanes: Int
  ) -> (centre: Scalar.Vector, upstream: Scalar.Vector, input: Scalar.Vector, constant: Scalar.Vector) {
    let panels = forward.panels
    return (
      panels.coefficients(forward.centre, at: place, lanes: lanes),
      panels.coefficients(upstream, at: place, lanes: lanes),
      panels.coefficients(input, at: place, lanes: lanes), panels.coefficients(constant, at: place, lanes: lanes)
    )
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformStrips(
    of lines: Range<Int>, _ part: Int, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    @inline(__always)
    func transformStrip(_ strip: Panels.Strip, _: Int, _ place: Int) {
      let (centre, upstream, input, constant) = coefficients(at: place, lanes: strip.lanes)
      @inline(__always)
      func transform(_ index: Int, _ lanes: Int) {
        let fromInput = constant.addingProduct(x.vector(at: index, lanes: lanes) - centre, input)
        result.store(
          fromInput.addingProduct(dy.vector(at: index, lanes: lanes), upstream), at: index, lanes: lanes,
          streaming: streaming)
      }
      strip.forEach(Scalar.Vector.self, transform)
    }
    forward.panels.forEachStrip(of: lines, part: part, Scalar.self, transformStrip)
  }

  /// Row by row, where lines are wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformRows(
    of line: Int, _ part: Int, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    let first = line &* forward.panels.columns
    let (centre, upstream) = (forward.centre.pointer + first, upstream.pointer + first)
    let (input, constant) = (input.pointer + first, constant.pointer + first)
    @inline(__always)
    func transform(_ index: Int, _ column: Int, _ lanes: Int) {
      let centred = x.vector(at: index, lanes: lanes) - centre.vector(at: column, lanes: lanes)
      let fromInput = constant.vector(at: column, lanes: lanes)
        .addingProduct(centred, input.vector(at: column, lanes: lanes))
      result.store(
        fromInput.addingProduct(dy.vector(at: index, lanes: lanes), upstream.vector(at: column, lanes: lanes)),
        at: index, lanes: lanes, streaming: streaming)
    }
    forward.panels.forEachVector(of: line, part: part, Scalar.self, transform)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func transformApart(
    _ lines: Range<Int>, _ part: Int, _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>,
    into result: UnsafeMutablePointer<Scalar>, _ streaming: Bool
  ) {
    let panels = forward.panels
    @inline(__always)
    func transformRow(_ strip: Panels.Strip, _ line: Int, _ rowOfSample: Int) {
      let (centre, upstream, input, constant) = coefficients(at: line, lanes: strip.lanes)
      let scale = forward.scale.pointer + (rowOfSample &* panels.columns &+ panels.firstColumn(ofPart: part))
      let (x, dy, result) = (x + strip.start, dy + strip.start, result + strip.start)
      @inline(__always)
      func transform(_ index: Int, _ lanes: Int) {
        let scaled = dy.vector(at: index, lanes: lanes) * scale.vector(at: index, lanes: lanes)
        let fromInput = constant.addingProduct(x.vector(at: index, lanes: lanes) - centre, input)
        result.store(fromInput.addingProduct(scaled, upstream), at: index, lanes: lanes, streaming: streaming)
      }
      strip.fromZero.forEach(Scalar.Vector.self, transform)
    }
    panels.forEachRow(of: lines, part: part, period: forward.rowsOfSample, Scalar.self, transformRow)
  }
}
