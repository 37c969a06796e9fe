/// The geometry of a 3×3 convolution with stride 1 and zero padding 1, over channels-last images.
package struct ConvolutionGeometry: Sendable, Equatable {
  package var (batch, height, width): (Int, Int, Int)
  package var (inputChannels, outputChannels): (Int, Int)

  package init(batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int) {
    self.batch = batch
    self.height = height
    self.width = width
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
  }

  /// The values that one output is a weighted sum of.
  package var patch: Int { 9 * inputChannels }

  var positions: Int { height * width }
  var inputShape: [Int] { [batch, height, width, inputChannels] }
  var outputShape: [Int] { [batch, height, width, outputChannels] }
  var operations: Int { batch * positions * patch * outputChannels }

  /// Where the patch of each position begins in an image with a border of one, in the order of the positions; the last
  /// one again after the end, until a tile is full.
  fileprivate var patchOffsets: [Int] {
    let line = (width + 2) * inputChannels
    let offsets = (0..<height).flatMap { y in (0..<width).map { x in y * line + x * inputChannels } }
    return offsets + repeatElement(offsets.last ?? 0, count: ProductTile<Float>.height - 1)
  }
}

/// Convolutions as matrix products over patches that are never copied: a patch of a channels-last image with
/// a border of zeros is three lines of memory, which ``ProductTile`` reads where they are.
extension Tensor {
  /// The convolution of this tensor, [N, H, W, C], with `weights`, [3·3·C, K]: the result is [N, H, W, K].
  ///
  /// A bias for each of the K channels and an activation are applied while an image is in the cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func convolved(
    with weights: Tensor, _ geometry: ConvolutionGeometry, bias: Tensor? = nil, activation: Activation? = nil
  ) -> Tensor {
    let g = geometry
    check(g.inputShape, "input")
    weights.check([g.patch, g.outputChannels], "weights")
    bias?.check([g.outputChannels], "bias")
    let columns = g.outputChannels
    let right = VectorColumns(weights, rows: g.patch, columns: columns, forRows: g.batch * g.positions)
    let places = g.patchOffsets
    return Tensor(shape: [g.batch, g.height, g.width, columns], on: processor) { output in
      withPointer { input in
        right.withRows { weights in
          bias.withPointer { bias in
            processor.run(over: g.batch, inPiecesOf: 1, operations: g.operations) { samples in
              let image = PaddedImage<Scalar>(g, on: processor)
              for sample in samples {
                let result = output + sample * g.positions * columns
                image.fill(from: input + sample * g.positions * g.inputChannels)
                image.convolve(weights, at: places, into: result)
                finish(result, g, bias: bias, activation: activation)
              }
              image.giveBack()
            }
          }
        }
      }
    }
  }

  /// The gradient of the weights, [3·3·C, K], of a convolution of this tensor whose output has `gradient`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func convolutionWeightGradient(_ gradient: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let g = geometry
    check(g.inputShape, "input")
    gradient.check(g.outputShape, "gradient")
    let (size, columns) = (g.patch * g.outputChannels, g.outputChannels)
    let right = VectorColumns(gradient, rows: g.batch * g.positions, columns: columns, forRows: 0)
    // One partial sum for every few samples, added in their order.
    let samplesInPiece = max((g.batch + 15) / 16, 1)
    let pieces = (g.batch + samplesInPiece - 1) / samplesInPiece
    let partial = Tensor(shape: [pieces, size], on: processor) { partial in
      withPointer { input in
        right.withRows { gradient in
          processor.run(over: pieces, inPiecesOf: 1, operations: g.operations) { some in
            let image = PaddedImage<Scalar>(g, on: processor)
            for piece in some {
              let first = piece * samplesInPiece
              for sample in first..<min(first + samplesInPiece, g.batch) {
                image.fill(from: input + sample * g.positions * g.inputChannels)
                image.addWeightGradient(
                  gradient.dropping(sample * g.positions), to: partial + piece * size, adding: sample > first)
              }
            }
            image.giveBack()
          }
        }
      }
    }
    return partial.sumOfRows().reshaped(to: [g.patch, columns])
  }

  /// The weights, [3·3·K, C], that turn the gradient of a convolution's output into that of its input:
  /// both spatial axes flipped, the channels exchanged.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func flippedWeights(_ geometry: ConvolutionGeometry) -> Tensor {
    let (c, k) = (geometry.inputChannels, geometry.outputChannels)
    check([geometry.patch, k], "weights")
    return Tensor(shape: [9 * k, c], on: processor) { target in
      withPointer { source in
        for tap in 0..<9 {
          for input in 0..<c {
            for output in 0..<k {
              target[((8 &- tap) &* k &+ output) &* c &+ input] = source[(tap &* c &+ input) &* k &+ output]
            }
          }
        }
      }
    }
  }
}

extension Tensor {
  private func check(_ expected: [Int], _ name: String) {
    require(shape == expected, "The shape of a convolution's \(name) is \(shape), and not \(expected).")
  }
}

/// Adds a bias to every position of one image, then applies the activation.
@inline(__always)
private func finish<Scalar: TensorScalar>(
  _ image: UnsafeMutablePointer<Scalar>, _ geometry: ConvolutionGeometry, bias: UnsafePointer<Scalar>?,
  activation: Activation?
) {
  guard bias != nil || activation != nil else { return }
  let (columns, width) = (geometry.outputChannels, Scalar.Vector.scalarCount)
  let bound = activation.lowerBound(Scalar.self)
  for column in stride(from: 0, to: columns, by: width) {
    let lanes = min(width, columns &- column)
    let bias = bias?.vector(at: column, lanes: lanes) ?? Scalar.Vector()
    var index = column
    for _ in 0..<geometry.positions {
      image.store(Scalar.larger(bound, image.vector(at: index, lanes: lanes) + bias), at: index, lanes: lanes)
      index &+= columns
    }
  }
  activation.remainder?.apply(to: image, count: geometry.positions &* columns)
}

/// One image with a border of zeros, small enough to stay in the second-level cache.
private struct PaddedImage<Scalar: TensorScalar> {
  private let geometry: ConvolutionGeometry
  private let pointer: UnsafeMutablePointer<Scalar>
  private let processor: Processor
  private var count: Int { (geometry.height + 2) * lineStride }
  private var bytes: Int { count * MemoryLayout<Scalar>.stride }
  private var lineStride: Int { (geometry.width + 2) * geometry.inputChannels }

  @inline(__always)
  init(_ geometry: ConvolutionGeometry, on processor: Processor) {
    self.geometry = geometry
    self.processor = processor
    let count = (geometry.height + 2) * (geometry.width + 2) * geometry.inputChannels
    pointer = processor.takeBlock(bytes: count * MemoryLayout<Scalar>.stride)
      .bindMemory(to: Scalar.self, capacity: count)
    pointer.initialize(repeating: 0, count: count)
  }

  func giveBack() {
    processor.giveBack(pointer, bytes: bytes)
  }

  @inline(__always)
  func fill(from image: UnsafePointer<Scalar>) {
    let line = geometry.width * geometry.inputChannels
    for y in 0..<geometry.height {
      (pointer + (y + 1) * lineStride + geometry.inputChannels).update(from: image + y * line, count: line)
    }
  }

  @inline(__always)
  func convolve(
    _ weights: VectorColumns<Scalar>.Rows, at places: [Int], into output: UnsafeMutablePointer<Scalar>
  ) {
    typealias Tile = ProductTile<Scalar>
    let (columns, lanes) = (geometry.outputChannels, Scalar.Vector.scalarCount)
    let reduction = Tile.Reduction(lines: 3, lineStride: lineStride, run: 3 * geometry.inputChannels, stride: 1)
    let result = Tile.Matrix(output, rowStride: columns)
    let start = UnsafePointer(pointer)
    places.withUnsafeBufferPointer { places in
      Tile.forEachTile(of: 0..<geometry.positions) { first, height in
        let patches = (
          start + places[first], start + places[first &+ 1], start + places[first &+ 2], start + places[first &+ 3],
          start + places[first &+ 4], start + places[first &+ 5]
        )
        for column in stride(from: 0, to: columns, by: lanes) {
          Tile.multiply(
            patches, over: reduction, by: weights.from(column), plus: nil, into: result.from(first, column),
            height: height, lanes: min(lanes, columns &- column))
        }
      }
    }
  }

  /// Adds Σ over positions of patchᵀ · gradient: for each tap and channel, a line of the image against the
  /// gradient.
  @inline(__always)
  func addWeightGradient(
    _ gradient: VectorColumns<Scalar>.Rows, to weights: UnsafeMutablePointer<Scalar>, adding: Bool
  ) {
    typealias Tile = ProductTile<Scalar>
    let (columns, lanes) = (geometry.outputChannels, Scalar.Vector.scalarCount)
    let run = 3 * geometry.inputChannels
    let reduction = Tile.Reduction(
      lines: geometry.height, lineStride: lineStride, run: geometry.width, stride: geometry.inputChannels)
    let last = geometry.patch - 1
    Tile.forEachTile(of: 0..<geometry.patch) { first, height in
      let taps = Tile.rows(from: first, last: last) { UnsafePointer(pointer + ($0 / run &* lineStride &+ $0 % run)) }
      for column in stride(from: 0, to: columns, by: lanes) {
        Tile.multiply(
          taps, over: reduction, by: gradient.from(column),
          plus: adding ? .init(UnsafePointer(weights), rowStride: columns).from(first, column) : nil,
          into: .init(weights, rowStride: columns).from(first, column), height: height,
          lanes: min(lanes, columns &- column))
      }
    }
  }
}
