import Norms
import Tensors

extension Case {
  static let norms = ["batch", "layer", "instance", "group", "rms", "renorm", "dyt"]
  static let groups = 4

  /// The normalizer of a name, as the harness would make it.
  static func make<Scalar: TensorScalar>(_ norm: String, channels: Int) -> (any Normalizer<Scalar>)? {
    switch norm {
    case "batch": BatchNorm(channels: channels)
    case "layer": LayerNorm(channels: channels)
    case "instance": InstanceNorm(channels: channels)
    case "group": GroupNorm(groups: groups, channels: channels)
    case "rms": RMSNorm(channels: channels)
    case "renorm": BatchRenorm(channels: channels)
    case "dyt": DynamicTanh(channels: channels)
    default: nil
    }
  }

  /// A copy of a tensor: what memory allows.
  static func copy(_ shape: [Int]) -> Case {
    Case(name: "copy/\(title(shape))", costs: [.copy(shape.reduce(1, *))]) { processor in
      let input = random(shape, 1, on: processor)
      return Work {
        nil
      } run: {
        _ = input.plus(input)
      }
    }
  }

  /// One normalizer forward, or forward and backward, on an input of `shape` [N, C] or [N, C, H, W].
  static func normalizer(_ norm: String, _ shape: [Int], _ layout: TensorLayout, backward: Bool) -> Case {
    let channels = shape[1]
    let inMemory = layout == .channelsFirst ? shape : [shape[0]] + shape.dropFirst(2) + [channels]
    let pass = backward ? "both" : "forward"
    let name = "norm/\(norm)/\(pass)/\(layout.rawValue)/\(title(shape))"
    let costs = Cost.normalizer(norm, shape.reduce(1, *), backward: backward)
    return Case(name: name, costs: costs) { processor in
      guard let normalizer: any Normalizer<Float> = make(norm, channels: channels) else { preconditionFailure(norm) }
      var subject = normalizer
      let input = random(inMemory, 1, on: processor)
      let upstream = random(inMemory, 2, on: processor)
      return Work {
        try Check.normalizer(norm, channels: channels, input, upstream, layout)
      } run: {
        let (_, cache) = try subject.forward(input, layout: layout, mode: .training)
        if backward { _ = subject.backward(upstream, cache: cache) }
      }
    }
  }
}
