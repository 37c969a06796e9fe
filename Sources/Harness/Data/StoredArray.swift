import Tensors

/// An array of numbers as a file has them: nothing is converted, and nothing there twice.
struct StoredArray {
  /// What it is called in an error.
  let name: String
  private(set) var shape: [Int]
  let type: StoredScalar
  /// In row-major order, as this machine has its numbers.
  private(set) var bytes: [UInt8]

  init(name: String, shape: [Int], type: StoredScalar, bytes: [UInt8]) {
    require(
      bytes.count == shape.reduce(type.size, *), "\(bytes.count) bytes are not \(shape) values of \(type.size) bytes.")
    (self.name, self.shape, self.type, self.bytes) = (name, shape, type, bytes)
  }

  /// A shape as NumPy writes it.
  static func text(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: ", "))]" }

  /// Puts the second of four axes behind the others, sample by sample.
  mutating func moveChannelsLast() {
    let (channels, pixels) = (shape[1], shape[2] * shape[3])
    shape = [shape[0], shape[2], shape[3], channels]
    guard channels > 1 else { return }
    let size = channels * pixels * type.size
    for start in stride(from: 0, to: bytes.count, by: size) {
      let sample = Self.reordered(
        bytes[start..<start + size], shape: [pixels, channels], steps: [1, pixels], size: type.size)
      bytes.replaceSubrange(start..<start + size, with: sample)
    }
  }

  /// Values in row-major order of `shape`, of which each axis has a step in `bytes`.
  static func reordered(_ bytes: ArraySlice<UInt8>, shape: [Int], steps: [Int], size: Int) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = [Int](repeating: 0, count: shape.count)
    var offset = bytes.startIndex
    while true {
      for byte in 0..<size { result.append(bytes[offset + byte]) }
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        offset += steps[axis] * size
        if place[axis] < shape[axis] { break }
        offset -= steps[axis] * size * shape[axis]
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }
}
