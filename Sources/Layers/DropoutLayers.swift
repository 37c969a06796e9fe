import Norms
import Tensors

/// The dropout layers of a model: one after each of its parts and one before its classifier, or none at all.
///
/// Those where the model does not drop have a rate of 0.
package struct DropoutLayers<Scalar: TensorScalar>: Trainable, Sendable {
  /// Empty where nothing is dropped anywhere: parts can then be taken out of a model and added.
  private var layers: [Dropout<Scalar>] = []

  /// The caches of the layers, in their order.
  package typealias Cache = [Dropout<Scalar>.Cache]

  /// Layers of a model whose parts have these names, in their order.
  ///
  /// - Precondition: `rate` is from 0 to below 1.
  package init(rate: Double, place: DropoutPlace, after parts: [String], seed: UInt64) {
    guard rate != 0 else { return }
    layers = parts.map { Dropout(rate: place == .layers ? rate : 0, seed: seed, name: $0) }
    layers.append(Dropout(rate: place == .classifier ? rate : 0, seed: seed, name: "classifier"))
  }

  /// Stops the program unless `rate` is one that a model can drop at.
  package static func check(rate: Double, of model: String) {
    require((0..<1).contains(rate), "The dropout of \(model) has a rate from 0 to below 1, and not \(rate).")
  }

  /// Stops the program unless the layers are those of a model of so many parts.
  package func check(parts: Int) {
    require(
      layers.isEmpty || layers.count == parts + 1,
      "The dropout is of a model of \(layers.count - 1) parts; this one has \(parts).")
  }

  /// Stops the program unless the cache is of these layers.
  package func check(_ cache: Cache) {
    require(
      cache.count == layers.count, "The cache is of \(cache.count) layers of dropout; this model has \(layers.count).")
  }

  /// Drops from what the part at `index` gives, or from what the classifier takes at the number of parts; adds to `cache`.
  package mutating func forward(_ signal: inout Tensor<Scalar>, at index: Int, mode: Mode, _ cache: inout Cache) {
    guard !layers.isEmpty else { return }
    let (output, own) = layers[index].forward(signal, mode: mode)
    signal = output
    cache.append(own)
  }

  /// Turns the gradient of what is behind the layer at `index` into that of what is before it.
  package func backward(_ gradient: inout Tensor<Scalar>, at index: Int, _ cache: Cache) {
    guard !layers.isEmpty else { return }
    gradient = layers[index].backward(gradient, cache: cache[index])
  }

  package mutating func visitState(_ visitor: StateVisitor<Scalar>) {
    for index in layers.indices { layers[index].visitState(visitor.within("\(layers[index].name).dropout")) }
  }
}
