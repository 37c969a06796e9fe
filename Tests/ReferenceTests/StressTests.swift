import Foundation
import Norms
import TestSupport
import Testing

private struct StressCase: Decodable {
  let norm: Member
  let values: Int
  let offset, bound: Double
  let shape: [Int]
  /// PyTorch's errors in float32.
  let forward, backward: Double
}

@Suite struct StressTests {
  /// Errors are the largest of any element, over the root mean square of the exact result.
  ///
  /// Two units in the last place are allowed in any
  /// case: the last rounding of an output alone is half of one.
  @Test("Our errors in Float are never worse than twice PyTorch's, for offsets, scales and up to ten million values")
  func stress() throws {
    let fixture = try Fixture<StressCase>.read("stress")
    var failures: [String] = []
    print("\nErrors in Float against Double, relative to the root mean square; PyTorch's by \(fixture.by).")
    print(
      "| norm | values | offset | scale | forward | PyTorch | backward | PyTorch |\n|---|---|---|---|---|---|---|---|")
    for c in fixture.cases {
      let exact = try run(c, Double.self)
      let single = try run(c, Float.self)
      let forward = error(single.output, exact.output)
      let backward = error(single.gradient, exact.gradient)
      let numbers = [forward, c.forward, backward, c.backward].map { String(format: "%.1e", $0) }
      let place = "\(c.norm) | \(c.values) | \(c.offset) | \(c.bound)"
      print("| \(place) | \(numbers.joined(separator: " | ")) |")
      let unit = 2 * Double(Float.ulpOfOne)
      if forward > max(2 * c.forward, unit) { failures.append("\(place): forward \(forward), PyTorch \(c.forward)") }
      if backward > max(2 * c.backward, unit) {
        failures.append("\(place): backward \(backward), PyTorch \(c.backward)")
      }
    }
    #expect(failures == [])
  }

  private func run<Scalar: TensorScalar>(
    _ c: StressCase, _ type: Scalar.Type
  ) throws -> (output: [Double], gradient: [Double]) {
    let channels = c.shape[1]
    let processor = Processor(threads: 2)
    var normalizer = c.norm.normalizer(Scalar.self, channels: channels)
    randomizeParameters(&normalizer)
    let input = Tensor<Scalar>.random(c.shape, "input", bound: c.bound, offset: c.offset, on: processor)
    let (output, cache) = try normalizer.forward(input, mode: .training)
    let gradient = normalizer.backward(.random(c.shape, "upstream", on: processor), cache: cache)
    return (output.doubles, gradient.doubles)
  }

  private func error(_ found: [Double], _ exact: [Double]) -> Double {
    (zip(found, exact).lazy.map { abs($0 - $1) }.max() ?? 0) / rootMeanSquare(exact)
  }
}
