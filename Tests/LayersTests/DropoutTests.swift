import Layers
import Norms
import Tensors
import TestSupport
import Testing

/// What a mask multiplies each element with, by the definition: numbers of the pass's stream in halves, low ones first.
private func factors(_ count: Int, rate: Double, seed: UInt64, name: String, pass: Int) -> [Double] {
  var stream = RandomStream(seed: seed, purpose: "dropout/\(name)", step: pass)
  var draws: [UInt64] = []
  while draws.count < count {
    let number = stream.next()
    draws += [number & 0xFFFF_FFFF, number >> 32]
  }
  return draws.prefix(count).map { Double($0) / 0x1p32 < rate ? 0 : 1 / (1 - rate) }
}

@Suite struct DropoutTests {
  @Test("Each pass multiplies by the mask of its own stream, forward and back", arguments: [1, 2, 15, 16, 33, 10_001])
  func definition(count: Int) {
    var dropout = Dropout<Double>(rate: 0.3, seed: 5, name: "here")
    let (input, upstream) = (Tensor<Double>.random([count], "input"), Tensor<Double>.random([count], "upstream"))
    for pass in 0..<3 {
      let expected = factors(count, rate: 0.3, seed: 5, name: "here", pass: pass)
      let (output, cache) = dropout.forward(input, mode: .training)
      #expect(output.scalars == zip(input.scalars, expected).map { $0 * $1 })
      // Another pass in between does not change the way back.
      var copy = dropout
      _ = copy.forward(input, mode: .training)
      #expect(copy.backward(upstream, cache: cache).scalars == zip(upstream.scalars, expected).map { $0 * $1 })
    }
  }

  @Test("The share of what is dropped is the rate, and the mean stays", arguments: [1e-3, 0.1, 0.5, 0.9])
  func share(rate: Double) {
    let count = 1_000_000
    var dropout = Dropout<Float>(rate: rate, seed: 1, name: "share")
    let ones = Tensor<Float>(repeating: 1, shape: [count])
    let output = dropout.forward(ones, mode: .training).output.scalars
    #expect(Set(output) == [0, Float(1 / (1 - rate))])
    // Five standard deviations of a binomial share.
    let deviation = (rate * (1 - rate) / Double(count)).squareRoot()
    #expect(abs(Double(output.count { $0 == 0 }) / Double(count) - rate) < 5 * deviation)
    // Places, and neighbours, are independent: of pairs, the share is the square.
    let pairs = (0..<count / 2).count { output[2 * $0] == 0 && output[2 * $0 + 1] == 0 }
    let square = rate * rate
    #expect(
      abs(Double(pairs) / Double(count / 2) - square) < 5 * (square * (1 - square) / Double(count / 2)).squareRoot())
  }

  @Test("Inference, and a rate of 0, give the input itself, memory and all, and count no pass")
  func identity() {
    for (rate, mode) in [(0.5, Mode.inference), (0, .training), (0, .inference)] {
      var dropout = Dropout<Float>(rate: rate, seed: 1, name: "identity")
      let input = Tensor<Float>.random([100], "input")
      let (output, cache) = dropout.forward(input, mode: mode)
      let back = dropout.backward(input, cache: cache)
      let address = input.withUnsafeBufferPointer { $0.baseAddress }
      #expect(output.withUnsafeBufferPointer { $0.baseAddress } == address)
      #expect(back.withUnsafeBufferPointer { $0.baseAddress } == address)
      #expect(dropout.snapshot().counters == (rate > 0 ? ["passes": 0] : [:]))
    }
  }

  @Test("A mask depends on seed, name and pass, and on neither threads nor precision; a copy draws the same")
  func streams() throws {
    func mask<Scalar: TensorScalar>(
      _ type: Scalar.Type, seed: UInt64 = 1, name: String = "a", passes: Int = 0, threads: Int = 1
    ) throws -> [Bool] {
      var dropout = Dropout<Scalar>(rate: 0.4, seed: seed, name: name)
      if passes > 0 { try dropout.restore(Snapshot(counters: ["passes": passes])) }
      let ones = Tensor<Scalar>(repeating: 1, shape: [300, 500], on: Processor(threads: threads))
      var copy = dropout
      let output = dropout.forward(ones, mode: .training).output.scalars
      #expect(copy.forward(ones, mode: .training).output.scalars == output)
      #expect(dropout.snapshot().counters["passes"] == passes + 1)
      return output.map { $0 != 0 }
    }
    let first = try mask(Double.self)
    #expect(try mask(Float.self) == first)
    for threads in 2...3 { #expect(try mask(Float.self, threads: threads) == first) }
    for other in [try mask(Double.self, seed: 2), try mask(Double.self, name: "b"), try mask(Double.self, passes: 1)] {
      let equal = Double(zip(first, other).count { $0 == $1 }) / Double(first.count)
      // Of independent masks, 0.4² + 0.6² of the places are equal.
      #expect(abs(equal - 0.52) < 0.01)
    }
  }

  @Test("What is not a number stays that, dropped or not")
  func notANumber() {
    var dropout = Dropout<Float>(rate: 0.9, seed: 1, name: "nan")
    let output = dropout.forward(Tensor(repeating: .nan, shape: [50]), mode: .training).output
    #expect(output.scalars.allSatisfy { $0.isNaN })
  }

  @Test("Rates next to 0 and to 1 are rates, too")
  func extremes() {
    let ones = Tensor<Double>(repeating: 1, shape: [1000])
    var (least, most) = (
      Dropout<Double>(rate: .leastNonzeroMagnitude, seed: 1, name: "least"),
      Dropout<Double>(rate: 1 - 0x1p-53, seed: 1, name: "most")
    )
    #expect(least.forward(ones, mode: .training).output == ones)
    #expect(most.forward(ones, mode: .training).output == .zeros([1000]))
  }

  @Test("Drawing a mask asks the system for no memory after the first")
  func memory() {
    let processor = Processor(threads: 1)
    var dropout = Dropout<Float>(rate: 0.5, seed: 1, name: "memory")
    let input = Tensor<Float>.random([40, 50], "input", on: processor)
    let blocks = (0..<3).map { _ in
      let (output, cache) = dropout.forward(input, mode: .training)
      _ = dropout.backward(output, cache: cache)
      return processor.allocated.blocks
    }
    #expect(blocks == [blocks[0], blocks[0], blocks[0]])
  }
}
