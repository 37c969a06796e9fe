import Norms
import Tensors

private func zeros(_ shape: Int...) -> Tensor<Float> { .zeros(shape) }

/// A layer normalization of 4 channels after `change`, forward and back.
private func pass(_ change: (inout LayerNorm<Float>) -> Void) throws {
  var normalizer = LayerNorm<Float>(channels: 4)
  let (output, cache) = try normalizer.forward(zeros(2, 4), mode: .training)
  change(&normalizer)
  _ = normalizer.backward(output, cache: cache)
}

/// A dynamic tanh of 4 channels after `change`, forward and back.
private func saturate(_ change: (inout DynamicTanh<Float>) -> Void) throws {
  var normalizer = DynamicTanh<Float>(channels: 4)
  change(&normalizer)
  let (output, cache) = try normalizer.forward(zeros(2, 4), mode: .training)
  _ = normalizer.backward(output, cache: cache)
}

/// A batch renormalization with a schedule after `change`.
private func schedule(_ change: (inout BatchRenorm<Float>.Schedule) -> Void) {
  var schedule = BatchRenorm<Float>.Schedule()
  change(&schedule)
  _ = BatchRenorm<Float>(channels: 4, schedule: schedule)
}

/// Restores a batch normalization of 2 channels that has seen one mini-batch, after `change`, and goes on training.
private func resume(_ change: (inout Snapshot<Float>) -> Void) throws -> Int {
  var normalizer = BatchNorm<Float>(channels: 2)
  _ = try normalizer.forward(zeros(3, 2), mode: .training)
  var snapshot = normalizer.snapshot()
  change(&snapshot)
  try normalizer.restore(snapshot)
  _ = try normalizer.forward(zeros(3, 2), mode: .training)
  return normalizer.state.recordedBatches
}

/// What any axes can be asked of.
private struct AnyAxes: Normalizer {
  let reducedAxes: Axes
  var state = NormalizerState<Float>(channels: 4)
}

let normalizerDoors: [Door] = [
  Door("BatchNorm(channels:)", "0", .stops("0", "at least one channel")) {
    BatchNorm<Float>(channels: 0).epsilonOfState
  },
  Door("LayerNorm(channels:)", "-4", .stops("-4", "at least one channel")) {
    LayerNorm<Float>(channels: -4).epsilonOfState
  },
  Door("RMSNorm(channels:)", "Int.max", .stops("[\(Int.max)]", "1099511627776")) {
    RMSNorm<Float>(channels: .max).epsilonOfState
  },
  Door("GroupNorm(groups:channels:)", "3 groups of 8 channels", .stops("3", "8")) {
    GroupNorm<Float>(groups: 3, channels: 8).epsilonOfState
  },
  Door("GroupNorm(groups:channels:)", "0 groups", .stops("0", "8")) {
    GroupNorm<Float>(groups: 0, channels: 8).epsilonOfState
  },
  Door("GroupNorm(groups:channels:)", "Int.min groups", .stops("\(Int.min)", "8")) {
    GroupNorm<Float>(groups: .min, channels: 8).epsilonOfState
  },
  Door("InstanceNorm(epsilon:)", "-1", .stops("-1.0", "must not be negative")) {
    InstanceNorm<Float>(channels: 4, epsilon: -1).epsilonOfState
  },
  Door("InstanceNorm(epsilon:)", "not a number", .stops("nan", "must not be negative")) {
    InstanceNorm<Float>(channels: 4, epsilon: .nan).epsilonOfState
  },
  Door("BatchNorm(decay:)", "2", .stops("2.0", "0...1")) { BatchNorm<Float>(channels: 4, decay: 2).epsilonOfState },
  Door("BatchRenorm.Schedule", "r_max of 0.5", .stops("0.5", "1 or more")) { schedule { $0.largestFactor = 0.5 } },
  Door("BatchRenorm.Schedule", "d_max of -1", .stops("-1.0", "0 or more")) { schedule { $0.largestOffset = -1 } },
  Door("BatchRenorm.Schedule", "a warm-up of Int.min", .stops("\(Int.min)", "0 mini-batches or more")) {
    schedule { $0.warmUp = .min }
  },
  Door("BatchRenorm.Schedule.bounds", "an end of -1", .stops("-1", "0 mini-batches or more")) {
    var schedule = BatchRenorm<Float>.Schedule()
    schedule.factorEnd = -1
    _ = schedule.bounds(after: 1)
  },
  Door("BatchRenorm.Schedule.bounds", "after Int.min", .computes("(factor: 1.0, offset: 0.0)")) {
    BatchRenorm<Float>.Schedule().bounds(after: .min)
  },
  Door("BatchRenorm.Schedule.bounds", "after Int.max", .computes("(factor: 3.0, offset: 5.0)")) {
    BatchRenorm<Float>.Schedule().bounds(after: .max)
  },
  Door("BatchRenorm.Schedule(shorterBy:)", "0", .stops("0", "1 or more")) {
    BatchRenorm<Float>.Schedule(shorterBy: 0).warmUp
  },
  Door("Normalizer.forward", "no axes", .throwsError("NormalizerError", "[]", "[N, 4]")) {
    var normalizer = LayerNorm<Float>(channels: 4)
    _ = try normalizer.forward(.zeros([]), mode: .training)
  },
  Door("Normalizer.forward", "one axis", .throwsError("NormalizerError", "[4]", "[N, 4]")) {
    var normalizer = LayerNorm<Float>(channels: 4)
    _ = try normalizer.forward(zeros(4), layout: .timeMajor, mode: .training)
  },
  Door("Normalizer.forward", "no samples", .throwsError("NormalizerError", "[0, 4]", "[N, 4]")) {
    var normalizer = BatchNorm<Float>(channels: 4)
    _ = try normalizer.forward(zeros(0, 4), mode: .inference)
  },
  Door(
    "Normalizer.forward", "the channels of another layout", .throwsError("NormalizerError", "[2, 4, 5]", "[N, L, 4]")
  ) {
    var normalizer = GroupNorm<Float>(groups: 2, channels: 4)
    _ = try normalizer.forward(zeros(2, 4, 5), layout: .channelsLast, mode: .training)
  },
  Door("Normalizer.forward", "one value to a statistic", .throwsError("NormalizerError", "[2, 4]", "one value")) {
    var normalizer = InstanceNorm<Float>(channels: 4)
    _ = try normalizer.forward(zeros(2, 4), mode: .training)
  },
  Door("Normalizer.forward", "axes that do not exist", .throwsError("NormalizerError", "[2, 4]", "one value")) {
    var normalizer = AnyAxes(reducedAxes: Axes(rawValue: 1 << 10))
    _ = try normalizer.forward(zeros(2, 4), mode: .training)
  },
  Door("Normalizer.inference", "another number of positions", .throwsError("NormalizerError", "12", "8")) {
    var normalizer = AnyAxes(reducedAxes: .batch)
    _ = try normalizer.forward(zeros(3, 4, 2), mode: .training)
    _ = try normalizer.inference(zeros(3, 4, 3))
  },
  Door("NormalizerState.setRunningStatistics", "3 means, 4 variances", .throwsError("NormalizerError", "[3]", "[4]")) {
    var normalizer = BatchNorm<Float>(channels: 4)
    try normalizer.state.setRunningStatistics(mean: zeros(3), variance: zeros(4))
  },
  Door(
    "NormalizerState.setRunningStatistics", "a negative variance",
    .throwsError("NormalizerError", "-1.0", "no variance negative")
  ) {
    var normalizer = BatchNorm<Float>(channels: 1)
    try normalizer.state.setRunningStatistics(mean: zeros(1), variance: Tensor([-1], shape: [1]))
  },
  Door("Normalizer.restore", "means of two axes", .throwsError("SnapshotError", "[1, 2]", "one axis is expected")) {
    try resume { $0.tensors["runningMean"] = zeros(1, 2) }
  },
  Door("Normalizer.restore", "3 variances for 2 means", .throwsError("SnapshotError", "[3]", "2 means")) {
    try resume { $0.tensors["runningVariance"] = zeros(3) }
  },
  Door(
    "Normalizer.restore", "Int.max mini-batches",
    .throwsError("SnapshotError", "\(Int.max)", "9007199254740992 at most")
  ) {
    try resume { $0.counters["recordedBatches"] = .max }
  },
  Door("Normalizer.restore, forward", "2⁵³ mini-batches", .computes("9007199254740993")) {
    try resume { $0.counters["recordedBatches"] = 1 << 53 }
  },
  Door("Normalizer.forward", "a scale of another shape", .stops("[2, 2]", "[4]")) {
    var normalizer = LayerNorm<Float>(channels: 4)
    normalizer.state.scale.value = zeros(2, 2)
    _ = try normalizer.forward(zeros(2, 4), mode: .training)
  },
  Door("Normalizer.backward", "a scale of another shape", .stops("[400]", "[4]")) {
    try pass { $0.state.scale.value = zeros(400) }
  },
  Door("Normalizer.backward", "a shift of another shape", .stops("[1]", "[4]")) {
    try pass { $0.state.shift.value = zeros(1) }
  },
  Door("Normalizer.backward", "a scale's gradient of another shape", .stops("[1]", "[4]")) {
    try pass { $0.state.scale.gradient = zeros(1) }
  },
  Door("Normalizer.backward", "a shift's gradient of another shape", .stops("[]", "[4]")) {
    try pass { $0.state.shift.gradient = .zeros([]) }
  },
  Door("Normalizer.backward", "a state of other channels", .stops("4 channels", "5 channels")) {
    try pass { $0.state = NormalizerState(channels: 5) }
  },
  Door("DynamicTanh.forward", "a slope of another shape", .stops("[3]", "[1]")) {
    try saturate { $0.slope = Parameter(zeros(3)) }
  },
  Door("DynamicTanh.forward", "a slope without axes", .stops("[]", "[1]")) {
    try saturate { $0.slope.value = .zeros([]) }
  },
  Door("DynamicTanh.forward", "a slope's gradient of another shape", .stops("[2, 2]", "[1]")) {
    try saturate { $0.slope.gradient = zeros(2, 2) }
  },
  Door("DynamicTanh(channels:)", "0", .stops("0", "at least one channel")) {
    DynamicTanh<Float>(channels: 0).epsilonOfState
  },
]

extension Normalizer {
  /// Something small to say of a normalizer that was made after all.
  fileprivate var epsilonOfState: Double { state.epsilon }
}
