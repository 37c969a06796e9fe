extension Tensor {
  /// Samples of `size` bytes each, at `indices` of `bytes`, with every byte replaced by its value in `table`.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], size: Int, shape: [Int], through table: [Scalar],
    on processor: Processor
  ) {
    require(
      table.count == 256 && Self.count(of: shape) == size,
      "A table of \(table.count) values and \(size) bytes do not fill samples of shape \(shape): 256 values would.")
    let samples = bytes.count / max(size, 1)
    self.init(shape: [indices.count] + shape, on: processor) { target in
      bytes.withUnsafeBufferPointer { bytes in
        table.withUnsafeBufferPointer { table in
          for (place, index) in indices.enumerated() {
            require(index >= 0 && index < samples, "There is no sample \(index) among \(samples).")
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
