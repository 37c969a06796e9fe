import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Tensors

@Suite struct TensorTests {
  @Test("A copy is a value of its own")
  func values() {
    let original = Tensor<Float>([1, 2, 3, 4], shape: [2, 2])
    var copy = original
    copy[1, 0] = 9
    #expect(original.scalars == [1, 2, 3, 4])
    #expect(copy.scalars == [1, 2, 9, 4])
    #expect(copy[1, 0] == 9)
  }

  @Test("Shapes that do not fit stop the program with both numbers")
  func shapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>([1, 2, 3], shape: [2, 2])
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains("3 scalars do not fill a tensor of shape [2, 2]."))
  }

  @Test("Slices and stacks are copies of the right parts")
  func slices() {
    let tensor = Tensor<Double>((0..<12).map(Double.init), shape: [2, 3, 2])
    #expect(tensor.slice(1).scalars == [6, 7, 8, 9, 10, 11])
    #expect(tensor.slice(1).shape == [3, 2])
    #expect(tensor.transposed(axes: [1, 0, 2]).scalars == permuted(tensor, [1, 0, 2]).scalars)
  }

  @Test("Memory goes back to the processor and is used again")
  func reuse() {
    let processor = Processor(threads: 1)
    func address() -> UnsafePointer<Float> {
      Tensor<Float>(repeating: 0, shape: [1000], on: processor).withPointer { $0 }
    }
    #expect(address() == address())
  }

  @Test("Sums over rows and of squares", arguments: [1, 5, 16, 37])
  func sums(columns: Int) {
    let tensor = Tensor<Double>.random([9, columns], "values")
    let values = tensor.scalars
    let expected = (0..<columns).map { column in (0..<9).reduce(0.0) { $0 + values[$1 * columns + column] } }
    #expect(mismatch("rows", tensor.sumOfRows().scalars, expected, tolerance: 1e-13) == nil)
    let squares = values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(tensor.sumOfSquares() - squares) < 1e-12 * squares)
  }
}

@Suite struct ProcessorTests {
  @Test("Every piece is run once, on any number of threads", arguments: [1, 2, 3, 8])
  func pieces(threads: Int) {
    let counts = SharedBuffer<Double>(count: 1000, on: .serial)
    Processor(threads: threads).run(pieces: 1000) { counts[$0] += 1 }
    #expect((0..<1000).allSatisfy { counts[$0] == 1 })
    Processor(threads: threads).run(over: 1000, inPiecesOf: 7, operations: .max) { range in
      for index in range { counts[index] += 1 }
    }
    #expect((0..<1000).allSatisfy { counts[$0] == 2 })
  }

  @Test("So it is while other threads are given to the processor and taken from it")
  func limits() {
    let counts = SharedBuffer<Double>(count: 100, on: .serial)
    let processor = Processor(threads: 4)
    for round in 0..<2000 {
      processor.limit(toThreads: (round * round) % 7)
      processor.run(pieces: 100) { counts[$0] += 1 }
    }
    #expect((0..<100).allSatisfy { counts[$0] == 2000 })
  }

  @Test("No more threads than the limit share the work", arguments: [1, 2, 3])
  func limit(share: Int) {
    let processor = Processor(threads: 4)
    processor.limit(toThreads: share)
    let inside = Atomic(0)
    let most = Atomic(0)
    processor.run(pieces: 64) { _ in
      most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
      usleep(500)
      inside.subtract(1, ordering: .relaxed)
    }
    #expect(most.load(ordering: .relaxed) == share)
  }
}

@Suite struct RandomStreamTests {
  @Test("A stream is what it was: results of earlier versions stay reproducible")
  func known() {
    var stream = RandomStream(seed: 1, name: "weights")
    let first = (0..<3).map { _ in stream.next() }
    var again = RandomStream(seed: 1, name: "weights")
    #expect((0..<3).map { _ in again.next() } == first)
    #expect(first == [11_158_525_950_360_887_129, 11_336_712_289_125_839_042, 12_294_583_443_604_519_380])
    var other = RandomStream(seed: 1, name: "batches")
    #expect(other.next() != first[0])
  }

  @Test("Uniform numbers have the mean and the variance of a uniform distribution")
  func moments() {
    var stream = RandomStream(seed: 3, name: "moments")
    let values = (0..<100_000).map { _ in stream.nextUnit() }
    let mean = values.reduce(0, +) / 100_000
    // Five standard errors.
    #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / 100_000).squareRoot())
    #expect(abs(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000 - 1.0 / 12) < 0.0013)
  }

  @Test("A permutation has every number once, in an order of its own")
  func permutation() {
    var stream = RandomStream(seed: 3, name: "order")
    let order = stream.permutation(of: 1000)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order != Array(0..<1000))
    #expect(stream.permutation(of: 1000) != order)
  }

  @Test("An orthogonal matrix times its transpose is the identity", arguments: [1, 2, 17, 64])
  func orthogonal(size: Int) {
    var stream = RandomStream(seed: 3, name: "orthogonal")
    let matrix = Tensor<Double>(orthogonalOfSize: size, factor: 1, from: &stream)
    let identity = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0.0 }
    let product = matrix.times(matrix.transposed()).scalars
    #expect(zip(product, identity).allSatisfy { abs($0 - $1) < 1e-13 })
  }
}
