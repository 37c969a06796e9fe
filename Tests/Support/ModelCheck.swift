import Tensors

/// A walk over the parameters of a model: their names and shapes, values to read and to replace.
///
/// Spelled as closures, so that this needs to know no model.
public struct ParameterAccess<Model> {
  let forEach: (inout Model, (String, inout Parameter<Double>) -> Void) -> Void

  public init(_ forEach: @escaping (inout Model, (String, inout Parameter<Double>) -> Void) -> Void) {
    self.forEach = forEach
  }

  /// Gives every parameter random values around the ones it has, so that no scale is 1 and no shift 0.
  public func randomize(_ model: inout Model) {
    forEach(&model) { name, parameter in
      let noise = Tensor<Double>.random(parameter.value.shape, name, bound: 0.3)
      parameter.value = parameter.value.plus(noise)
    }
  }

  /// Compares the gradient of every parameter with central differences of `loss`; returns what differs.
  public func gradientMismatches(_ model: Model, loss: (inout Model) -> Double) -> [String] {
    var model = model
    var found: [(name: String, parameter: Parameter<Double>)] = []
    forEach(&model) { found.append(($0, $1)) }
    return found.compactMap { name, parameter in
      gradientMismatch(name, parameter.gradient, at: parameter.value) { moved in
        var copy = model
        forEach(&copy) { if $0 == name { $1.value = moved } }
        return loss(&copy)
      }
    }
  }
}
