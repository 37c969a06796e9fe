import Foundation
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LabelSmoothingTests {
  @Test("The loss is the cross-entropy with the smoothed label", arguments: [2, 3, 10, 16, 37], [0, 0.1, 0.5, 0.99])
  func definition(classes: Int, smoothing: Double) {
    let logits = Tensor<Double>.random([4, classes], "logits", bound: 3)
    let labels = [0, 1, classes - 1, classes / 2]
    let loss = SoftmaxCrossEntropy(logits: logits, labels: labels, smoothing: smoothing)
    var (sum, gradient) = (0.0, [Double]())
    for (row, label) in labels.enumerated() {
      let powers = (0..<classes).map { exp(logits[row, $0]) }
      for index in 0..<classes {
        let target = (index == label ? 1 - smoothing : 0) + smoothing / Double(classes)
        let probability = powers[index] / powers.reduce(0, +)
        sum -= target * log(probability)
        gradient.append((probability - target) / 4)
      }
    }
    #expect(abs(loss.sum - sum) < 1e-13 * sum)
    #expect(mismatch("gradient", loss.gradient.scalars, gradient, tolerance: 1e-13) == nil)
    #expect(
      gradientMismatch("logits", loss.gradient, at: logits) {
        SoftmaxCrossEntropy(logits: $0, labels: labels, smoothing: smoothing).mean
      } == nil)
    #expect(loss.correct == SoftmaxCrossEntropy(logits: logits, labels: labels).correct)
  }

  @Test("Without smoothing, a class that is impossible costs nothing; with it, it costs without end")
  func extremes() {
    let logits = Tensor<Float>([0, -.infinity, 1, 1e4, 0, -1e4], shape: [2, 3])
    let plain = SoftmaxCrossEntropy(logits: logits, labels: [0, 0], smoothing: 0)
    #expect(plain.sum == SoftmaxCrossEntropy(logits: logits, labels: [0, 0]).sum && plain.sum.isFinite)
    #expect(SoftmaxCrossEntropy(logits: logits, labels: [0, 0], smoothing: 0.1).sum == .infinity)
    // Large logits are no trouble.
    let large = SoftmaxCrossEntropy(logits: logits.slices(1..<2), labels: [0], smoothing: 0.3)
    #expect(abs(large.sum - 0.1 * 3e4) < 1e-9)
    #expect(mismatch("gradient", large.gradient.doubles, [0.2, -0.1, -0.1], tolerance: 1e-6) == nil)
  }
}
