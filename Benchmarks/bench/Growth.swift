import Foundation
import Tensors

/// How time and memory grow as work grows in one direction, over a factor of 32 or more.
struct Growth {
  static let header =
    "direction                            size                      time      exp                memory     exp"

  let name: String
  let sizes: [Int]
  let work: (_ size: Int) -> Case

  static var all: [Growth] {
    let doublings = [8, 16, 32, 64, 128, 256]
    let sides = [8, 12, 16, 24, 32, 48]
    func squares(_ side: Int) -> Int { side * side }
    // Maps of 14×14 stay in the caches at every size and those of 28×28 leave one after the other; copies show what
    // the memory itself makes of that.
    return [14, 28].flatMap { side in
      [Growth(name: "copy/batch/\(side)x\(side)", sizes: doublings) { .copy([$0, 32, side, side]) }]
        + Case.norms.flatMap { norm in
          [
            Growth(name: "norm/\(norm)/batch/\(side)x\(side)", sizes: doublings) {
              .normalizer(norm, [$0, 32, side, side], .channelsFirst, backward: true)
            },
            Growth(name: "norm/\(norm)/channels/\(side)x\(side)", sizes: doublings) {
              .normalizer(norm, [32, $0, side, side], .channelsFirst, backward: true)
            },
          ]
        }
    }
      + Case.norms.map { norm in
        Growth(name: "norm/\(norm)/positions", sizes: sides.map(squares)) {
          let side = Int(Double($0).squareRoot())
          return .normalizer(norm, [32, 32, side, side], .channelsFirst, backward: true)
        }
      }
      + ["none", "batch", "layer"].flatMap { norm in
        [
          Growth(name: "cnn/\(norm)/batch", sizes: doublings) { .cnn(norm, side: 28, batch: $0) },
          Growth(name: "cnn/\(norm)/positions", sizes: sides.map(squares)) {
            .cnn(norm, side: Int(Double($0).squareRoot()), batch: 64)
          },
          Growth(name: "rnn/\(norm)/batch", sizes: doublings) {
            .rnn(norm, steps: 28, inputs: 28, batch: $0, hidden: 128)
          },
          Growth(name: "rnn/\(norm)/steps", sizes: doublings) {
            .rnn(norm, steps: $0, inputs: 28, batch: 64, hidden: 128)
          },
        ]
      }
  }

  /// The exponents of the powers of the size that time and memory follow, and their values at both ends.
  func measure(threads: Int) throws -> String {
    let works = try sizes.map { size in
      let processor = Processor(threads: threads)
      return (processor, run: try work(size).prepare(processor).run)
    }
    // In turn, so that a change of the machine's speed hits all sizes.
    var rounds = try (0..<3).map { _ in try works.map { try Timing(of: $0.run, milliseconds: 100).median } }
    let points = sizes.indices.map { index in
      rounds.sort { $0[index] < $1[index] }
      return (
        size: Double(sizes[index]), seconds: rounds[1][index], bytes: Double(works[index].0.allocated.bytes)
      )
    }
    let (first, last) = (points[0], points[points.count - 1])
    return name.padding(toLength: 28, withPad: " ", startingAt: 0)
      + String(
        format: "%6d –%6d %9.3f –%9.3f ms %6.2f %8.1f –%8.1f MB %6.2f", sizes[0], sizes[sizes.count - 1],
        first.seconds * 1e3, last.seconds * 1e3, Self.exponent(points.map { ($0.size, $0.seconds) }),
        first.bytes / 1e6, last.bytes / 1e6, Self.exponent(points.map { ($0.size, $0.bytes) }))
  }

  /// The slope of the line of least squares through the logarithms.
  private static func exponent(_ points: [(Double, Double)]) -> Double {
    let (x, y) = (points.map { log($0.0) }, points.map { log($0.1) })
    let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return covariance / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
  }
}
