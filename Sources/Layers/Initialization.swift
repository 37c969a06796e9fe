import Foundation
import Tensors

extension Activation {
  /// The variance of weights times the number of inputs that keeps a signal's variance through layers of this
  /// function: 2 for the rectifier (He et al., 2015), 1 otherwise (LeCun et al., 1998).
  public var initialGain: Double {
    self == .relu ? 2 : 1
  }

  /// The bound of a uniform distribution of initial weights, for a layer of `inputs` inputs: √(3·gain /
  /// inputs).
  ///
  /// - Precondition: `inputs` is positive.
  public func initialBound(inputs: Int) -> Double {
    require(inputs > 0, "A layer with initial weights has 1 input or more, and not \(inputs).")
    return (3 * initialGain / Double(inputs)).squareRoot()
  }
}
