import CNN
import Layers
import MLP
import Norms
import RNN
import Tensors

/// A model that a run can name: its defaults, what it takes, how it is made.
///
/// The next one is a declaration like these and a word in ``all``.
public struct ModelRecipe: Sendable {
  public let name: String
  /// The places where a normalizer can stand; the first is that of a run without one.
  let placements: [Placement]
  /// The place of a normalizer when nothing is asked for.
  let placement: @Sendable (any Normalizer<Float>) -> Placement
  /// Settings that are not their standard.
  let setDefaults: @Sendable (inout RunConfiguration) -> Void
  /// The channels of each layer that a normalizer can follow.
  let channels: @Sendable (RunConfiguration) -> [Int]
  /// The settings of this model among those that are not every model's.
  let settings: [AnySetting]
  /// Images, [N, H, W, C], as the model takes them in a run; ``Dataset/channels(in:)`` says how many channels there are.
  let input: @Sendable (Tensor<Float>, RunConfiguration) -> Tensor<Float>
  /// What in a run does not fit the data, for whoever asked for it; `nil` if nothing.
  let flaw: @Sendable (RunConfiguration, Dataset) -> String?
  /// What a run's multiplications are counted by; `nil` to count each parameter once for a sample.
  let linearMaps: (@Sendable (RunConfiguration, Dataset) -> [LinearMap])?
  let make:
    @Sendable (RunConfiguration, Dataset, Processor, @escaping NormalizerFactory<Float>) -> any Classifier<Float>

  /// A model of another package.
  public init(
    name: String, placements: [Placement], placement: @escaping @Sendable (any Normalizer<Float>) -> Placement,
    setDefaults: @escaping @Sendable (inout RunConfiguration) -> Void,
    channels: @escaping @Sendable (RunConfiguration) -> [Int],
    input: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>,
    make:
      @escaping @Sendable (RunConfiguration, Dataset, Processor, @escaping NormalizerFactory<Float>) -> any Classifier<
        Float
      >
  ) {
    self.init(
      name: name, placements: placements, placement: placement, settings: [], setDefaults: setDefaults,
      channels: channels, input: { images, _ in input(images) }, make: make)
  }

  /// A model of another package that has some of the settings which are not every model's.
  ///
  /// In its runs, the settings that it does not name stand at their absent value. `input` makes of images, [N, H, W, C], what the
  /// model takes in a run; `flaw` says what in a run does not fit the data, and what would; `linearMaps` names the weights, by
  /// which grids are cut into tasks of one size.
  public init(
    name: String, placements: [Placement], placement: @escaping @Sendable (any Normalizer<Float>) -> Placement,
    settings: [AnySetting], setDefaults: @escaping @Sendable (inout RunConfiguration) -> Void,
    channels: @escaping @Sendable (RunConfiguration) -> [Int],
    input: @escaping @Sendable (Tensor<Float>, RunConfiguration) -> Tensor<Float>,
    flaw: @escaping @Sendable (RunConfiguration, Dataset) -> String? = { _, _ in nil },
    linearMaps: (@Sendable (RunConfiguration, Dataset) -> [LinearMap])? = nil,
    make:
      @escaping @Sendable (RunConfiguration, Dataset, Processor, @escaping NormalizerFactory<Float>) -> any Classifier<
        Float
      >
  ) {
    (self.name, self.placements, self.placement, self.settings) = (name, placements, placement, settings)
    (self.setDefaults, self.channels, self.input, self.flaw, self.make) = (setDefaults, channels, input, flaw, make)
    self.linearMaps = linearMaps
  }

  public static let all = [cnn, rnn, mlp]

  /// Blocks of convolution, normalizer, activation and pooling.
  public static let cnn = ModelRecipe(
    name: "cnn",
    placements: [.before, .after],
    placement: { _ in .before },
    settings: [],
    setDefaults: { run in
      run[.learningRate] = 0.03
      run[.optimizer] = .sgd
      run[.activation] = .relu
      run[.width] = 16
      run[.depth] = 2
      run[.epochs] = 15
    },
    channels: { run in (0..<run[.depth]).map { run[.width] << $0 } },
    input: { images, _ in images },
    flaw: { run, data in data.flaw(for: run, takes: [.images]) },
    linearMaps: { run, data in
      var (height, width, channels) = (data.height, data.width, data.channels(in: run))
      let blocks = (0..<run[.depth]).map { block in
        let outputs = run[.width] << block
        let map = LinearMap(weights: 9 * channels * outputs, uses: height * width)
        if height > 2 && width > 2 { (height, width) = (height / 2, width / 2) }
        channels = outputs
        return map
      }
      return blocks + [LinearMap(weights: height * width * channels * data.classes)]
    },
    make: { run, data, processor, normalizer in
      var shape = CNN<Float>.Configuration(
        height: data.height, width: data.width, channels: data.channels(in: run), classes: data.classes)
      shape.follow(run)
      shape.firstChannels = run[.width]
      shape.placement = run[.placement] == .after ? .after : .before
      return CNN(shape, seed: run[.seed], on: processor, normalizer: normalizer)
    })

  /// Recurrent layers over the rows of an image, or over another ``ImageSequence``.
  public static let rnn = ModelRecipe(
    name: "rnn",
    placements: [.inputPath, .timeStep, .hiddenPath, .hiddenPathPerStep],
    placement: { $0.needsWholeSequence ? .inputPath : .timeStep },
    settings: [Setting.sequence.erased, Setting.timeSteps.erased, Setting.initialNoise.erased],
    setDefaults: { run in
      run[.learningRate] = 0.001
      run[.optimizer] = .adam
      run[.activation] = .tanh
      run[.width] = 64
      run[.depth] = 1
      run[.epochs] = 20
      run[.clip] = 1
    },
    channels: { [$0[.width]] },
    input: { images, run in run[.sequence].sequences(of: images, steps: run[.timeSteps]) },
    flaw: { run, data in
      data.flaw(for: run, takes: [.images, .sequences]) ?? ImageSequence.flaw(ofSteps: run[.timeSteps], data)
    },
    linearMaps: { run, data in
      let steps = run[.sequence].steps(run[.timeSteps], height: data.height, width: data.width)
      let inputs = data.height * data.width / steps * data.channels(in: run)
      let layers = (0..<run[.depth]).map { layer in
        LinearMap(weights: ((layer == 0 ? inputs : run[.width]) + run[.width]) * run[.width], uses: steps)
      }
      return layers + [LinearMap(weights: run[.width] * data.classes)]
    },
    make: { run, data, processor, normalizer in
      let inputs = run[.sequence].inputs(steps: run[.timeSteps], height: data.height, width: data.width)
      var shape = RNN<Float>.Configuration(inputs: inputs * data.channels(in: run), classes: data.classes)
      shape.follow(run)
      shape.width = run[.width]
      shape.placement = run[.placement].ofRecurrentLayer
      shape.initialNoise = run[.initialNoise]
      return RNN(shape, seed: run[.seed], on: processor, normalizer: normalizer)
    })

  /// Layers of sigmoid units over all pixels of an image.
  public static let mlp = ModelRecipe(
    name: "mlp",
    placements: [.before, .after],
    placement: { _ in .before },
    settings: [],
    setDefaults: { run in
      run[.learningRate] = 0.1
      run[.optimizer] = .sgd
      run[.activation] = .sigmoid
      run[.width] = 100
      run[.depth] = 3
      run[.epochs] = 15
    },
    channels: { run in Array(repeating: run[.width], count: run[.depth]) },
    input: { images, _ in images.reshaped(to: [images.shape[0], images.shape.dropFirst().reduce(1, *)]) },
    flaw: { run, data in data.flaw(for: run, takes: [.images, .sequences, .vectors]) },
    linearMaps: { run, data in
      let inputs = data.height * data.width * data.channels(in: run)
      return (0..<run[.depth]).map { LinearMap(weights: ($0 == 0 ? inputs : run[.width]) * run[.width]) }
        + [LinearMap(weights: run[.width] * data.classes)]
    },
    make: { run, data, processor, normalizer in
      var shape = MLP<Float>.Configuration(
        inputs: data.height * data.width * data.channels(in: run), classes: data.classes)
      shape.follow(run)
      shape.width = run[.width]
      shape.placement = run[.placement] == .after ? .after : .before
      return MLP(shape, seed: run[.seed], on: processor, normalizer: normalizer)
    })
}

// MARK: - Settings

extension Activation: SettingValue {}
extension DropoutPlace: SettingValue {}

extension Placement {
  /// The place in a recurrent layer, which is the input path for those that it does not have.
  fileprivate var ofRecurrentLayer: RecurrentPlacement {
    switch self {
    case .before, .after, .inputPath: .inputPath
    case .timeStep: .timeStep
    case .hiddenPath: .hiddenPath
    case .hiddenPathPerStep: .hiddenPathPerStep
    }
  }
}

extension Setting where Value == Activation {
  public static let activation = Setting("activation", "nonlinear functions", standard: .relu)
}

extension Setting where Value == DropoutPlace {
  public static let dropoutPlace = Setting(
    "dropout-at", "where units are dropped: before the classifier, or after all layers", standard: .classifier,
    applies: { run, _ in run[.dropout] > 0 })
}

extension Setting where Value == Int {
  public static let width = Setting(
    "width", "channels of the first block of the cnn, or units of a layer", .integers(1...4096), standard: 64, absent: 0
  )
  public static let depth = Setting("depth", "blocks of the cnn, or layers", .integers(1...16), standard: 1, absent: 0)
}

extension Setting where Value == Double {
  public static let initialScale = Setting(
    "init-scale", "factor on the initial weights", .numbers(.positive), standard: 1, tuned: 0.01...100)
  public static let initialNoise = Setting(
    "initial-noise", "standard deviation of the rnn's initial state in training", .numbers(.notNegative), standard: 0,
    isOfEveryModel: false)
  public static let dropout = Setting(
    "dropout", "share of the units that a training step drops", .numbers(.share), standard: 0)
}
