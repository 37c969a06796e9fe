import Layers
import Tensors

/// A model in training, at a moment, and some training images to look at it with: the same ones for all runs on their data.
public struct Moment {
  /// The steps that were trained by now.
  public let step: Int
  public let run: RunConfiguration
  /// That of the step that was trained last, or of the first one.
  public let learningRate: Double
  /// The first training images, as the model takes them.
  public let images: Tensor<Float>
  public let labels: [Int]
  let model: any Classifier<Float>

  /// How many images there are to look with, unless there are fewer.
  static let probeSize = 256

  /// What a pass of training comes to.
  public struct Pass {
    /// The mean over the images, in nats.
    public let loss: Double
    /// With the gradients of the loss.
    public let parameters: [(name: String, parameter: Parameter<Float>)]

    /// The Euclidean norm of all gradients together.
    public var gradientNorm: Double { norm(of: parameters.map(\.parameter.gradient)) }
  }

  /// Goes forward and back on the first images with a copy of the model, as in training.
  ///
  /// - Parameters:
  ///   - count: of the images; `nil` for all.
  ///   - watch: is shown what passes through the model.
  ///   - change: is given each parameter of the copy before, with its place among them.
  /// - Returns: the loss and its gradients.
  /// - Throws: what the model throws.
  public func pass(
    first count: Int? = nil, watch: Watch<Float>? = nil, change: ((Int, inout Parameter<Float>) -> Void)? = nil
  ) throws -> Pass {
    func pass(_ model: some Classifier<Float>) throws -> Pass {
      var model = model
      if let change {
        var index = 0
        model.forEachParameter { _, parameter in
          change(index, &parameter)
          index += 1
        }
      }
      model.clearGradients()
      let count = min(count ?? labels.count, labels.count)
      let (logits, cache) = try model.forward(images.slices(0..<count), mode: .training, watch: watch)
      let objective = SoftmaxCrossEntropy(
        logits: logits, labels: Array(labels.prefix(count)), smoothing: run[.labelSmoothing])
      model.backward(objective.gradient, cache: cache, watch: watch)
      return Pass(loss: objective.mean, parameters: model.parameters)
    }
    return try pass(model)
  }
}

/// The Euclidean norm of tensors together.
func norm(of tensors: [Tensor<Float>]) -> Double {
  tensors.reduce(0) { $0 + $1.sumOfSquares() }.squareRoot()
}
