import Norms
import Tensors

/// Something that looks at what passes through a model.
///
/// A model shows it what its layers compute anyway: in the forward pass what the nonlinearity takes and what the layer gives,
/// on the way back the gradient of the output. Looking changes no bit of it, and costs nothing where nobody looks.
///
/// ```swift
/// final class Sizes: Observer {
///   var largest: [String: Float] = [:]
///
///   func observe(_ tensor: Tensor<Float>, _ signal: Signal, of layer: String, layout: TensorLayout) {
///     if signal == .output { largest[layer] = tensor.scalars.max() }
///   }
/// }
///
/// let sizes = Sizes()
/// let (logits, cache) = try model.forward(images, mode: .training, watch: Watch(sizes))
/// ```
public protocol Observer<Scalar>: AnyObject {
  associatedtype Scalar: TensorScalar

  /// Is shown a signal of a layer, whose axes are in the order of `layout`.
  func observe(_ tensor: Tensor<Scalar>, _ signal: Signal, of layer: String, layout: TensorLayout)
}

/// What can be seen of a layer.
public enum Signal: String, Hashable, Sendable, CaseIterable {
  /// What the nonlinearity takes.
  case preActivation
  /// What the layer gives.
  case output
  /// The gradient of the loss with respect to what the layer gives.
  case outputGradient
}

/// An observer on its way through a model, with the name of the part where it is.
public struct Watch<Scalar: TensorScalar> {
  private let observer: any Observer<Scalar>
  /// The name of the layer so far, empty for the whole model.
  public let layer: String

  /// A watch over a whole model, or over the part of this name.
  public init(_ observer: any Observer<Scalar>, layer: String = "") {
    self.observer = observer
    self.layer = layer
  }

  /// The same watch over a part: its name follows that of the whole and a full stop.
  public func within(_ name: String) -> Watch {
    Watch(observer, layer: layer.isEmpty ? name : "\(layer).\(name)")
  }

  /// Shows the observer a signal of the layer.
  public func see(_ tensor: Tensor<Scalar>, _ signal: Signal, layout: TensorLayout) {
    observer.observe(tensor, signal, of: layer, layout: layout)
  }
}
