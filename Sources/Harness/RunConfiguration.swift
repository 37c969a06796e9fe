import Foundation
import Layers
import Tensors

/// The models that a run can train.
public enum ModelKind: String, Hashable, Sendable, CaseIterable {
  case cnn, rnn
}

/// Everything that determines the numbers of a run.
///
/// Two runs with equal configurations give the same numbers, bit for bit.
public struct RunConfiguration: Hashable, Sendable {
  public var model: ModelKind
  /// The name of a ``NormalizerChoice``.
  public var norm: String
  /// The name of a ``DataSource``.
  public var data: String
  public var seed: UInt64
  public var batchSize: Int
  public var learningRate: Double
  public var optimizer: OptimizerKind
  /// The groups of the channels; 1 for a normalizer that has none.
  public var groups: Int
  public var activation: Activation
  public var placement: RunPlacement
  /// What the initial weights are multiplied with.
  public var initialScale: Double
  /// The channels of the first block, or the hidden units.
  public var width: Int
  /// The blocks, or the recurrent layers.
  public var depth: Int
  public var epochs: Int
  /// The largest norm of the gradient; `nil` leaves it as it is.
  public var clip: Double?

  /// What a model is trained with when nothing else is asked for.
  public init(model: ModelKind, norm: String = "layer", data: String = "digits") {
    self.model = model
    self.norm = norm
    self.data = data
    seed = 0
    batchSize = 32
    groups = 1
    initialScale = 1
    switch model {
    case .cnn:
      (learningRate, optimizer, activation, placement) = (0.03, .sgd, .relu, .before)
      (width, depth, epochs) = (16, 2, 15)
    case .rnn:
      (learningRate, optimizer, activation, placement) = (0.001, .adam, .tanh, .inputPath)
      (width, depth, epochs) = (64, 1, 20)
      clip = 1
    }
  }

  /// Groups of a normalizer that has them, unless the user says otherwise.
  public static let defaultGroups = 4

  /// Every column and its value, for a person to read.
  public var oneLine: String {
    zip(Self.columns, fields).map { "\($0) \($1)" }.joined(separator: ", ") + (clip.map { ", clip \($0)" } ?? "")
  }

  /// A name for the run: 16 hexadecimal digits that follow from the configuration and from the data's bytes.
  public func identifier(dataFingerprint: UInt64) -> String {
    let text = (fields + [clipField, String(dataFingerprint)]).joined(separator: ",")
    return String(format: "%016lx", StableHash(of: text.utf8).value)
  }
}

/// Where a run's normalizer stands, in either model.
public enum RunPlacement: String, Hashable, Sendable, CaseIterable {
  /// Before the activation of a convolutional block.
  case before
  /// After the activation of a convolutional block.
  case after
  /// On the input path of a recurrent layer.
  case inputPath = "input-path"
  /// Within each time step of a recurrent layer.
  case timeStep = "time-step"

  public var model: ModelKind {
    switch self {
    case .before, .after: .cnn
    case .inputPath, .timeStep: .rnn
    }
  }
}

// MARK: - CSV

extension RunConfiguration {
  /// The columns that follow `run` in both files.
  static let columns = [
    "model", "norm", "data", "seed", "batch_size", "learning_rate", "optimizer", "groups", "activation", "placement",
    "init_scale", "width", "depth", "epochs",
  ]

  var fields: [String] {
    [
      model.rawValue, norm, data, String(seed), String(batchSize), learningRate.description, optimizer.rawValue,
      String(groups), activation.rawValue, placement.rawValue, initialScale.description, String(width),
      String(depth), String(epochs),
    ]
  }

  /// The column that stands last in both files.
  static let clipColumn = "clip"

  var clipField: String { CSV.field(clip ?? .nan) }

  init?(fields: some RandomAccessCollection<String>, clip clipField: String) {
    var fields = fields.makeIterator()
    func next<Value>(_ parse: (String) -> Value?) -> Value? { fields.next().flatMap(parse) }
    guard let model = next(ModelKind.init), let norm = next({ $0 }), let data = next({ $0 }),
      let seed = next({ UInt64($0) }), let batchSize = next({ Int($0) }), let learningRate = next({ Double($0) }),
      let optimizer = next(OptimizerKind.init), let groups = next({ Int($0) }),
      let activation = next(Activation.init), let placement = next(RunPlacement.init),
      let initialScale = next({ Double($0) }), let width = next({ Int($0) }), let depth = next({ Int($0) }),
      let epochs = next({ Int($0) }), let clip = Double(clipField)
    else { return nil }
    self.init(model: model, norm: norm, data: data)
    self.seed = seed
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.groups = groups
    self.activation = activation
    self.placement = placement
    self.initialScale = initialScale
    self.width = width
    self.depth = depth
    self.epochs = epochs
    self.clip = clip.isNaN ? nil : clip
  }
}
