import Norms

/// Why a model cannot take an input, and what it would take.
public indirect enum ModelError: Error, Equatable, CustomStringConvertible {
  /// The input's shape is not one that the layer takes.
  case input(layer: String, expected: String, found: [Int])
  /// The normalizer of a layer cannot take what reaches it.
  case normalizer(layer: String, NormalizerError)

  public var description: String {
    switch self {
    case .input(let layer, let expected, let found):
      "\(layer) takes an input of shape \(expected); this one's is \(found)."
    case .normalizer(let layer, let error): "\(layer): \(error)"
    }
  }

  /// The same error of a layer that is part of another.
  package func within(_ outer: String) -> ModelError {
    switch self {
    case .input(let layer, let expected, let found):
      .input(layer: "\(outer).\(layer)", expected: expected, found: found)
    case .normalizer(let layer, let error): .normalizer(layer: "\(outer).\(layer)", error)
    }
  }
}
