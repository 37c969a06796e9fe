import Norms
import Tensors
import TestSupport

/// A normalizer that any axes can be asked of, as a user would define it.
struct AnyAxesNorm<Scalar: TensorScalar>: Normalizer {
  var reducedAxes: Axes
  var state: NormalizerState<Scalar>

  init(_ axes: Axes, channels: Int, groups: Int) {
    self.init(axes, NormalizerState(channels: channels, groups: groups))
  }

  init(_ axes: Axes, _ state: NormalizerState<Scalar>) {
    reducedAxes = axes
    self.state = state
  }
}

/// The subsets of the four axes, but for the empty one.
let everyAxes = (1..<16).map { Axes(rawValue: $0) }

/// Normalizes as the definition says, one element at a time, with no care for speed: what the kernels are
/// held against.
func plainNormalize(
  _ input: Tensor<Double>, _ axes: Axes, layout: TensorLayout, channels: Int, groups: Int, scale: [Double],
  shift: [Double], epsilon: Double, centres: Bool = true
) -> [Double] {
  let shape = input.shape
  let last = shape.count - 1
  struct Key: Hashable { let batch, group, channel, position: Int }
  let values = input.scalars
  var places: [(key: Key, channel: Int)] = []
  for index in values.indices {
    var coordinates = [Int](repeating: 0, count: shape.count)
    var rest = index
    for axis in shape.indices.reversed() {
      coordinates[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    let (batchAxis, channelAxis): (Int, Int) =
      switch layout {
      case .channelsFirst: (0, 1)
      case .channelsLast: (0, last)
      case .timeMajor: (last - 1, last)
      }
    let position = shape.indices.filter { $0 != batchAxis && $0 != channelAxis }
      .reduce(0) { $0 * shape[$1] + coordinates[$1] }
    let channel = coordinates[channelAxis]
    let inGroup = channels / groups
    func kept(_ axis: Axes, _ value: Int) -> Int { axes.contains(axis) ? 0 : value }
    let key = Key(
      batch: kept(.batch, coordinates[batchAxis]), group: kept(.group, channel / inGroup),
      channel: kept(.channel, channel % inGroup), position: kept(.position, position))
    places.append((key, channel))
  }
  var sets: [Key: [Double]] = [:]
  for (index, place) in places.enumerated() { sets[place.key, default: []].append(values[index]) }
  let moments = sets.mapValues { set in
    let mean = centres ? set.reduce(0, +) / Double(set.count) : 0
    let variance = set.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(set.count)
    return (mean: mean, deviation: (variance + epsilon).squareRoot())
  }
  return places.enumerated().map { index, place in
    let moment = moments[place.key]!
    return (values[index] - moment.mean) / moment.deviation * scale[place.channel] + shift[place.channel]
  }
}

/// A shape of `batch` samples, `channels` channels and the given positions, in a layout.
func shape(_ batch: Int, _ channels: Int, _ positions: [Int], _ layout: TensorLayout) -> [Int] {
  switch layout {
  case .channelsFirst: [batch, channels] + positions
  case .channelsLast: [batch] + positions + [channels]
  case .timeMajor: positions + [batch, channels]
  }
}

/// Compares the gradients that `normalizer` has after its backward pass with central differences of the outputs of `function`,
/// which is the normalizer as it was before, or what its backward pass takes it for; returns what differs.
func gradientMismatches(
  _ normalizer: any Normalizer<Double>, inputGradient: Tensor<Double>, function: any Normalizer<Double>,
  at input: Tensor<Double>, upstream: Tensor<Double>, layout: TensorLayout, mode: Mode
) -> [String] {
  func loss(_ input: Tensor<Double>, _ change: (inout any Normalizer<Double>) -> Void) -> Double {
    var copy = function
    change(&copy)
    return weightedSum(try! copy.forward(input, layout: layout, mode: mode).output, upstream)
  }
  let ofInput = gradientMismatch("input", inputGradient, at: input) { moved in loss(moved) { _ in } }
  let ofParameters = normalizer.parameters.map { name, parameter in
    gradientMismatch(name, parameter.gradient, at: parameter.value) { moved in
      loss(input) { $0.forEachParameter { if $0 == name { $1.value = moved } } }
    }
  }
  return ([ofInput] + ofParameters).compactMap(\.self)
}
