import Norms
import Tensors
import TestSupport
import Testing

@Suite struct NormalizerErrorTests {
  @Test("One value to a statistic is an error in training, not a silent zero")
  func oneValue() {
    var instance = InstanceNorm<Float>(channels: 4)
    let error = #expect(throws: NormalizerError.self) {
      try instance.forward(.random([3, 4], "input"), mode: .training)
    }
    #expect(error == .oneValuePerStatistic(shape: [3, 4], layout: .channelsFirst))
    #expect(
      error?.description == """
        An input of shape [3, 4] in the layout channelsFirst leaves one value to each statistic, so the output would not depend on the input. \
        Use more samples or more positions, larger groups, or a normalizer that averages over more axes.
        """)
    var batch = BatchNorm<Float>(channels: 4)
    #expect(throws: NormalizerError.self) { try batch.forward(.random([1, 4], "input"), mode: .training) }
    #expect(throws: Never.self) { try batch.forward(.random([1, 4], "input"), mode: .inference) }
    var groups = GroupNorm<Float>(groups: 4, channels: 4)
    #expect(throws: NormalizerError.self) { try groups.forward(.random([3, 4], "input"), mode: .training) }
  }

  @Test("A shape that does not fit names what was expected", arguments: TensorLayout.allCases)
  func shapes(layout: TensorLayout) {
    var normalizer = LayerNorm<Float>(channels: 4)
    for shape in [[3, 5], [4], [], [0, 4], [3, 5, 6]] {
      let error = #expect(throws: NormalizerError.self) {
        try normalizer.forward(.random(shape, "input"), layout: layout, mode: .training)
      }
      #expect(error == .shape(found: shape, channels: 4, layout: layout))
      #expect(error?.description.contains("\(shape)") == true)
    }
  }

  @Test("Groups that do not divide the channels stop the program with both numbers")
  func groups() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GroupNorm<Float>(groups: 3, channels: 8)
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains("8 channels cannot be divided into 3 equal groups."))
  }

  @Test("Running statistics that are not as many as the input needs are an error")
  func runningStatistics() throws {
    var normalizer = AnyAxesNorm<Float>(.batch, channels: 4, groups: 1)
    _ = try normalizer.forward(.random([3, 4, 5], "input"), mode: .training)
    let error = #expect(throws: NormalizerError.self) {
      try normalizer.forward(.random([3, 4, 6], "input"), mode: .inference)
    }
    #expect(error == .runningStatistics(recorded: 20, needed: 24))
  }
}
