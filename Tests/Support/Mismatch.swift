import Tensors

/// Says where two lists of numbers differ most, or `nil` if every relative error is within `tolerance`.
///
/// An error is relative to the larger of the expected number and the root mean square of all of them, since a
/// number near zero among large ones cannot be expected to more digits than they have.
public func mismatch(
  _ name: String, _ found: [Double], _ expected: [Double], tolerance: Double
) -> String? {
  guard found.count == expected.count else { return "\(name): \(found.count) values, expected \(expected.count)" }
  let errors = relativeErrors(found, expected)
  guard let worst = errors.indices.max(by: { errors[$0] < errors[$1] }), !(errors[worst] <= tolerance) else {
    return nil
  }
  return "\(name)[\(worst)]: found \(found[worst]), expected \(expected[worst]), relative error \(errors[worst])"
}

/// As above, for tensors, which must also have the same shape.
public func mismatch<Scalar>(
  _ name: String, _ found: Tensor<Scalar>, _ expected: Tensor<Scalar>, tolerance: Double
) -> String? {
  guard found.shape == expected.shape else { return "\(name): shape \(found.shape), expected \(expected.shape)" }
  return mismatch(name, found.doubles, expected.doubles, tolerance: tolerance)
}

/// The error of each number, infinite where it is not a number.
public func relativeErrors(_ found: [Double], _ expected: [Double]) -> [Double] {
  let scale = rootMeanSquare(expected)
  return zip(found, expected).map { found, expected in
    if found == expected { return 0 }
    let error = abs(found - expected) / max(abs(expected), scale)
    return error.isNaN ? .infinity : error
  }
}

public func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))).squareRoot()
}

extension Tensor {
  /// The elements in double precision.
  public var doubles: [Double] { widened() }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func widened() -> [Double] {
    scalars.map { Double($0) }
  }
}
