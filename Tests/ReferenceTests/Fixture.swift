import Foundation
import TestSupport

/// A file that `Tests/Fixtures/generate.py` made: numbers computed by PyTorch in float64.
struct Fixture<Case: Decodable>: Decodable {
  /// The versions that made it.
  let by: String
  let cases: [Case]

  static func read(_ name: String) throws -> Fixture {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name).json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }
}

/// The largest relative errors found, by what was compared; printed at the end as a list.
struct Ledger {
  private var worst: [(name: String, error: Double, count: Int)] = []
  private(set) var mismatches: [String] = []

  /// Compares, and remembers the worst error under `name`.
  mutating func compare(
    _ name: String, _ detail: String, _ found: [Double], _ expected: [Double], tolerance: Double
  ) {
    guard !(found.isEmpty && expected.isEmpty) else { return }
    let error = relativeErrors(found, expected).max() ?? 0
    if let index = worst.firstIndex(where: { $0.name == name }) {
      worst[index].error = max(worst[index].error, error)
      worst[index].count += expected.count
    } else {
      worst.append((name, error, expected.count))
    }
    if let text = mismatch("\(name), \(detail)", found, expected, tolerance: tolerance) { mismatches.append(text) }
  }

  func printList(_ title: String) {
    print("\n\(title)")
    for (name, error, count) in worst {
      let left = name.padding(toLength: 44, withPad: " ", startingAt: 0)
      print("  \(left) worst relative error \(String(format: "%8.1e", error)) of \(count) numbers")
    }
  }
}
