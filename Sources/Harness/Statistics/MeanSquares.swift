/// How far the differences of two configurations vary with the seed, with the image, and beyond both.
///
/// A two-way table without replication: `d[s][i]` is the outcome of the first configuration with seed `s` on image
/// `i` less that of the second.
///
///     seeds    = I Σₛ (d̄ₛ − d̄)² / (S − 1)
///     images   = S Σᵢ (d̄ᵢ − d̄)² / (I − 1)
///     residual = Σₛᵢ (dₛᵢ − d̄ₛ − d̄ᵢ + d̄)² / ((S − 1)(I − 1))
///
/// Their expectations are `I σ²(seeds) + σ²`, `S σ²(images) + σ²` and `σ²`. Scheffé, *The Analysis of Variance* (1959).
struct MeanSquares {
  let mean: Double
  let seeds: Double
  let images: Double
  let residual: Double

  /// - Precondition: As many outcomes of both, two or more, all of the same two or more images.
  init(_ first: [Outcomes], _ second: [Outcomes]) {
    let (seedCount, imageCount) = (Double(first.count), Double(first[0].count))
    // Counted from one of them, equal differences are exactly 0. They are unpacked a seed at a time, twice: the table
    // would be the largest thing in memory, and sums of squares less one another would lose what they are for.
    let origin = first[0][0] - second[0][0]
    func differences(_ seed: Int) -> [Double] {
      zip(first[seed].values, second[seed].values).map { $0 - $1 - origin }
    }
    var ofSeed: [Double] = []
    var ofImage = [Double](repeating: 0, count: first[0].count)
    for seed in first.indices {
      let row = differences(seed)
      ofSeed.append(row.reduce(0, +) / imageCount)
      for (image, difference) in row.enumerated() { ofImage[image] += difference }
    }
    for image in ofImage.indices { ofImage[image] /= seedCount }
    let mean = ofSeed.reduce(0, +) / seedCount

    func sumOfSquares(_ means: [Double]) -> Double {
      means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    var rest = 0.0
    for seed in first.indices {
      let offset = mean - ofSeed[seed]
      for (difference, ofImage) in zip(differences(seed), ofImage) {
        let distance = difference - ofImage + offset
        rest += distance * distance
      }
    }
    self.mean = origin + mean
    seeds = imageCount * sumOfSquares(ofSeed) / (seedCount - 1)
    images = seedCount * sumOfSquares(ofImage) / (imageCount - 1)
    residual = rest / ((seedCount - 1) * (imageCount - 1))
  }
}
