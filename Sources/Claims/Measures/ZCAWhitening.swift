import Foundation
import Norms
import Tensors

/// Whitening by the inverse root of the covariance (ZCA), with its multiplications counted, beside normalization by feature.
enum ZCAWhitening {
  static let samples = 64
  /// Steps of Newton's method for the inverse root; five, as is advised for training (IterNorm), whiten less.
  private static let iterations = 20

  /// What a pass gave and what it cost.
  struct Pass {
    var output: [Double]
    var multiplications = 0
  }

  // MARK: - What it costs

  /// The slope of the logarithm of the multiplications against that of the features, over the upper half of the sizes.
  static func exponent(over sizes: [Int], seed: UInt64) -> Double {
    slope(
      upperHalf(sizes).map { size in
        let pass = whitened(values(size, seed: seed), features: size)
        return (log(Double(size)), log(Double(pass.multiplications)))
      })
  }

  /// The same of normalization by feature.
  static func exponentOfNormalizing(over sizes: [Int], seed: UInt64) -> Double {
    slope(
      upperHalf(sizes).map { size in
        let pass = normalized(values(size, seed: seed), features: size)
        return (log(Double(size)), log(Double(pass.multiplications)))
      })
  }

  private static func upperHalf(_ sizes: [Int]) -> ArraySlice<Int> { sizes.suffix((sizes.count + 1) / 2) }

  static func seconds(features: Int, seed: UInt64) throws -> Double {
    let input = values(features, seed: seed)
    return time { _ = whitened(input, features: features) }
  }

  static func secondsOfNormalizing(features: Int, seed: UInt64) throws -> Double {
    let input = Tensor<Double>(values(features, seed: seed), shape: [samples, features])
    var norm = BatchNorm<Double>(channels: features)
    _ = try norm.forward(input, mode: .training)
    return try time { _ = try norm.forward(input, mode: .training) }
  }

  private static func time(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return start.duration(to: .now) / .seconds(1)
  }

  // MARK: - What a bias does

  /// The largest change of the whitened values when a bias is added to all of them.
  static func change(byBias bias: Double, seed: UInt64) -> Double {
    let (input, features) = (values(16, seed: seed), 16)
    return distance(
      whitened(input, features: features).output, whitened(input.map { $0 + bias }, features: features).output)
  }

  static func changeOfNormalized(byBias bias: Double, seed: UInt64) throws -> Double {
    let input = values(16, seed: seed)
    func normalized(_ values: [Double]) throws -> [Double] {
      var norm = BatchNorm<Double>(channels: 16)
      return try norm.forward(Tensor(values, shape: [samples, 16]), mode: .training).output.scalars
    }
    return distance(try normalized(input), try normalized(input.map { $0 + bias }))
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.reduce(0, max) }

  // MARK: - The computation

  /// Correlated values, samples × features.
  static func values(_ features: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, name: "claims/whitening")
    return (0..<samples).flatMap { _ in
      let common = stream.nextUnit()
      return (0..<features).map { _ in stream.nextUnit() + 0.5 * common }
    }
  }

  /// (x − μ) / √(σ² + ε) of each feature, with ε = 1e-5.
  private static func normalized(_ input: [Double], features d: Int) -> Pass {
    var pass = Pass(output: input)
    for feature in 0..<d {
      let column = (0..<samples).map { input[$0 * d + feature] }
      let mean = column.reduce(0, +) / Double(samples)
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(samples)
      let factor = 1 / (variance + 1e-5).squareRoot()
      for sample in 0..<samples { pass.output[sample * d + feature] = (column[sample] - mean) * factor }
      // A square and a product for each value; the mean, the variance and the root.
      pass.multiplications += 2 * samples + 3
    }
    return pass
  }

  /// (x − μ) · Σ^(−½), with Σ the covariance and ε = 1e-5 on its diagonal.
  static func whitened(_ input: [Double], features d: Int) -> Pass {
    var count = 0
    func product(_ a: [Double], _ b: [Double], rows: Int, inner: Int) -> [Double] {
      count += rows * inner * d
      return Tensor(a, shape: [rows, inner]).times(Tensor(b, shape: [inner, d])).scalars
    }
    let means = (0..<d).map { feature in
      (0..<samples).reduce(0.0) { $0 + input[$1 * d + feature] } / Double(samples)
    }
    let centred = input.indices.map { input[$0] - means[$0 % d] }
    let transposed = (0..<d * samples).map { centred[$0 % samples * d + $0 / samples] }
    var covariance = product(transposed, centred, rows: d, inner: samples).map { $0 / Double(samples) }
    count += d * d
    for feature in 0..<d { covariance[feature * d + feature] += 1e-5 }
    let trace = (0..<d).reduce(0.0) { $0 + covariance[$1 * d + $1] }
    let scaled = covariance.map { $0 / trace }
    count += d * d
    // Y ← Y T and Z ← T Z with T = (3 − Z Y) / 2 tend to Σ^½ and Σ^(−½), and keep what rounding adds (Higham, 2008, ch. 6).
    let identity = (0..<d * d).map { $0 / d == $0 % d ? 1.0 : 0 }
    var (square, root) = (scaled, identity)
    for _ in 0..<iterations {
      let step = zip(identity, product(root, square, rows: d, inner: d)).map { 1.5 * $0 - 0.5 * $1 }
      count += d * d
      (square, root) = (product(square, step, rows: d, inner: d), product(step, root, rows: d, inner: d))
    }
    root = root.map { $0 / trace.squareRoot() }
    count += d * d
    let output = product(centred, root, rows: samples, inner: d)
    return Pass(output: output, multiplications: count)
  }
}
