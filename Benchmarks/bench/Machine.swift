import Foundation
import Tensors

/// What the machine can do on some threads: the rates that bound every case.
struct Machine {
  static let largeProduct = "product/1024x1024x1024"

  /// Bytes each second of copies, by the bytes that they move: within the second-level caches, the third, and beyond.
  private let copies: [(bytes: Int, rate: Double)]
  /// Floating-point operations each second of the large product.
  private let productRate: Double

  init(threads: Int, milliseconds: Double) throws {
    func rate(_ name: String, _ amount: KeyPath<Case, Int>) throws -> (amount: Int, rate: Double) {
      let benchmark = try Case(named: name)
      let work = try benchmark.prepare(Processor(threads: threads))
      let seconds = try Timing(of: work.run, milliseconds: milliseconds).median
      return (benchmark[keyPath: amount], Double(benchmark[keyPath: amount]) / seconds)
    }
    copies = try [17, 20, 24].map {
      let (bytes, rate) = try rate("copy/\(1 << $0)", \.bytes)
      return (bytes, rate)
    }
    productRate = try rate(Self.largeProduct, \.operations).rate
  }

  /// The least time for a kernel: that of a copy of as many bytes, or that of its arithmetic at the large product's rate.
  private func seconds(_ cost: Cost) -> Double {
    func distance(_ bytes: Int) -> Double { abs(log(Double(bytes)) - log(Double(max(cost.bytes, 1)))) }
    let copy = copies.min { distance($0.bytes) < distance($1.bytes) }
    let rate = copy?.rate ?? 1
    return max(Double(cost.bytes) / rate, Double(cost.operations) / productRate)
  }

  /// The part of the machine's limit that is reached: the least time for all kernels over that taken.
  func part(of benchmark: Case, seconds taken: Double) -> Double {
    benchmark.costs.reduce(0) { $0 + seconds($1) } / taken
  }

  func report(threads: Int) -> String {
    let rates = copies.map { String(format: "%.0f MB at %.1f GB/s", Double($0.bytes) / 1e6, $0.rate / 1e9) }
    return "the limits of \(threads) thread\(threads == 1 ? "" : "s"): copies of \(rates.joined(separator: ", ")); "
      + String(format: "\(Self.largeProduct) at %.1f GFLOP/s", productRate / 1e9)
  }
}
