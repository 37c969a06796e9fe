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
  public func initialBound(inputs: Int) -> Double {
    (3 * initialGain / Double(inputs)).squareRoot()
  }
}
