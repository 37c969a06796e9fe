extension Tensor {
  /// Samples of bytes in the given shape, at `indices` of `bytes`, with every byte replaced by its value in each of `tables`:
  /// these are the channels, along one more axis at the end.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], shape: [Int], through tables: [[Scalar]],
    on processor: Processor
  ) {
    require(
      !tables.isEmpty && tables.allSatisfy { $0.count == 256 },
      "\(tables.count) tables of \(tables.map(\.count)) values are not one or more of 256.")
    let size = Self.count(of: shape)
    let samples = bytes.count / max(size, 1)
    let channels = tables.count
    self.init(shape: [indices.count] + shape + [channels], on: processor) { target in
      bytes.withUnsafeBufferPointer { bytes in
        for (channel, table) in tables.enumerated() {
          table.withUnsafeBufferPointer { table in
            for (place, index) in indices.enumerated() {
              require(index >= 0 && index < samples, "There is no sample \(index) among \(samples).")
              lookUp(
                bytes.baseAddress! + index * size, size, in: table.baseAddress!,
                into: target + place * size * channels + channel, stride: channels)
            }
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
  into target: UnsafeMutablePointer<Scalar>, stride: Int
) {
  for index in 0..<count { target[index &* stride] = table[Int(bytes[index])] }
}
