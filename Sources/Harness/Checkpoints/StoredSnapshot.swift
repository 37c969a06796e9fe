import Foundation
import Tensors

/// A ``Snapshot`` as bytes.
struct StoredSnapshot: Codable {
  private let tensors: [String: StoredTensor]
  private let counters: [String: Int]

  private struct StoredTensor: Codable {
    let shape: [Int]
    /// The numbers in row-major order, the bytes of each as the machine has them.
    let bytes: Data
  }

  init(_ snapshot: Snapshot<Float>) {
    tensors = snapshot.tensors.mapValues { tensor in
      StoredTensor(shape: tensor.shape, bytes: tensor.scalars.withUnsafeBytes { Data($0) })
    }
    counters = snapshot.counters
  }

  /// The snapshot; `nil` if a tensor has not as many numbers as its shape says.
  var snapshot: Snapshot<Float>? {
    var restored = Snapshot<Float>(counters: counters)
    for (name, tensor) in tensors {
      let (count, size) = (tensor.bytes.count / MemoryLayout<Float>.size, MemoryLayout<Float>.size)
      var product = 1
      for extent in tensor.shape {
        let (next, overflow) = product.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { return nil }
        product = next
      }
      guard product == count, tensor.bytes.count == count * size else { return nil }
      let scalars = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        tensor.bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      }
      restored.tensors[name] = Tensor(scalars, shape: tensor.shape)
    }
    return restored
  }
}
