/// Max-pooling over 2×2 windows with stride 2, on channels-last images; an odd last row or column is left
/// out.
extension Tensor {
  /// [N, H, W, C] → [N, ⌊H/2⌋, ⌊W/2⌋, C].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func maxPooled() -> Tensor {
    let windows = PoolingWindows(shape)
    return Tensor(shape: windows.pooledShape, on: processor) { target in
      withPointer { source in
        processor.run(over: windows.batch, inPiecesOf: 1, operations: count) { samples in
          @inline(__always)
          func pool(_ corners: PoolingWindows.Corners, _ output: Int, _ lanes: Int) {
            let top = Scalar.larger(
              source.vector(at: corners.0, lanes: lanes), source.vector(at: corners.1, lanes: lanes))
            let bottom = Scalar.larger(
              source.vector(at: corners.2, lanes: lanes), source.vector(at: corners.3, lanes: lanes))
            target.store(Scalar.larger(top, bottom), at: output, lanes: lanes)
          }
          for sample in samples { windows.forEach(in: sample, of: Scalar.self, pool) }
        }
      }
    }
  }

  /// The gradient of this input of ``maxPooled()``: all of it goes to the first largest value of each window.
  ///
  /// Where this input is the output of a rectifier, `rectified` makes the result the gradient before that:
  /// nothing goes to a largest value of zero.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func maxPooledGradient(_ gradient: Tensor, output: Tensor, rectified: Bool = false) -> Tensor {
    typealias Vector = Scalar.Vector
    let windows = PoolingWindows(shape)
    let pooled = windows.pooledShape
    require(
      gradient.shape == pooled && output.shape == pooled,
      """
      Max-pooling of \(shape) gives \(pooled); the output's shape is \(output.shape), and its gradient's \(gradient.shape).
      """)
    let sampleSize = count / max(windows.batch, 1)
    return Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        gradient.withPointer { gradient in
          output.withPointer { output in
            processor.run(over: windows.batch, inPiecesOf: 1, operations: count) { samples in
              @inline(__always)
              func distribute(_ corners: PoolingWindows.Corners, _ index: Int, _ lanes: Int) {
                let (largest, zero) = (output.vector(at: index, lanes: lanes), Vector())
                let upstream = gradient.vector(at: index, lanes: lanes)
                let all = rectified ? Scalar.gate(upstream, wherePositive: largest) : upstream
                let (a, b) = (source.vector(at: corners.0, lanes: lanes), source.vector(at: corners.1, lanes: lanes))
                let (c, d) = (source.vector(at: corners.2, lanes: lanes), source.vector(at: corners.3, lanes: lanes))
                // Each corner is given all that the ones before it left.
                let toA = Scalar.select(all, where: a, equals: largest, otherwise: zero)
                let toB = Scalar.select(all - toA, where: b, equals: largest, otherwise: zero)
                let toC = Scalar.select(all - toA - toB, where: c, equals: largest, otherwise: zero)
                let toD = Scalar.select(all - toA - toB - toC, where: d, equals: largest, otherwise: zero)
                target.store(toA, at: corners.0, lanes: lanes)
                target.store(toB, at: corners.1, lanes: lanes)
                target.store(toC, at: corners.2, lanes: lanes)
                target.store(toD, at: corners.3, lanes: lanes)
              }
              for sample in samples {
                if windows.leavesOut { (target + sample * sampleSize).initialize(repeating: 0, count: sampleSize) }
                windows.forEach(in: sample, of: Scalar.self, distribute)
              }
            }
          }
        }
      }
    }
  }
}

/// The windows of a channels-last image, a vector of channels at a time.
private struct PoolingWindows {
  let (batch, height, width, channels): (Int, Int, Int, Int)

  init(_ shape: [Int]) {
    require(shape.count == 4, "Max-pooling takes [N, H, W, C]; the shape is \(shape).")
    (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
  }

  typealias Corners = (Int, Int, Int, Int)

  var pooledShape: [Int] { [batch, height / 2, width / 2, channels] }
  var leavesOut: Bool { height % 2 != 0 || width % 2 != 0 }

  /// Calls `body` with the offsets of a window's corners, the offset of its output, and the number of
  /// channels.
  @inline(__always)
  func forEach<Scalar: TensorScalar>(
    in sample: Int, of type: Scalar.Type, _ body: (Corners, Int, Int) -> Void
  ) {
    let (line, lanes) = (width &* channels, Scalar.Vector.scalarCount)
    for y in 0..<height / 2 {
      for x in 0..<width / 2 {
        let corner = ((sample &* height &+ 2 &* y) &* width &+ 2 &* x) &* channels
        let output = ((sample &* (height / 2) &+ y) &* (width / 2) &+ x) &* channels
        var channel = 0
        while channel < channels {
          let first = corner &+ channel
          body(
            (first, first &+ channels, first &+ line, first &+ line &+ channels), output &+ channel,
            min(lanes, channels &- channel))
          channel &+= lanes
        }
      }
    }
  }
}
