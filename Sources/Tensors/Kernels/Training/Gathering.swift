extension Tensor {
  /// Samples of bytes in the given shape, at `indices` of `bytes`, with every byte replaced by its value in each of `tables`:
  /// these are the channels, along one more axis at the end.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], shape: [Int], through tables: [[Scalar]],
    on processor: Processor
  ) {
    self.init(
      gathering: indices, of: bytes, shape: shape, through: tables, channels: tables.count, isInterleaved: false,
      on: processor)
  }

  /// Samples of bytes, whose last axis has a channel for each of `tables`, with every byte replaced by its value in the table of
  /// its channel.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], interleaved shape: [Int], through tables: [[Scalar]],
    on processor: Processor
  ) {
    require(
      shape.last == tables.count, "\(tables.count) tables are not for the channels of samples of shape \(shape).")
    self.init(
      gathering: indices, of: bytes, shape: Array(shape.dropLast()), through: tables, channels: tables.count,
      isInterleaved: true, on: processor)
  }

  private init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], shape: [Int], through tables: [[Scalar]],
    channels: Int, isInterleaved: Bool, on processor: Processor
  ) {
    require(
      !tables.isEmpty && tables.allSatisfy { $0.count == 256 },
      "\(tables.count) tables of \(tables.map(\.count)) values are not one or more of 256.")
    let size = Self.count(of: shape)
    let step = isInterleaved ? channels : 1
    let samples = bytes.count / max(size * step, 1)
    self.init(shape: [indices.count] + shape + [channels], on: processor) { target in
      bytes.withUnsafeBufferPointer { bytes in
        for (channel, table) in tables.enumerated() {
          table.withUnsafeBufferPointer { table in
            for (place, index) in indices.enumerated() {
              require(index >= 0 && index < samples, "There is no sample \(index) among \(samples).")
              lookUp(
                bytes.baseAddress! + index * size * step + (isInterleaved ? channel : 0), size, step: step,
                in: table.baseAddress!, into: target + place * size * channels + channel, stride: channels)
            }
          }
        }
      }
    }
  }

  /// Samples in the given shape, at `indices` of values that are stored as real numbers: less the centre of their channel, which
  /// is the last axis, over its deviation.
  package init(
    gathering indices: some Collection<Int>, of bytes: [UInt8], storedAs type: StoredScalar, shape: [Int],
    centres: [Double], deviations: [Double], on processor: Processor
  ) {
    let (size, channels) = (Self.count(of: shape), centres.count)
    require(
      shape.last == channels && deviations.count == channels,
      "\(channels) centres and \(deviations.count) deviations are not for the channels of samples of shape \(shape).")
    let samples = bytes.count / max(size * type.size, 1)
    self.init(shape: [indices.count] + shape, on: processor) { target in
      bytes.withUnsafeBytes { bytes in
        for (place, index) in indices.enumerated() {
          require(index >= 0 && index < samples, "There is no sample \(index) among \(samples).")
          let source = bytes.baseAddress! + index * size * type.size
          for channel in 0..<channels {
            standardize(
              source, type, from: channel, to: size, stride: channels, centre: centres[channel],
              deviation: deviations[channel], into: target + place * size)
          }
        }
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func lookUp<Scalar: TensorScalar>(
  _ bytes: UnsafePointer<UInt8>, _ count: Int, step: Int, in table: UnsafePointer<Scalar>,
  into target: UnsafeMutablePointer<Scalar>, stride: Int
) {
  guard step > 1 else {
    for index in 0..<count { target[index &* stride] = table[Int(bytes[index])] }
    return
  }
  for index in 0..<count { target[index &* stride] = table[Int(bytes[index &* step])] }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func standardize<Scalar: TensorScalar>(
  _ source: UnsafeRawPointer, _ type: StoredScalar, from first: Int, to end: Int, stride step: Int, centre: Double,
  deviation: Double, into target: UnsafeMutablePointer<Scalar>
) {
  @inline(__always)
  func each(_ value: (Int) -> Double) {
    var index = first
    while index < end {
      target[index] = Scalar((value(index) - centre) / deviation)
      index &+= step
    }
  }
  switch type {
  case .uint8: each { Double(source.load(fromByteOffset: $0, as: UInt8.self)) }
  case .float16:
    each { Double(StoredScalar.number(half: source.loadUnaligned(fromByteOffset: 2 &* $0, as: UInt16.self))) }
  case .float32: each { Double(source.loadUnaligned(fromByteOffset: 4 &* $0, as: Float.self)) }
  case .float64: each { source.loadUnaligned(fromByteOffset: 8 &* $0, as: Double.self) }
  }
}
