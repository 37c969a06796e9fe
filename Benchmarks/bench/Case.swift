import Layers
import Norms
import Tensors

/// A piece of work to be timed: a name that `peers.py` knows, too, and what to do.
struct Case {
  let name: String
  /// What the kernels of the work must do at least, one after the other.
  let costs: [Cost]
  /// Prepares the work on a processor: a check against something plainer, and one repetition to be timed.
  let prepare: (Processor) throws -> Work

  struct Work {
    /// What is wrong with the result, or `nil`.
    let check: () throws -> String?
    let run: () throws -> Void
  }

  var bytes: Int { costs.reduce(0) { $0 + $1.bytes } }
  var operations: Int { costs.reduce(0) { $0 + $1.operations } }
}

/// Why there is no case of a name, and what to ask for instead.
struct CaseError: Error, CustomStringConvertible {
  let description: String
}

extension Case {
  /// The cases of all kinds that are timed when none is named; `--case` times any other.
  static var listed: [String] { copies + normalizers + products + models }

  private static let shapes = ["128x16x8x8", "64x32x28x28", "32x64x56x56", "64x128", "1792x128"]
  private static let copies = shapes.map { "copy/\($0)" }

  private static var normalizers: [String] {
    norms.flatMap { norm in
      shapes.flatMap { shape in
        let isFlat = shape.split(separator: "x").count == 2
        let layouts: [TensorLayout] = isFlat ? [.channelsLast] : [.channelsFirst, .channelsLast]
        return norm == "instance" && isFlat
          ? []
          : layouts.flatMap { layout in
            ["forward", "both"].map { "norm/\(norm)/\($0)/\(layout.rawValue)/\(shape)" }
          }
      }
    }
  }

  /// The products of the models at their own sizes, and one that shows what the machine can do.
  private static var products: [String] {
    let batches = [64, 128]
    let convolutions = batches.flatMap { ["\($0)x28x28x1x16", "\($0)x14x14x16x32"] }
    return convolutions.map { "convolution/\($0)" }
      // The gradient of the second convolution's input.
      + batches.map { "convolution/\($0)x14x14x32x16" }
      + convolutions.map { "convolution-gradient/\($0)" }
      + ["64x1568x10", "16x128x128", "32x128x128", "64x128x128", "1792x28x128", "3584x28x128", "50176x1x128"].map {
        "product/\($0)"
      }
      + ["1792x128x128", "1792x28x128"].map { "gradient/\($0)" }
      + [Machine.largeProduct]
  }

  private static var models: [String] {
    (["none"] + norms).flatMap { norm in ["8x8/32", "28x28/64", "28x28/128"].map { "cnn/\(norm)/\($0)" } }
      + ["none", "batch", "layer"].flatMap { norm in
        ["8x8/32/64", "28x28/64/128", "28x28/128/128", "784x1/64/128"].map { "rnn/\(norm)/\($0)" }
      }
  }

  static func title(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: "x")
  }

  static func random(_ shape: [Int], _ seed: UInt64, on processor: Processor) -> Tensor<Float> {
    var stream = RandomStream(seed: seed, name: "bench")
    return Tensor(uniformWithin: 1.7, shape: shape, from: &stream, on: processor)
  }
}
