extension Tensor {
  /// Samples of `size` bytes each, at `indices` of `bytes`, with every byte replaced by its value in `table`.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], size: Int, shape: [Int], through table: [Scalar],
    on processor: Processor
  ) {
    precondition(table.count == 256 && shape.reduce(1, *) == size)
    self.init(shape: [indices.count] + shape, on: processor) { target in
      bytes.withUnsafeBufferPointer { bytes in
        table.withUnsafeBufferPointer { table in
          for (place, index) in indices.enumerated() {
            precondition(index >= 0 && (index + 1) * size <= bytes.count)
            lookUp(bytes.baseAddress! + index * size, size, in: table.baseAddress!, into: target + place * size)
          }
        }
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func lookUp<Scalar: TensorScalar>(
  _ bytes: UnsafePointer<UInt8>, _ count: Int, in table: UnsafePointer<Scalar>,
  into target: UnsafeMutablePointer<Scalar>
) {
  for index in 0..<count { target[index] = table[Int(bytes[index])] }
}
