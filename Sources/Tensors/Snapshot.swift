/// The state of a normalizer, a model or an optimizer: tensors and counters by name.
///
/// It is what a checkpoint is made of. Restored, computation goes on with the same bits as if it had never stopped.
public struct Snapshot<Scalar: TensorScalar>: Equatable, Sendable {
  public var tensors: [String: Tensor<Scalar>]
  public var counters: [String: Int]

  public init(tensors: [String: Tensor<Scalar>] = [:], counters: [String: Int] = [:]) {
    self.tensors = tensors
    self.counters = counters
  }

  /// All names, sorted.
  public var names: [String] { (Array(tensors.keys) + counters.keys).sorted() }

  /// What is wrong with a counter, or `nil`: there must be room to count on from it.
  package static func flaw(ofCounter value: Int) -> String? {
    let most = 1 << 53
    if value < 0 { return "it is \(value), and counters are not negative" }
    return value > most ? "it is \(value), and counters are \(most) at most" : nil
  }
}

/// Why a snapshot is not one of this, and what was found.
public enum SnapshotError: Error, Equatable, CustomStringConvertible {
  /// Names that should be there and are not, and names that should not be.
  case names(missing: [String], unknown: [String])
  /// A tensor of another shape.
  case shape(name: String, found: [Int], expected: [Int])
  /// A tensor or a counter with a value that makes no sense.
  case value(name: String, flaw: String)

  public var description: String {
    switch self {
    case .names(let missing, let unknown):
      let parts = [
        missing.isEmpty ? nil : "it lacks \(missing.joined(separator: ", "))",
        unknown.isEmpty ? nil : "nothing here is called \(unknown.joined(separator: ", "))",
      ]
      return "The snapshot is of something else: \(parts.compactMap(\.self).joined(separator: "; "))."
    case .shape(let name, let found, let expected):
      return "\(name) has the shape \(found) in the snapshot and \(expected) here."
    case .value(let name, let flaw):
      return "\(name) in the snapshot cannot be used: \(flaw)."
    }
  }
}

extension Trainable {
  /// The state as it is now.
  public func snapshot() -> Snapshot<Scalar> {
    var (copy, snapshot) = (self, Snapshot<Scalar>())
    copy.visitState(
      StateVisitor(
        onParameter: { Self.add($1.value, $0, to: &snapshot.tensors) },
        onRecorded: { name, tensor, _ in Self.add(tensor, name, to: &snapshot.tensors) },
        onCounter: { Self.add($1, $0, to: &snapshot.counters) }))
    return snapshot
  }

  /// Takes over the state of a snapshot; gradients are zero afterwards.
  ///
  /// Names and shapes are compared. What is no state, as the axes of a normalizer, its ε or an activation, is not in it.
  ///
  /// - Throws: ``SnapshotError`` if the snapshot does not fit, and then nothing is changed.
  public mutating func restore(_ snapshot: Snapshot<Scalar>) throws(SnapshotError) {
    var (restored, error) = (self, SnapshotError?.none)
    // What there is may follow from a counter of the snapshot.
    var (tensors, counters): (Set<String>, Set<String>) = ([], [])
    restored.visitState(
      StateVisitor(
        onParameter: { name, parameter in
          tensors.insert(name)
          guard let value = snapshot.tensors[name] else { return }
          guard value.shape == parameter.value.shape else {
            error = error ?? .shape(name: name, found: value.shape, expected: parameter.value.shape)
            return
          }
          parameter.value = value.copied(to: parameter.value.processor)
        },
        onRecorded: { name, tensor, flaw in
          tensors.insert(name)
          guard let value = snapshot.tensors[name] else { return }
          if let flaw = flaw(value) { error = error ?? .value(name: name, flaw: flaw) }
          tensor = value.copied(to: tensor.processor)
        },
        onCounter: { name, counter in
          counters.insert(name)
          guard let value = snapshot.counters[name] else { return }
          if let flaw = Snapshot<Scalar>.flaw(ofCounter: value) { error = error ?? .value(name: name, flaw: flaw) }
          counter = value
        }))
    try Self.checkNames(tensors, Set(snapshot.tensors.keys))
    try Self.checkNames(counters, Set(snapshot.counters.keys))
    if let error { throw error }
    self = restored
    // In the memory that they have, now that no other copy needs it.
    clearGradients()
  }

  private static func add<Value>(_ value: Value, _ name: String, to parts: inout [String: Value]) {
    require(parts.updateValue(value, forKey: name) == nil, "Two parts of one state are called \(name).")
  }

  private static func checkNames(_ own: Set<String>, _ found: Set<String>) throws(SnapshotError) {
    guard own == found else {
      throw .names(missing: own.subtracting(found).sorted(), unknown: found.subtracting(own).sorted())
    }
  }
}
