import Foundation
import Norms
import TestSupport
import Testing

/// The code of the README, word for word, which `ReadmeTests` makes sure of.
private func example() throws {
  // README begins
  var norm = GroupNorm<Float>(groups: 4, channels: 16)
  let images = Tensor<Float>(repeating: 1, shape: [8, 16, 28, 28])
  let (output, cache) = try norm.forward(images, layout: .channelsFirst, mode: .training)
  let inputGradient = norm.backward(output, cache: cache)
  print(inputGradient.shape, norm.state.scale.gradient.shape)
  // README ends
}

// README begins
/// Normalizes each position over all channels (Li et al., 2019).
struct PositionalNorm<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes { [.group, .channel] }
  var state: NormalizerState<Scalar>

  init(channels: Int) {
    state = NormalizerState(channels: channels)
  }
}
// README ends

@Suite struct ReadmeTests {
  @Test("The README's code runs")
  func runs() throws {
    try example()
    var norm = PositionalNorm<Float>(channels: 3)
    #expect(throws: Never.self) { try norm.forward(.random([2, 3, 4], "input"), mode: .training) }
  }

  @Test("The README's code is the code that runs")
  func sameCode() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
    let blocks = source.components(separatedBy: "// README begins\n").dropFirst().map { block in
      trimmed(block.components(separatedBy: "// README ends")[0])
    }
    #expect(blocks.count == 2)
    for block in blocks { #expect(trimmed(readme).contains(block)) }
  }

  /// The lines without their indentation.
  private func trimmed(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}
