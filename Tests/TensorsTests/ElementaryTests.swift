import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct ElementaryTests {
  @Test("exp in Float is within one unit in the last place over its whole range")
  func exponentialFloat() {
    let error = worstFloat(-104, 89) {
      Float.exponential($0)
    } of: {
      exp($0)
    }
    #expect(error < 1.1, "\(error) ULP")
  }

  @Test("tanh in Float is within two and a half units in the last place over its whole range")
  func tangentFloat() {
    let error = worstFloat(-12, 12) {
      Float.hyperbolicTangent($0)
    } of: {
      tanh($0)
    }
    #expect(error < 2.5, "\(error) ULP")
  }

  @Test("log in Float is within one unit in the last place over its whole range")
  func logarithmFloat() {
    var worst = 0.0
    for step in stride(from: UInt32(1), to: 0x7F80_0000, by: 4099) {
      let x = Float(bitPattern: step)
      worst = max(worst, error(Float.naturalLogarithm(.init(repeating: x))[0], log(Double(x))))
    }
    let near = worstFloat(0.5, 2) {
      Float.naturalLogarithm($0)
    } of: {
      log($0)
    }
    #expect(max(worst, near) < 1, "\(max(worst, near)) ULP")
  }

  @Test(
    "The Double functions are within three units in the last place of the C library's, whose own error is below one")
  func doubles() {
    var worst = [0.0, 0.0, 0.0]
    var stream = RandomStream(seed: 1, name: "doubles")
    for _ in 0..<60_000 {
      let x = stream.nextUnit()
      let wide = (2 * x - 1) * 720
      worst[0] = max(worst[0], distance(Double.exponential(.init(repeating: wide))[0], exp(wide)))
      let narrow = (2 * x - 1) * 20 * x * x
      worst[1] = max(worst[1], distance(Double.hyperbolicTangent(.init(repeating: narrow))[0], tanh(narrow)))
      let positive = exp(wide * 0.98)
      worst[2] = max(worst[2], distance(Double.naturalLogarithm(.init(repeating: positive))[0], log(positive)))
    }
    #expect(worst.allSatisfy { $0 <= 3 }, "\(worst) ULP")
  }

  @Test("Special values are those of the C library")
  func special() {
    let values: [Float] = [
      0, -0.0, .infinity, -.infinity, 1, -1, 1000, -1000, .leastNonzeroMagnitude, 88.7, -103.9, -104.1,
    ]
    for x in values {
      let v = Float.Vector(repeating: x)
      #expect(distance(Float.exponential(v)[0], Float(exp(Double(x)))) <= 1, "exp \(x)")
      #expect(distance(Float.hyperbolicTangent(v)[0], Float(tanh(Double(x)))) <= 1, "tanh \(x)")
      if x >= 0 { #expect(distance(Float.naturalLogarithm(v)[0], Float(log(Double(x)))) <= 1, "log \(x)") }
    }
    let nan = Float.Vector(repeating: .nan)
    #expect(Float.exponential(nan)[0].isNaN && Float.hyperbolicTangent(nan)[0].isNaN)
    #expect(Float.naturalLogarithm(nan)[0].isNaN && Float.naturalLogarithm(-.init(repeating: 1))[0].isNaN)
    #expect(Double.exponential(.init(repeating: .nan))[0].isNaN)
  }

  /// The largest error over a dense sample of an interval, in units in the last place of the exact result.
  private func worstFloat(
    _ low: Float, _ high: Float, _ function: (Float.Vector) -> Float.Vector, of reference: (Double) -> Double
  ) -> Double {
    let steps = 400_000
    var worst = 0.0
    for step in stride(from: 0, to: steps, by: 16) {
      var x = Float.Vector()
      for lane in 0..<16 { x[lane] = low + (high - low) * Float(step + lane) / Float(steps) }
      let y = function(x)
      for lane in 0..<16 { worst = max(worst, error(y[lane], reference(Double(x[lane])))) }
    }
    return worst
  }

  private func error(_ found: Float, _ exact: Double) -> Double {
    if Double(found) == exact { return 0 }
    return abs(Double(found) - exact) / Double(max(Float(abs(exact)).ulp, .leastNonzeroMagnitude))
  }

  /// The number of representable numbers from one to the other.
  private func distance<Scalar: TensorScalar>(_ a: Scalar, _ b: Scalar) -> Double {
    a == b ? 0 : Double(abs(a - b) / max(a.ulp, b.ulp))
  }
}
