import Foundation
import Harness
import Norms
import Tensors

/// Whether scale and shift can undo a normalizer.
enum AffineIdentity {
  /// The largest distance of the output from the input, over the size of the input, where γ is the deviation of what is
  /// normalized and β its mean.
  ///
  /// All statistics are alike for the normalizer to be able to: each sample and each feature has the values of one sequence in
  /// another order. With ε, γ is √(σ² + ε).
  static func error(of norm: NormalizerChoice, seed: UInt64, withEpsilon: Bool) throws -> Double {
    let size = 64
    guard var normalizer = norm.make(NormalizerSettings(channels: size)) else { return 0 }
    var stream = RandomStream(seed: seed, name: "claims/affine")
    // Sums and squares of rows and columns are those of one sequence: a circulant table. Small values, for ε to show.
    let values = (0..<size).map { _ in 0.05 * (stream.nextUnit() + 0.5) }
    let input = Tensor<Float>(
      (0..<size * size).map { Float(values[($0 / size + $0 % size) % size]) }, shape: [size, size])
    let mean = values.reduce(0, +) / Double(size)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
    let epsilon = withEpsilon ? normalizer.state.epsilon : 0
    normalizer.state.scale = Parameter(Tensor(repeating: Float((variance + epsilon).squareRoot()), shape: [size]))
    normalizer.state.shift = Parameter(Tensor(repeating: Float(mean), shape: [size]))
    do {
      let output = try normalizer.forward(input, layout: .channelsLast, mode: .training).output
      return zip(output.scalars, input.scalars).map { Double(abs($0 - $1)) }.reduce(0, max) / mean
    } catch {
      throw HarnessError.usage("\(norm.name) does not take a table of \(size) samples and features: \(error)")
    }
  }
}
