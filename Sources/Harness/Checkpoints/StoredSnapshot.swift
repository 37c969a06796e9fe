import Tensors

/// A ``Snapshot`` in a checkpoint: names, shapes and counters are small, and coded; the numbers stand apart from them.
struct StoredSnapshot: Codable {
  private let shapes: [String: [Int]]
  private let counters: [String: Int]
  /// In the order of their names; none are there before they are read.
  private(set) var tensors: [Tensor<Float>] = []

  private enum CodingKeys: CodingKey {
    case shapes, counters
  }

  init(_ snapshot: Snapshot<Float>) {
    (shapes, counters) = (snapshot.tensors.mapValues(\.shape), snapshot.counters)
    tensors = snapshot.tensors.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The snapshot.
  ///
  /// - Precondition: the numbers are there.
  var snapshot: Snapshot<Float> {
    Snapshot(tensors: Dictionary(uniqueKeysWithValues: zip(shapes.keys.sorted(), tensors)), counters: counters)
  }

  /// The bytes that the numbers take; `nil` for shapes that nothing has.
  var size: Int? {
    var sum = 0
    for shape in shapes.values {
      var product = MemoryLayout<Float>.size
      for extent in shape {
        let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
        guard extent >= 0, !overflow, next < 1 << 42 else { return nil }
        product = next
      }
      sum += shape.contains(0) ? 0 : product
      guard sum < 1 << 42 else { return nil }
    }
    return sum
  }

  /// Makes the tensors on a processor, and has each filled with its numbers.
  mutating func readTensors(on processor: Processor, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    tensors = try shapes.sorted { $0.key < $1.key }.map { _, shape in
      var tensor = Tensor<Float>.zeros(shape, on: processor)
      try tensor.withUnsafeMutableBufferPointer { try fill(UnsafeMutableRawBufferPointer($0)) }
      return tensor
    }
  }
}
