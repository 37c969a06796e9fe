import Tensors

/// A normalizer whose statistics in training are over parts of the mini-batch (Hoffer, Hubara & Soudry, 2017, "ghost
/// batches"; Wu & Johnson, 2021, call the size of a part NBS).
///
/// The batch is cut into parts of `size` samples, in their order, and each goes through the normalizer by itself: each
/// is recorded, as if it were a mini-batch. The last part may be smaller, but a rest of one sample stays with the part
/// before it. In the other modes the input is whole.
public struct GhostBatches<Scalar: TensorScalar>: NormalizerWrapper {
  /// What each part goes through.
  public var normalizer: any Normalizer<Scalar>
  /// The samples of a part.
  public let size: Int

  /// - Precondition: `size` is positive.
  public init(of size: Int, through normalizer: any Normalizer<Scalar>) {
    require(size > 0, "Parts of a batch have 1 sample or more, and not \(size).")
    (self.normalizer, self.size) = (normalizer, size)
  }

  private struct Saved: Sendable {
    let parts: [(samples: Range<Int>, cache: NormalizerCache<Scalar>)]
    /// Along which the samples are.
    let axis: Int
    let shape: [Int]
  }

  public mutating func forward(
    _ input: Tensor<Scalar>, layout: TensorLayout, mode: Mode, activation: Activation?
  ) throws(NormalizerError) -> (output: Tensor<Scalar>, cache: NormalizerCache<Scalar>) {
    let samples = try layout.extents(of: input.shape, channels: normalizer.state.channels).batch
    let axis = layout == .timeMajor ? input.shape.count - 2 : 0
    let ranges = mode == .training ? Self.parts(of: samples, size: size) : [0..<samples]
    var outputs: [Tensor<Scalar>] = []
    var parts: [(samples: Range<Int>, cache: NormalizerCache<Scalar>)] = []
    for range in ranges {
      let part = ranges.count == 1 ? input : input.slices(range, along: axis)
      let (output, cache) = try normalizer.forward(part, layout: layout, mode: mode, activation: activation)
      outputs.append(output)
      parts.append((range, cache))
    }
    return (
      outputs.count == 1 ? outputs[0] : Tensor(joining: outputs, along: axis),
      NormalizerCache(saving: Saved(parts: parts, axis: axis, shape: input.shape))
    )
  }

  public mutating func backward(_ gradient: Tensor<Scalar>, cache: NormalizerCache<Scalar>) -> Tensor<Scalar> {
    let saved = cache.saved(as: Saved.self)
    require(
      gradient.shape == saved.shape,
      "The gradient's shape \(gradient.shape) is not that of the normalizer's output, \(saved.shape).")
    guard saved.parts.count > 1 else { return normalizer.backward(gradient, cache: saved.parts[0].cache) }
    let results = saved.parts.map { samples, cache in
      normalizer.backward(gradient.slices(samples, along: saved.axis), cache: cache)
    }
    return Tensor(joining: results, along: saved.axis)
  }

  /// The samples of each part.
  package static func parts(of samples: Int, size: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while start < samples {
      let end = samples - start - size <= (size > 1 ? 1 : 0) ? samples : start + size
      parts.append(start..<end)
      start = end
    }
    return parts
  }
}
