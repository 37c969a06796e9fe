/// The sums that a normalizer's gradients are made of, by parts of cells, in double precision.
package struct GradientSums<Scalar: TensorScalar> {
  /// Σ dy of each part of a cell, indexed [part, cell]; where cells are apart, Σ γ·dy of each part of a row.
  package let sum: SharedSlice<Double>
  /// Σ dy·(x − centre); where cells are apart, Σ γ·dy·(x − centre).
  package let product: SharedSlice<Double>
  /// Where cells are apart: Σ dy·x̂ of each channel over the rows of a piece, then Σ dy, indexed [piece, 2, channel].
  let channels: SharedBuffer<Scalar>

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(_ panels: Panels, channels: Int, on processor: Processor) {
    let count = panels.parts * panels.cells
    let buffer = SharedBuffer<Double>(uninitialized: 2 * count, on: processor)
    sum = SharedSlice(0, of: buffer, count: count)
    product = SharedSlice(1, of: buffer, count: count)
    let pieces = panels.way == .apart ? (panels.lines + panels.linesInPiece - 1) / panels.linesInPiece : 0
    self.channels = SharedBuffer(count: 2 * pieces * channels, on: processor)
  }

  /// Adds the sums of the later parts of some cells to those of the first.
  package func mergeParts(of cells: Range<Int>, _ panels: Panels) {
    let (sum, product) = (sum.pointer, product.pointer)
    for part in 1..<max(panels.parts, 1) {
      let start = part &* panels.cells
      for cell in cells {
        sum[cell] += sum[start &+ cell]
        product[cell] += product[start &+ cell]
      }
    }
  }

  /// Adds what was summed over rows whose cells are apart to the gradients of scale and shift, piece by piece in double
  /// precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addChannels(toScale scale: inout Tensor<Scalar>, shift: inout Tensor<Scalar>) {
    let count = scale.count
    require(
      shift.count == count && channels.count % (2 * count) == 0,
      "Sums of \(channels.count) do not fit \(count) scales and \(shift.count) shifts.")
    let sums = channels.pointer
    scale.withMutablePointer { scale in
      shift.withMutablePointer { shift in
        for channel in 0..<count {
          var (product, sum) = (0.0, 0.0)
          for start in stride(from: channel, to: channels.count, by: 2 &* count) {
            product += Double(sums[start])
            sum += Double(sums[start &+ count])
          }
          scale[channel] += Scalar(product)
          shift[channel] += Scalar(sum)
        }
      }
    }
  }
}

extension NormalizationForward {
  /// Sums an upstream gradient, and its product with the centred input, over every cell in some parts of some lines.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func accumulateGradients(
    _ gradient: Tensor<Scalar>, input: Tensor<Scalar>, lines: Range<Int>, parts: Range<Int>,
    into sums: GradientSums<Scalar>
  ) {
    checkCounts(input.count, gradient.count)
    withExtendedLifetime((input, gradient)) {
      let (x, dy) = (input.pointer, gradient.pointer)
      panels.forEachPart(of: lines, parts) { lines, part in
        switch panels.way {
        case .across where panels.areWideForSums:
          for line in lines { accumulateRows(x, dy, of: line, part, into: sums) }
        case .along, .across: accumulateStrips(x, dy, lines, part, into: sums)
        case .apart: accumulateApart(x, dy, lines, part, into: sums)
        }
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func accumulateStrips(
    _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, _ lines: Range<Int>, _ part: Int,
    into sums: GradientSums<Scalar>
  ) {
    typealias Vector = Scalar.Vector
    let target = part &* panels.cells
    let (sumOf, productOf) = (sums.sum.pointer + target, sums.product.pointer + target)
    let isAlong = panels.way == .along
    @inline(__always)
    func measure(_ strip: Panels.Strip, _ cell: Int, _ place: Int) {
      let centre = panels.coefficients(centre, at: place, lanes: strip.lanes)
      @inline(__always)
      func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ lanes: Int) {
        let upstream = dy.vector(at: index, lanes: lanes)
        sum += upstream
        product.addProduct(upstream, x.vector(at: index, lanes: lanes) - centre)
      }
      let (sum, product) = strip.sums(add)
      if isAlong {
        sumOf[cell] = Double(Scalar.sum(sum))
        productOf[cell] = Double(Scalar.sum(product))
      } else {
        for lane in 0..<strip.lanes {
          sumOf[cell &+ lane] = Double(sum[lane])
          productOf[cell &+ lane] = Double(product[lane])
        }
      }
    }
    panels.forEachStrip(of: lines, part: part, Scalar.self, measure)
  }

  /// Row by row, where lines are wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func accumulateRows(
    _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, of line: Int, _ part: Int,
    into sums: GradientSums<Scalar>
  ) {
    typealias Vector = Scalar.Vector
    let first = line &* panels.columns
    let (centres, target) = (centre.pointer + first, part &* panels.cells &+ first)
    panels.withZeroRows(2, of: Scalar.self) { rows, stride in
      let products = rows + stride
      @inline(__always)
      func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ column: Int, _ lanes: Int) {
        let upstream = dy.vector(at: index, lanes: lanes)
        sum += upstream
        let centred = x.vector(at: index, lanes: lanes) - centres.vector(at: column, lanes: lanes)
        product.addProduct(upstream, centred)
      }
      panels.addColumns(of: line, part: part, rows: panels.length(ofPart: part), to: (rows, products), add)
      for cell in 0..<panels.columns {
        sums.sum.pointer[target &+ cell] = Double(rows[cell])
        sums.product.pointer[target &+ cell] = Double(products[cell])
      }
    }
  }

  /// The sums of g = γ·dy of each row, and in the same pass those of each channel.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func accumulateApart(
    _ x: UnsafePointer<Scalar>, _ dy: UnsafePointer<Scalar>, _ lines: Range<Int>, _ part: Int,
    into sums: GradientSums<Scalar>
  ) {
    typealias Vector = Scalar.Vector
    let target = part &* panels.cells
    let piece = lines.lowerBound / panels.linesInPiece &* 2 &* channels
    @inline(__always)
    func measure(_ strip: Panels.Strip, _ line: Int, _ rowOfSample: Int) {
      let (centre, factor, constant) = coefficients(at: line, lanes: strip.lanes)
      let channel = rowOfSample &* panels.columns &+ panels.firstColumn(ofPart: part)
      let (x, dy, scale) = (x + strip.start, dy + strip.start, scale.pointer + channel)
      let products = sums.channels.pointer + (piece &+ channel)
      let ownSums = products + channels
      @inline(__always)
      func add(_ sum: inout Vector, _ product: inout Vector, _ index: Int, _ lanes: Int) {
        let upstream = dy.vector(at: index, lanes: lanes)
        let centred = x.vector(at: index, lanes: lanes) - centre
        let scaled = upstream * scale.vector(at: index, lanes: lanes)
        sum += scaled
        product.addProduct(scaled, centred)
        let soFar = products.vector(at: index, lanes: lanes)
        products.store(soFar.addingProduct(upstream, constant.addingProduct(centred, factor)), at: index, lanes: lanes)
        ownSums.store(ownSums.vector(at: index, lanes: lanes) + upstream, at: index, lanes: lanes)
      }
      let (sum, product) = strip.fromZero.sums(add)
      sums.sum.pointer[target &+ line] = Double(Scalar.sum(sum))
      sums.product.pointer[target &+ line] = Double(Scalar.sum(product))
    }
    panels.forEachRow(of: lines, part: part, period: rowsOfSample, Scalar.self, measure)
  }
}
