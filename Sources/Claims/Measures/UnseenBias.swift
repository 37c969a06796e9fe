import Tensors

/// A bias before values that are centred, learned with a gradient that does or does not know of the mean (Ioffe & Szegedy,
/// 2015, §2).
enum UnseenBias {
  /// With x = u + b, the loss is the mean of (x − E[x] − t)² over samples whose targets t have a mean of their own: it does not
  /// depend on b, and a gradient that takes E[x] for a constant pushes b on for ever.
  ///
  /// Returns the bias after a hundred steps over that after fifty; where the mean is seen, how far the bias went.
  static func growth(seed: UInt64, isSeen: Bool) -> Double {
    var stream = RandomStream(seed: seed, name: "claims/unseen-bias")
    let samples = (0..<64).map { _ in (input: stream.nextUnit() - 0.5, target: stream.nextUnit() + 0.5) }
    var (bias, half) = (0.0, 0.0)
    for step in 1...100 {
      let values = samples.map { $0.input + bias }
      let mean = values.reduce(0, +) / Double(values.count)
      let slopes = zip(values, samples).map { 2 * ($0 - mean - $1.target) }
      let direct = slopes.reduce(0, +) / Double(slopes.count)
      // Each value moves with b, and so does their mean.
      let throughMean = slopes.map { -$0 }.reduce(0, +) / Double(slopes.count)
      bias -= 0.1 * (isSeen ? direct + throughMean : direct)
      if step == 50 { half = bias }
    }
    return isSeen ? bias : bias / half
  }
}
