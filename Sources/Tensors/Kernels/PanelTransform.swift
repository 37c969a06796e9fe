/// What a normalizer does to each element, with coefficients for each cell.
package enum PanelTransform {
  /// y = (x − centre) · factor + shift.
  ///
  /// Subtracting first keeps the digits that a large mean would cost.
  package struct Forward<Scalar: TensorScalar> {
    package let centre: SharedBuffer<Scalar>
    package let factor: SharedBuffer<Scalar>
    package let shift: SharedBuffer<Scalar>

    package init(_ panels: Panels, on processor: Processor) {
      let count = panels.allCells
      centre = SharedBuffer(uninitialized: count, on: processor)
      factor = SharedBuffer(uninitialized: count, on: processor)
      shift = SharedBuffer(uninitialized: count, on: processor)
    }
  }

  /// dx = upstream · dy + input · (x − centre) + constant.
  package struct Backward<Scalar: TensorScalar> {
    package let upstream: SharedBuffer<Scalar>
    package let input: SharedBuffer<Scalar>
    package let constant: SharedBuffer<Scalar>

    package init(_ panels: Panels, on processor: Processor) {
      let count = panels.allCells
      upstream = SharedBuffer(uninitialized: count, on: processor)
      input = SharedBuffer(uninitialized: count, on: processor)
      constant = SharedBuffer(uninitialized: count, on: processor)
    }
  }
}

extension PanelTransform.Forward {
  /// Transforms one part of one unit of `input`, applies the activation, and writes `output`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply(
    to input: Tensor<Scalar>, _ panels: Panels, unit: Int, part: Int, activation: Activation?,
    into output: SharedBuffer<Scalar>
  ) {
    precondition(input.count == panels.count && output.count == panels.count)
    let y = output.pointer
    // What the activation reads again must stay.
    let streaming = activation.remainder == nil && panels.areStreamed(Scalar.self)
    let bound = activation.lowerBound(Scalar.self)
    input.withPointer { x in
      if panels.areWide {
        let first = panels.firstCell(of: unit)
        let (centre, factor, shift) = (centre.pointer + first, factor.pointer + first, shift.pointer + first)
        @inline(__always)
        func transform(_ index: Int, _ column: Int, _ lanes: Int) {
          let centred = x.vector(at: index, lanes: lanes) - centre.vector(at: column, lanes: lanes)
          let result = shift.vector(at: column, lanes: lanes)
            .addingProduct(centred, factor.vector(at: column, lanes: lanes))
          y.store(Scalar.larger(bound, result), at: index, lanes: lanes, streaming: streaming)
        }
        panels.forEachVector(ofPart: part, in: unit, of: Scalar.self, transform)
      } else {
        @inline(__always)
        func transform(_ strip: Panels.Strip, _ cell: Int) {
          let at = panels.firstCell(of: unit) &+ cell
          let centre = panels.coefficient(centre.pointer, at: at, lanes: strip.lanes)
          let factor = panels.coefficient(factor.pointer, at: at, lanes: strip.lanes)
          let shift = panels.coefficient(shift.pointer, at: at, lanes: strip.lanes)
          @inline(__always)
          func transform(_ index: Int, _ lanes: Int) {
            let centred = x.vector(at: index, lanes: lanes) - centre
            y.store(
              Scalar.larger(bound, shift.addingProduct(centred, factor)), at: index, lanes: lanes, streaming: streaming)
          }
          strip.forEach(Scalar.Vector.self, transform)
        }
        panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self, transform)
      }
    }
    if let activation = activation.remainder {
      panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self) { strip, _ in
        strip.forEach(Scalar.Vector.self) { index, lanes in
          let value = activation.value(at: y.vector(at: index, lanes: lanes), Scalar.self)
          y.store(value, at: index, lanes: lanes)
        }
      }
    }
  }
}

extension PanelTransform.Backward {
  /// Finds the input's gradient in one part of one unit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply(
    to gradient: Tensor<Scalar>, input tensor: Tensor<Scalar>, centre: SharedBuffer<Scalar>, _ panels: Panels,
    unit: Int, part: Int, into output: SharedBuffer<Scalar>
  ) {
    precondition(tensor.count == panels.count && gradient.count == panels.count && output.count == panels.count)
    let result = output.pointer
    let streaming = panels.areStreamed(Scalar.self)
    tensor.withPointer { x in
      gradient.withPointer { gradient in
        if panels.areWide {
          let first = panels.firstCell(of: unit)
          let (centre, upstream) = (centre.pointer + first, upstream.pointer + first)
          let (input, constant) = (input.pointer + first, constant.pointer + first)
          @inline(__always)
          func transform(_ index: Int, _ column: Int, _ lanes: Int) {
            let centred = x.vector(at: index, lanes: lanes) - centre.vector(at: column, lanes: lanes)
            let fromInput = constant.vector(at: column, lanes: lanes)
              .addingProduct(centred, input.vector(at: column, lanes: lanes))
            let gradient = gradient.vector(at: index, lanes: lanes)
            result.store(
              fromInput.addingProduct(gradient, upstream.vector(at: column, lanes: lanes)), at: index, lanes: lanes,
              streaming: streaming)
          }
          panels.forEachVector(ofPart: part, in: unit, of: Scalar.self, transform)
          return
        }
        @inline(__always)
        func transform(_ strip: Panels.Strip, _ cell: Int) {
          let at = panels.firstCell(of: unit) &+ cell
          let centre = panels.coefficient(centre.pointer, at: at, lanes: strip.lanes)
          let upstream = panels.coefficient(upstream.pointer, at: at, lanes: strip.lanes)
          let input = panels.coefficient(input.pointer, at: at, lanes: strip.lanes)
          let constant = panels.coefficient(constant.pointer, at: at, lanes: strip.lanes)
          @inline(__always)
          func transform(_ index: Int, _ lanes: Int) {
            let centred = x.vector(at: index, lanes: lanes) - centre
            let fromInput = constant.addingProduct(centred, input)
            result.store(
              fromInput.addingProduct(gradient.vector(at: index, lanes: lanes), upstream), at: index, lanes: lanes,
              streaming: streaming)
          }
          strip.forEach(Scalar.Vector.self, transform)
        }
        panels.forEachStrip(ofPart: part, in: unit, of: Scalar.self, transform)
      }
    }
  }
}
