/// A 64-bit hash that is the same in every process and on every machine (FNV-1a, mixed at the end).
public struct StableHash: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public init(of bytes: some Sequence<UInt8>) {
    combine(bytes)
  }

  /// The hash of everything combined so far.
  public var value: UInt64 { Self.mixed(state) }

  @specialized(where Bytes == [UInt8])
  @specialized(where Bytes == UnsafeRawBufferPointer)
  public mutating func combine<Bytes: Sequence<UInt8>>(_ bytes: Bytes) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }

  /// A bijection in which every input bit reaches every output bit (SplitMix64's finalizer).
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
