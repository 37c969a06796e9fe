import TestSupport
import Testing

@testable import Tensors

private let geometries = [
  ConvolutionGeometry(batch: 2, height: 5, width: 4, inputChannels: 3, outputChannels: 5),
  ConvolutionGeometry(batch: 1, height: 1, width: 1, inputChannels: 1, outputChannels: 1),
  ConvolutionGeometry(batch: 19, height: 3, width: 7, inputChannels: 2, outputChannels: 16),
  ConvolutionGeometry(batch: 3, height: 8, width: 8, inputChannels: 16, outputChannels: 33),
]

@Suite struct ConvolutionTests {
  @Test("A convolution agrees with its definition", arguments: geometries)
  func forward(g: ConvolutionGeometry) {
    let (input, weights) = tensors(g)
    let output = input.convolved(with: weights, g)
    #expect(output.shape == [g.batch, g.height, g.width, g.outputChannels])
    #expect(mismatch("output", output.scalars, plain(input, weights, g), tolerance: 1e-12) == nil)
  }

  @Test("Its gradients are those of its definition", arguments: geometries)
  func gradients(g: ConvolutionGeometry) {
    let (input, weights) = tensors(g)
    let upstream = Tensor<Double>.random([g.batch, g.height, g.width, g.outputChannels], "upstream")
    let (x, w, r) = (input.scalars, weights.scalars, upstream.scalars)
    var (dx, dw) = ([Double](repeating: 0, count: x.count), [Double](repeating: 0, count: w.count))
    forEachTerm(g) { output, input, weight in
      dx[input] += w[weight] * r[output]
      dw[weight] += x[input] * r[output]
    }
    let back = ConvolutionGeometry(
      batch: g.batch, height: g.height, width: g.width, inputChannels: g.outputChannels, outputChannels: g.inputChannels
    )
    let inputGradient = upstream.convolved(with: weights.flippedWeights(g), back)
    #expect(mismatch("input", inputGradient.scalars, dx, tolerance: 1e-12) == nil)
    #expect(mismatch("weights", input.convolutionWeightGradient(upstream, g).scalars, dw, tolerance: 1e-12) == nil)
  }

  @Test("The number of threads changes no bit", arguments: geometries)
  func threads(g: ConvolutionGeometry) {
    func results(_ threads: Int) -> [[Float]] {
      let processor = Processor(threads: threads)
      let input = Tensor<Float>.random([g.batch, g.height, g.width, g.inputChannels], "x", on: processor)
      let weights = Tensor<Float>.random([g.patch, g.outputChannels], "w", on: processor)
      let output = input.convolved(with: weights, g)
      return [output.scalars, input.convolutionWeightGradient(output, g).scalars]
    }
    let expected = results(1)
    for threads in 2...3 { #expect(results(threads) == expected) }
  }

  private func tensors(_ g: ConvolutionGeometry) -> (Tensor<Double>, Tensor<Double>) {
    (.random([g.batch, g.height, g.width, g.inputChannels], "x"), .random([g.patch, g.outputChannels], "w"))
  }

  private func plain(_ input: Tensor<Double>, _ weights: Tensor<Double>, _ g: ConvolutionGeometry) -> [Double] {
    let (x, w) = (input.scalars, weights.scalars)
    var result = [Double](repeating: 0, count: g.batch * g.height * g.width * g.outputChannels)
    forEachTerm(g) { output, input, weight in result[output] += x[input] * w[weight] }
    return result
  }

  /// Calls `body` with the indices of every product in the definition of a convolution.
  private func forEachTerm(_ g: ConvolutionGeometry, _ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
    for n in 0..<g.batch {
      for y in 0..<g.height {
        for x in 0..<g.width {
          for dy in 0..<3 {
            for dx in 0..<3 where (0..<g.height).contains(y + dy - 1) && (0..<g.width).contains(x + dx - 1) {
              for c in 0..<g.inputChannels {
                for k in 0..<g.outputChannels {
                  body(
                    ((n * g.height + y) * g.width + x) * g.outputChannels + k,
                    ((n * g.height + y + dy - 1) * g.width + x + dx - 1) * g.inputChannels + c,
                    ((dy * 3 + dx) * g.inputChannels + c) * g.outputChannels + k)
                }
              }
            }
          }
        }
      }
    }
  }
}

@Suite struct MaxPoolingTests {
  @Test("The largest of each window, and an odd edge left out")
  func forward() {
    let input = Tensor<Float>([1, 2, 9, 4, 3, 9, 5, 6, 9], shape: [1, 3, 3, 1])
    #expect(input.maxPooled().scalars == [4])
    #expect(input.maxPooled().shape == [1, 1, 1, 1])
  }

  @Test("The gradient goes to the first of the largest values")
  func gradient() {
    let input = Tensor<Double>([1, 7, 3, 3, 7, 7, 3, 3], shape: [1, 2, 4, 1])
    let output = input.maxPooled()
    #expect(output.scalars == [7, 3])
    let gradient = input.maxPooledGradient(Tensor([10, 20], shape: [1, 1, 2, 1]), output: output)
    #expect(gradient.scalars == [0, 10, 20, 0, 0, 0, 0, 0])
  }

  @Test("The gradient agrees with central differences", arguments: [[2, 4, 6, 3], [1, 5, 3, 17], [3, 2, 2, 16]])
  func differences(shape: [Int]) {
    let input = Tensor<Double>.random(shape, "input")
    let output = input.maxPooled()
    let upstream = Tensor<Double>.random(output.shape, "upstream")
    let gradient = input.maxPooledGradient(upstream, output: output)
    #expect(gradientMismatch("input", gradient, at: input) { weightedSum($0.maxPooled(), upstream) } == nil)
  }
}
