/// One step of an optimizer on one parameter, in place.
extension Parameter {
  /// w ← w − part · w (decoupled weight decay; Loshchilov & Hutter, 2019).
  ///
  /// The product is not rounded by itself: of 1 − `part`, a `Float` would keep few digits of a small part.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func decay(by part: Double) {
    typealias Vector = Scalar.Vector
    let (count, part) = (value.count, Vector(repeating: Scalar(-part)))
    value.withMutablePointer { w in
      for index in stride(from: 0, to: count, by: Vector.scalarCount) {
        let weights = w.vector(at: index)
        w.store(weights.addingProduct(part, weights), at: index)
      }
    }
  }

  /// v ← momentum · v + g, w ← w − rate · v (Sutskever et al., 2013, as PyTorch writes it).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func stepSGD(rate: Double, momentum: Double, velocity: inout Tensor<Scalar>) {
    typealias Vector = Scalar.Vector
    checkShapes(velocity)
    let count = value.count
    let (rate, momentum) = (Vector(repeating: Scalar(-rate)), Vector(repeating: Scalar(momentum)))
    let gradient = gradient
    gradient.withPointer { g in
      velocity.withMutablePointer { v in
        value.withMutablePointer { w in
          for index in stride(from: 0, to: count, by: Vector.scalarCount) {
            let step = g.vector(at: index).addingProduct(momentum, v.vector(at: index))
            v.store(step, at: index)
            w.store(w.vector(at: index).addingProduct(rate, step), at: index)
          }
        }
      }
    }
  }

  /// Adam (Kingma & Ba, 2015, Algorithm 1), with the step number from 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func stepAdam(
    rate: Double, decays: (Double, Double), epsilon: Double, step: Int,
    mean: inout Tensor<Scalar>, square: inout Tensor<Scalar>
  ) {
    typealias Vector = Scalar.Vector
    checkShapes(mean)
    checkShapes(square)
    let count = value.count
    func vector(_ value: Double) -> Vector { Vector(repeating: Scalar(value)) }
    func bias(_ decay: Double) -> Double {
      var (power, left) = (1.0, step)
      // Below that, 1 − power is 1: a counter may be large.
      while left > 0 && power > 0x1p-60 { (power, left) = (power * decay, left - 1) }
      return 1 - power
    }
    let (first, firstLeft) = (vector(decays.0), vector(1 - decays.0))
    let (second, secondLeft) = (vector(decays.1), vector(1 - decays.1))
    let rate = vector(-rate / bias(decays.0))
    let rootOfBias = vector(1 / bias(decays.1).squareRoot())
    let epsilon = vector(epsilon)
    let gradient = gradient
    gradient.withPointer { g in
      mean.withMutablePointer { m in
        square.withMutablePointer { s in
          value.withMutablePointer { w in
            for index in stride(from: 0, to: count, by: Vector.scalarCount) {
              let gradient = g.vector(at: index)
              let mean = (gradient * firstLeft).addingProduct(m.vector(at: index), first)
              let square = (gradient * gradient * secondLeft).addingProduct(s.vector(at: index), second)
              m.store(mean, at: index)
              s.store(square, at: index)
              let step = mean / (epsilon.addingProduct(square.squareRoot(), rootOfBias))
              w.store(w.vector(at: index).addingProduct(rate, step), at: index)
            }
          }
        }
      }
    }
  }

  private func checkShapes(_ memory: Tensor<Scalar>) {
    require(
      gradient.shape == value.shape && memory.shape == value.shape,
      """
      A parameter of shape \(value.shape) has a gradient of shape \(gradient.shape), and the optimizer remembers one of \
      \(memory.shape). Replace a parameter as a whole: Parameter(value).
      """)
  }
}
