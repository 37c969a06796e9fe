/// The mean and the variance of stored numbers, for each channel.
package struct StoredMoments: Sendable, Equatable {
  /// One for each channel.
  package private(set) var means, variances: [Double]

  /// The moments of numbers whose last axis has so many channels; the variance, centred, is that of them all (÷ their count).
  ///
  /// A channel of one and the same number has it as its mean, and a variance of 0, exactly.
  package init(of bytes: [UInt8], storedAs type: StoredScalar, channels: Int) {
    let count = bytes.count / type.size
    require(
      channels > 0 && count > 0 && count % channels == 0, "\(count) numbers are not of \(channels) channels.")
    let rows = Double(count / channels)
    var first = [Double](repeating: 0, count: channels)
    var isConstant = [Bool](repeating: true, count: channels)
    var sums = [Double](repeating: 0, count: channels)
    type.forEach(of: bytes, channels: channels) { value, channel, isFirst in
      if isFirst { first[channel] = value }
      if value != first[channel] { isConstant[channel] = false }
      sums[channel] += value
    }
    let means = (0..<channels).map { isConstant[$0] ? first[$0] : sums[$0] / rows }
    var squares = [Double](repeating: 0, count: channels)
    type.forEach(of: bytes, channels: channels) { value, channel, _ in
      squares[channel] += (value - means[channel]) * (value - means[channel])
    }
    (self.means, variances) = (means, squares.map { $0 / rows })
  }

  /// The place of the first number that is none, or infinite.
  package static func firstNotFinite(in bytes: [UInt8], storedAs type: StoredScalar) -> Int? {
    guard type != .uint8 else { return nil }
    var (place, found) = (0, Int?.none)
    type.forEach(of: bytes, channels: 1) { value, _, _ in
      if !value.isFinite && found == nil { found = place }
      place &+= 1
    }
    return found
  }

  /// The place of the first number that, less its channel's centre and over its deviation, is too large for a `Float`.
  package static func firstTooFar(
    in bytes: [UInt8], storedAs type: StoredScalar, centres: [Double], deviations: [Double]
  ) -> Int? {
    require(
      !centres.isEmpty && centres.count == deviations.count,
      "\(centres.count) centres and \(deviations.count) deviations are not of the same channels.")
    guard type != .uint8 else { return nil }
    var (place, found) = (0, Int?.none)
    type.forEach(of: bytes, channels: centres.count) { value, channel, _ in
      if !Float((value - centres[channel]) / deviations[channel]).isFinite && found == nil { found = place }
      place &+= 1
    }
    return found
  }
}

extension StoredScalar {
  /// Calls `body` with every number, its channel, and whether it is the first of that.
  @inline(__always)
  fileprivate func forEach(of bytes: [UInt8], channels: Int, _ body: (Double, Int, Bool) -> Void) {
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      let count = bytes.count / size
      @inline(__always)
      func each(_ value: (Int) -> Double) {
        var channel = 0
        for index in 0..<count {
          body(value(index), channel, index < channels)
          channel = channel &+ 1 == channels ? 0 : channel &+ 1
        }
      }
      switch self {
      case .uint8: each { Double(source.load(fromByteOffset: $0, as: UInt8.self)) }
      case .float16: each { Double(Self.number(half: source.loadUnaligned(fromByteOffset: 2 &* $0, as: UInt16.self))) }
      case .float32: each { Double(source.loadUnaligned(fromByteOffset: 4 &* $0, as: Float.self)) }
      case .float64: each { source.loadUnaligned(fromByteOffset: 8 &* $0, as: Double.self) }
      }
    }
  }
}
