import Tensors

/// What a kernel must do at least: the bytes that it reads and writes if each value is fetched once, and its floating-point
/// operations, a multiply-add being two.
///
/// The table in `Benchmarks/README.md` gives both for each element.
struct Cost {
  var bytes = 0
  var operations = 0

  /// One value in, one out.
  static func copy(_ elements: Int) -> Cost {
    Cost(bytes: 8 * elements)
  }

  /// C = A·B, of [M, K] and [K, N]; also the sum of K outer products of rows of M and N.
  static func product(_ m: Int, _ k: Int, _ n: Int) -> Cost {
    Cost(bytes: 4 * (m * k + k * n + m * n), operations: 2 * m * k * n)
  }

  /// A convolution, the gradient of its weights or that of its input; taps on the border of zeros count, too.
  static func convolution(_ geometry: ConvolutionGeometry) -> Cost {
    let positions = geometry.batch * geometry.height * geometry.width
    let (c, k) = (geometry.inputChannels, geometry.outputChannels)
    return Cost(bytes: 4 * (positions * (c + k) + 9 * c * k), operations: 2 * positions * 9 * c * k)
  }

  /// Forward x → y; backward x, dy → dx.
  static func normalizer(_ norm: String, _ elements: Int, backward: Bool) -> [Cost] {
    let isTanh = norm == "dyt"
    // Moments x − c, Σ, Σ², then (x − μ)·f + β; backward Σdy, Σdy·(x − μ), then u·dy + v·(x − μ) + w.
    let forward = Cost(bytes: 8 * elements, operations: (isTanh ? tanh + 3 : 7) * elements)
    let gradient = Cost(bytes: 12 * elements, operations: (isTanh ? tanh + 8 : 9) * elements)
    return backward ? [forward, gradient] : [forward]
  }

  /// The operations of a hyperbolic tangent.
  private static let tanh = 20

  /// A step of SGD with momentum: the gradient, the velocity twice, the weight twice.
  private static func optimizer(_ parameters: Int) -> Cost {
    Cost(bytes: 20 * parameters, operations: 4 * parameters)
  }

  /// A linear map forward, and the gradients of its weights and of its input.
  private static func linear(_ rows: Int, _ inputs: Int, _ outputs: Int, inputGradient: Bool) -> [Cost] {
    Array(repeating: product(rows, inputs, outputs), count: inputGradient ? 3 : 2) + [optimizer(inputs * outputs)]
  }

  /// A training step of the CNN.
  static func cnn(_ norm: String, side: Int, batch: Int, width: Int) -> [Cost] {
    var (costs, channels, side): ([Cost], Int, Int) = ([], 1, side)
    for outputs in [width, 2 * width] {
      let geometry = ConvolutionGeometry(
        batch: batch, height: side, width: side, inputChannels: channels, outputChannels: outputs)
      let elements = batch * side * side * outputs
      // Forward, the gradient of the weights, and from the second block on that of the input.
      costs += Array(repeating: convolution(geometry), count: channels == 1 ? 2 : 3)
      costs.append(optimizer(9 * channels * outputs))
      if norm != "none" { costs += normalizer(norm, elements, backward: true) }
      // Pooling reads four and writes one; back it reads those four, their largest and its gradient, and writes four.
      costs.append(Cost(bytes: 5 * elements, operations: elements))
      costs.append(Cost(bytes: 10 * elements, operations: 2 * elements))
      (channels, side) = (outputs, side / 2)
    }
    return costs + linear(batch, side * side * channels, 10, inputGradient: true)
  }

  /// A training step of the RNN.
  static func rnn(_ norm: String, steps: Int, inputs: Int, batch: Int, hidden: Int) -> [Cost] {
    let (rows, elements) = (steps * batch, steps * batch * hidden)
    // A step reads and writes its own rows; the state before it and W_h are in the cache. Back it reads its state and
    // writes its gradient.
    let walk = Cost(bytes: 8 * elements + 4 * hidden * hidden, operations: elements * (2 * hidden + 1))
    let forward = Cost(bytes: walk.bytes, operations: walk.operations + tanh * elements)
    let backward = Cost(bytes: walk.bytes, operations: walk.operations + 3 * elements)
    return [copy(rows * inputs)] + linear(rows, inputs, hidden, inputGradient: false)
      + [forward, backward, product(hidden, rows, hidden), optimizer(hidden * hidden)]
      + (norm == "none" ? [] : normalizer(norm, elements, backward: true))
      + linear(batch, hidden, 10, inputGradient: true)
  }
}
