import Tensors

/// Products and convolutions are compared with plain loops in Double.
extension Check {
  /// A·B, or Aᵀ·B if A is `transposed`.
  static func product(
    _ found: Tensor<Float>, of a: Tensor<Float>, transposed: Bool = false, _ b: Tensor<Float>
  ) -> String? {
    let (inner, rows) = (b.shape[0], a.count / b.shape[0])
    let (rowStride, innerStride) = transposed ? (1, rows) : (inner, 1)
    var sums = Sums(rows: rows, columns: b.shape[1])
    let (left, right) = (Sums.values(a), Sums.values(b))
    for row in 0..<rows {
      for index in 0..<inner { sums.add(left[row * rowStride + index * innerStride], right, index, to: row) }
    }
    return difference("product", found.scalars, sums.values)
  }

  static func convolution(
    _ found: Tensor<Float>, of image: Tensor<Float>, _ weights: Tensor<Float>, _ geometry: ConvolutionGeometry
  ) -> String? {
    var sums = Sums(rows: geometry.batch * geometry.height * geometry.width, columns: geometry.outputChannels)
    let (image, weights) = (Sums.values(image), Sums.values(weights))
    let channels = geometry.inputChannels
    forEachTap(geometry) { output, input, tap in
      for channel in 0..<channels {
        sums.add(image[input * channels + channel], weights, tap * channels + channel, to: output)
      }
    }
    return difference("convolution", found.scalars, sums.values)
  }

  static func convolutionGradient(
    _ found: Tensor<Float>, of image: Tensor<Float>, _ upstream: Tensor<Float>, _ geometry: ConvolutionGeometry
  ) -> String? {
    var sums = Sums(rows: geometry.patch, columns: geometry.outputChannels)
    let (image, upstream) = (Sums.values(image), Sums.values(upstream))
    let channels = geometry.inputChannels
    forEachTap(geometry) { output, input, tap in
      for channel in 0..<channels {
        sums.add(image[input * channels + channel], upstream, output, to: tap * channels + channel)
      }
    }
    return difference("gradient of the convolution's weights", found.scalars, sums.values)
  }

  /// Calls `body` with each output's position, and with those of the inputs in its patch and their taps.
  private static func forEachTap(
    _ geometry: ConvolutionGeometry, _ body: (_ output: Int, _ input: Int, _ tap: Int) -> Void
  ) {
    let (height, width) = (geometry.height, geometry.width)
    for sample in 0..<geometry.batch {
      for y in 0..<height {
        for x in 0..<width {
          for tap in 0..<9 {
            let (row, column) = (y + tap / 3 - 1, x + tap % 3 - 1)
            guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
            body((sample * height + y) * width + x, (sample * height + row) * width + column, tap)
          }
        }
      }
    }
  }

  /// Sums of rows, each multiplied by a number.
  private struct Sums {
    private(set) var values: [Double]
    private let columns: Int

    init(rows: Int, columns: Int) {
      values = Array(repeating: 0, count: rows * columns)
      self.columns = columns
    }

    static func values(_ tensor: Tensor<Float>) -> [Double] { tensor.scalars.map(Double.init) }

    /// Adds row `source` of `other` to row `row`.
    mutating func add(_ factor: Double, _ other: [Double], _ source: Int, to row: Int) {
      let (target, from, columns) = (row * columns, source * columns, columns)
      values.withUnsafeMutableBufferPointer { values in
        other.withUnsafeBufferPointer { other in
          for column in 0..<columns { values[target + column] += factor * other[from + column] }
        }
      }
    }
  }
}
