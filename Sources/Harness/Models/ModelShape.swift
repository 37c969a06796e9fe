import CNN
import Layers
import MLP
import RNN

/// What the configurations of our models have in common.
protocol ModelShape {
  var depth: Int { get set }
  var activation: Activation { get set }
  var initialScale: Double { get set }
  var dropout: Double { get set }
  var dropoutPlace: DropoutPlace { get set }
}

extension ModelShape {
  /// Takes what a run says of it.
  mutating func follow(_ run: RunConfiguration) {
    depth = run[.depth]
    activation = run[.activation]
    initialScale = run[.initialScale]
    dropout = run[.dropout]
    dropoutPlace = run[.dropoutPlace]
  }
}

extension CNN.Configuration: ModelShape {}
extension RNN.Configuration: ModelShape {}
extension MLP.Configuration: ModelShape {}
