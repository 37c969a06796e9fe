import Layers
import Norms
import Tensors

/// An observer that keeps all that it is shown, in order.
public final class Sightings<Scalar: TensorScalar>: Observer {
  public struct Sighting {
    public let tensor: Tensor<Scalar>
    public let signal: Signal
    public let layer: String
    public let layout: TensorLayout
  }

  public private(set) var all: [Sighting] = []

  public init() {}

  public func observe(_ tensor: Tensor<Scalar>, _ signal: Signal, of layer: String, layout: TensorLayout) {
    all.append(Sighting(tensor: tensor, signal: signal, layer: layer, layout: layout))
  }

  /// What is seen of a layer, in the order in which it was shown.
  public func tensors(_ signal: Signal, of layer: String) -> [Tensor<Scalar>] {
    all.filter { $0.signal == signal && $0.layer == layer }.map(\.tensor)
  }
}

/// The logits, the gradients and everything that is recorded after one training pass.
public func trainingPass<Model: Classifier<Double>>(
  _ trained: Model, on input: Tensor<Double>, upstream: Tensor<Double>, watch: Watch<Double>? = nil
) throws -> (logits: Tensor<Double>, gradients: [Tensor<Double>], state: Snapshot<Double>) {
  var model = trained
  let (logits, cache) = try model.forward(input, mode: .training, watch: watch)
  model.backward(upstream, cache: cache, watch: watch)
  return (logits, model.parameters.map(\.parameter.gradient), model.snapshot())
}
