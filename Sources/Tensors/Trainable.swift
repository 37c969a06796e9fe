/// Something whose state has names: parameters that are learned, tensors that are recorded beside them, and counters.
///
/// It is a value: a snapshot, a copy that is trained alone, and a `restore` that fails without a trace rely on it.
///
/// One list serves optimizers, gradient clipping, snapshots and whoever wants to look:
///
/// ```swift
/// mutating func visitState(_ visitor: StateVisitor<Scalar>) {
///   visitor.visit("weights", &weights)
///   normalizer.visitState(visitor.within("normalizer"))
/// }
/// ```
public protocol Trainable<Scalar> {
  associatedtype Scalar: TensorScalar

  /// Shows every part of the state to `visitor`, always in the same order and under names of their own.
  ///
  /// A counter may decide what is shown after it: the value that `visitor` gives it counts.
  mutating func visitState(_ visitor: StateVisitor<Scalar>)
}

/// What is done with each part of a state.
public struct StateVisitor<Scalar: TensorScalar> {
  typealias OnParameter = (_ name: String, _ parameter: inout Parameter<Scalar>) -> Void
  typealias OnRecorded = (_ name: String, _ tensor: inout Tensor<Scalar>, _ flaw: (Tensor<Scalar>) -> String?) -> Void
  typealias OnCounter = (_ name: String, _ counter: inout Int) -> Void

  private let prefix: String
  private let onParameter: OnParameter
  private let onRecorded: OnRecorded
  private let onCounter: OnCounter

  init(
    prefix: String = "", onParameter: @escaping OnParameter, onRecorded: @escaping OnRecorded = { _, _, _ in },
    onCounter: @escaping OnCounter = { _, _ in }
  ) {
    self.prefix = prefix
    self.onParameter = onParameter
    self.onRecorded = onRecorded
    self.onCounter = onCounter
  }

  /// Shows a parameter that is learned.
  public func visit(_ name: String, _ parameter: inout Parameter<Scalar>) {
    onParameter(prefix + name, &parameter)
  }

  /// Shows a tensor that is recorded; `flaw` says what is wrong with a value that is to take its place, or `nil`.
  ///
  /// Without a `flaw`, it must have the shape of the one that is there.
  public func visit(
    _ name: String, recorded tensor: inout Tensor<Scalar>, flaw: ((Tensor<Scalar>) -> String?)? = nil
  ) {
    let shape = tensor.shape
    onRecorded(prefix + name, &tensor, flaw ?? { $0.shape == shape ? nil : "its shape is \($0.shape), not \(shape)" })
  }

  /// Shows a counter.
  public func visit(_ name: String, counter: inout Int) {
    onCounter(prefix + name, &counter)
  }

  /// The same visitor, to which parts of these names are not shown.
  package func without(_ names: Set<String>) -> StateVisitor {
    let hidden = Set(names.map { prefix + $0 })
    return StateVisitor(
      prefix: prefix,
      onParameter: { if !hidden.contains($0) { onParameter($0, &$1) } },
      onRecorded: { if !hidden.contains($0) { onRecorded($0, &$1, $2) } },
      onCounter: { if !hidden.contains($0) { onCounter($0, &$1) } })
  }

  /// The same visitor to a part of the whole: names begin with that of the part and a full stop.
  public func within(_ name: String) -> StateVisitor {
    StateVisitor(prefix: prefix + name + ".", onParameter: onParameter, onRecorded: onRecorded, onCounter: onCounter)
  }
}

extension Trainable {
  /// Calls `body` with each parameter and its name, always in the same order.
  public mutating func forEachParameter(_ body: (_ name: String, _ parameter: inout Parameter<Scalar>) -> Void) {
    withoutActuallyEscaping(body) { body in visitState(StateVisitor(onParameter: { body($0, &$1) })) }
  }

  /// The names and parameters, in their order.
  public var parameters: [(name: String, parameter: Parameter<Scalar>)] {
    var copy = self
    var list: [(name: String, parameter: Parameter<Scalar>)] = []
    copy.forEachParameter { list.append(($0, $1)) }
    return list
  }

  /// The number of scalars that are learned.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }

  /// Sets every gradient to zero.
  public mutating func clearGradients() {
    forEachParameter { _, parameter in parameter.gradient.fill(with: 0) }
  }

  /// The Euclidean norm of all gradients together.
  public var gradientNorm: Double {
    parameters.reduce(0.0) { $0 + $1.parameter.gradient.sumOfSquares() }.squareRoot()
  }

  /// Shrinks all gradients by one factor where their norm is above `limit` (Pascanu, Mikolov & Bengio, 2013).
  ///
  /// - Precondition: `limit` is not negative.
  /// - Returns: the norm before.
  @discardableResult
  public mutating func clipGradients(toNorm limit: Double) -> Double {
    require(limit >= 0, "Gradients are clipped to a norm of 0 or more, and not of \(limit).")
    let norm = gradientNorm
    if norm > limit {
      forEachParameter { _, parameter in parameter.gradient.scale(by: Scalar(limit / norm)) }
    }
    return norm
  }

  /// Whether there is anything beside the parameters: recorded tensors or counters.
  package var records: Bool {
    var (copy, records) = (self, false)
    copy.visitState(
      StateVisitor(
        onParameter: { _, _ in }, onRecorded: { _, _, _ in records = true }, onCounter: { _, _ in records = true }))
    return records
  }

  /// Adds the gradients of a copy of this to its own, parameter by parameter.
  package mutating func addGradients(of copy: some Trainable<Scalar>) {
    let others = copy.parameters
    var index = 0
    forEachParameter { name, parameter in
      require(
        index < others.count && others[index].name == name,
        "The gradient of \(name) meets \(index < others.count ? "that of \(others[index].name)" : "no other").")
      parameter.gradient.add(others[index].parameter.gradient)
      index += 1
    }
  }
}
