import Layers
import Norms
import Tensors

/// What a layer can be given for a normalizer, by the names that fixtures and options have for it.
///
/// A test that holds for the whole family takes ``allCases`` or ``normalizers`` for its arguments; a new member is a line in
/// ``make(_:channels:groups:epsilon:affine:)``.
public enum Member: String, CaseIterable, Decodable, Sendable {
  case none, batch, layer, instance, group, rms, renorm, dyt
  /// One that a user made.
  case positional

  /// All but none.
  public static let normalizers = allCases.filter { $0 != .none }
  /// Those that only say what they average over.
  public static let axesAlone: [Member] = [.batch, .layer, .instance, .group, .positional]

  /// Makes the normalizer of a layer; `nil` if it has none.
  public func make<Scalar: TensorScalar>(
    _ type: Scalar.Type = Scalar.self, channels: Int, groups: Int = 2, epsilon: Double = 1e-5, affine: Bool = true
  ) -> (any Normalizer<Scalar>)? {
    switch self {
    case .none: nil
    case .batch: BatchNorm(channels: channels, epsilon: epsilon, affine: affine)
    case .layer: LayerNorm(channels: channels, epsilon: epsilon, affine: affine)
    case .instance: InstanceNorm(channels: channels, epsilon: epsilon, affine: affine)
    case .group: GroupNorm(groups: groups, channels: channels, epsilon: epsilon, affine: affine)
    case .rms: RMSNorm(channels: channels, epsilon: epsilon, affine: affine)
    case .renorm: BatchRenorm(channels: channels, epsilon: epsilon, affine: affine, schedule: .short)
    case .dyt: DynamicTanh(channels: channels, affine: affine)
    case .positional: PositionalNorm(state: .init(channels: channels, epsilon: epsilon, affine: affine))
    }
  }

  /// The normalizer of a member that is not ``none``.
  public func normalizer<Scalar: TensorScalar>(
    _ type: Scalar.Type = Scalar.self, channels: Int, groups: Int = 2, epsilon: Double = 1e-5, affine: Bool = true
  ) -> any Normalizer<Scalar> {
    make(channels: channels, groups: groups, epsilon: epsilon, affine: affine)!
  }

  /// Makes the normalizers of a model, with two groups of channels.
  public func factory<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) -> NormalizerFactory<Scalar> {
    { make(channels: $0) }
  }
}

extension BatchRenorm.Schedule {
  /// Batch normalization for two mini-batches, and all of Batch Renormalization from the fourth: `RENORM_BOUNDS` in
  /// Tests/Fixtures/generate.py.
  public static var short: Self {
    var schedule = Self()
    (schedule.warmUp, schedule.factorEnd, schedule.offsetEnd) = (1, 3, 2)
    (schedule.largestFactor, schedule.largestOffset) = (1.5, 0.3)
    return schedule
  }
}

/// Normalizes each position over all channels: the example in the documentation of ``Normalizer``.
public struct PositionalNorm<Scalar: TensorScalar>: Normalizer {
  public var reducedAxes: Axes { [.group, .channel] }
  public var state: NormalizerState<Scalar>

  public init(channels: Int) {
    state = NormalizerState(channels: channels)
  }
}

extension PositionalNorm {
  init(state: NormalizerState<Scalar>) {
    self.state = state
  }
}

/// Gives every parameter of a normalizer random values, so that no scale is 1 and no shift 0.
public func randomizeParameters<Scalar: TensorScalar>(_ normalizer: inout any Normalizer<Scalar>) {
  normalizer.forEachParameter { name, parameter in
    guard let values = Tensor<Scalar>.normalizerParameter(name, parameter.value.shape) else { return }
    parameter.value = values
  }
}

extension Tensor {
  /// The values that Tests/Fixtures/generate.py gives the parameter of a normalizer; `nil` if it is something else's.
  public static func normalizerParameter(_ name: String, _ shape: [Int]) -> Tensor? {
    switch name.split(separator: ".").last {
    case "scale": .random(shape, name, bound: 0.5, offset: 1.2)
    case "shift": .random(shape, name)
    case "slope": .random(shape, name, bound: 0.3, offset: 0.7)
    default: nil
    }
  }
}
