import TestSupport
import Testing

@testable import Tensors

/// Every order of so many axes.
private func orders(of rank: Int) -> [[Int]] {
  guard rank > 0 else { return [[]] }
  return orders(of: rank - 1).flatMap { order in
    (0...order.count).map { place in Array(order[..<place]) + [rank - 1] + Array(order[place...]) }
  }
}

@Suite struct TensorValueTests {
  @Test("Tensors are equal if shapes and numbers are")
  func equality() {
    let tensor = Tensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(tensor == Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    #expect(tensor == tensor.copied(to: Processor(threads: 2)))
    #expect(tensor != tensor.reshaped(to: [3, 2]))
    #expect(tensor != tensor.reshaped(to: [6]))
    for index in 0..<6 {
      var other = tensor
      other[index / 3, index % 3] += 1e-15
      #expect(tensor != other, "element \(index)")
    }
    #expect(Tensor<Float>([0], shape: [1]) == Tensor([-0.0], shape: [1]))
    let unknown = Tensor<Float>([1, .nan], shape: [2])
    #expect(unknown != unknown)
    #expect(Tensor<Float>([], shape: [0, 3]) == Tensor([], shape: [0, 3]))
    #expect(Tensor<Float>([], shape: [0, 3]) != Tensor([], shape: [3, 0]))
  }

  @Test("A tensor of zeros has the shape and the processor it was given", arguments: [[], [1], [3, 0], [2, 3, 5]])
  func zeros(shape: [Int]) {
    let processor = Processor(threads: 2)
    let zeros = Tensor<Float>.zeros(shape, on: processor)
    #expect(zeros.shape == shape && zeros.processor === processor)
    #expect(zeros.scalars == [Float](repeating: 0, count: shape.reduce(1, *)))
  }

  @Test(
    "Axes in another order, as the definition has it",
    arguments: [
      [], [7], [1], [3, 5], [1, 5], [5, 1], [0, 3], [17, 33], [2, 3, 5], [3, 1, 2], [2, 0, 3], [4, 9, 16],
      [2, 3, 4, 5],
      [1, 2, 1, 3], [2, 3, 2, 3, 2],
    ])
  func transposition(shape: [Int]) {
    let tensor = Tensor<Double>((0..<shape.reduce(1, *)).map(Double.init), shape: shape, on: Processor(threads: 1))
    for order in orders(of: shape.count) {
      let found = tensor.transposed(axes: order)
      #expect(found == permuted(tensor, order), "\(order)")
      #expect(found.processor === tensor.processor)
      #expect(tensor.converted(to: Float.self).transposed(axes: order) == found.converted(to: Float.self), "\(order)")
      let back = order.indices.map { axis in order.firstIndex(of: axis)! }
      #expect(found.transposed(axes: back) == tensor, "\(order)")
    }
    if shape.count == 2 { #expect(tensor.transposed() == permuted(tensor, [1, 0])) }
  }

  @Test("There are as many orders as there should be")
  func orderCount() {
    #expect(orders(of: 3).map { $0.map(String.init).joined() }.sorted() == ["012", "021", "102", "120", "201", "210"])
    #expect(Set(orders(of: 5)).count == 120)
  }

  @Test(
    "An order that does not name every axis once stops the program",
    arguments: [[0], [0, 0], [1, 2], [0, 1, 2], [-1, 0]])
  func wrongOrders(order: [Int]) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [order] in
      _ = Tensor<Float>.zeros([2, 3]).transposed(axes: order)
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains("\(order) is no order of the 2 axes of a tensor of shape [2, 3]."))
  }

  @Test("The elements can be read and changed in place, in row-major order; a copy stays as it was")
  func memory() {
    let tensor = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(tensor.withUnsafeBufferPointer { Array($0) } == tensor.scalars)
    #expect(Tensor<Float>.zeros([0]).withUnsafeBufferPointer(\.count) == 0)
    var changed = tensor
    let count = changed.withUnsafeMutableBufferPointer { elements in
      elements[4] = 50
      return elements.count
    }
    #expect(count == 6 && changed.scalars == [1, 2, 3, 4, 50, 6] && changed[1, 1] == 50)
    #expect(tensor.scalars == [1, 2, 3, 4, 5, 6])
  }

  private struct Refusal: Error, Equatable {
    let reason: String
  }

  @Test("What is thrown on reading the elements comes through, with its type")
  func throwing() {
    var tensor = Tensor<Float>.zeros([2])
    do {
      try tensor.withUnsafeBufferPointer { elements throws(Refusal) in throw Refusal(reason: "\(elements.count)") }
      Issue.record("nothing was thrown")
    } catch {
      #expect(error == Refusal(reason: "2"))
    }
    #expect(throws: Refusal(reason: "no")) {
      try tensor.withUnsafeMutableBufferPointer { _ throws(Refusal) in throw Refusal(reason: "no") }
    }
  }

  @Test("A description is the type, the shape and the first eight elements")
  func description() {
    #expect(
      Tensor<Float>([1, 2.5, -3, 4, 5, 6], shape: [2, 3]).description == """
        Tensor<Float>[2, 3](1.0, 2.5, -3.0, 4.0, 5.0, 6.0)
        """)
    let eight = Tensor<Double>((0..<8).map(Double.init), shape: [8])
    #expect("\(eight)" == "Tensor<Double>[8](0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)")
    let nine = Tensor<Double>((0..<9).map(Double.init), shape: [3, 3])
    #expect("\(nine)" == "Tensor<Double>[3, 3](0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, …)")
    #expect("\(Tensor<Float>.zeros([0, 2]))" == "Tensor<Float>[0, 2]()")
    #expect("\(Tensor<Float>([4], shape: []))" == "Tensor<Float>[](4.0)")
  }
}

@Suite struct RandomPurposeTests {
  private func draws(_ purpose: String, epoch: Int? = nil, step: Int? = nil, seed: UInt64 = 1) -> [UInt64] {
    var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch, step: step)
    return (0..<4).map { _ in stream.next() }
  }

  @Test("Seeds, purposes, epochs and steps all have draws of their own")
  func different() {
    var all: [[UInt64]] = [draws("batches"), draws("batches", seed: 2), draws("noise"), draws("batches", step: 3)]
    for epoch in 0..<12 {
      all.append(draws("batches", epoch: epoch))
      all += (0..<12).map { draws("batches", epoch: epoch, step: $0) }
    }
    #expect(Set(all).count == all.count)
    #expect(Set(all.joined()).count == 4 * all.count)
  }

  @Test("What an epoch draws does not depend on what was drawn before it")
  func independent() {
    func epochs(_ range: Range<Int>) -> [[Int]] {
      range.map { epoch in
        var stream = RandomStream(seed: 5, purpose: "batches", epoch: epoch)
        return stream.permutation(of: 50)
      }
    }
    let all = epochs(0..<6)
    #expect(Array(all[3...]) == epochs(3..<6))
    #expect(all[2] != all[3])
  }

  @Test("The names of streams are those of earlier versions, whose results stay reproducible")
  func names() {
    func named(_ name: String) -> [UInt64] {
      var stream = RandomStream(seed: 1, name: name)
      return (0..<4).map { _ in stream.next() }
    }
    #expect(draws("batches") == named("batches"))
    #expect(draws("batches", epoch: 3) == named("batches/epoch3"))
    #expect(draws("batches", epoch: 3, step: 7) == named("batches/epoch3/step7"))
    #expect(draws("noise", step: 7) == named("noise/step7"))
  }
}
