import TestSupport
import Testing

@testable import Tensors

/// The extents of a product: one row, primes, whole tiles, enough work for two threads, and a sum long enough to be cut.
private let extents: [(m: Int, k: Int, n: Int)] = [
  (1, 1, 1), (7, 5, 3), (6, 16, 16), (13, 300, 17), (31, 64, 10), (96, 128, 64), (3, 700, 33), (5, 2500, 18),
]

@Suite struct MatrixProductTests {
  @Test("A product agrees with its definition", arguments: extents)
  func product(extents: (m: Int, k: Int, n: Int)) {
    let (m, k, n) = extents
    let (a, b) = (Tensor<Double>.random([m, k], "a"), Tensor<Double>.random([k, n], "b"))
    let (x, y) = (a.scalars, b.scalars)
    let expected = (0..<m * n).map { index in
      (0..<k).reduce(0.0) { $0 + x[index / n * k + $1] * y[$1 * n + index % n] }
    }
    #expect(mismatch("A·B", a.times(b).scalars, expected, tolerance: 1e-13) == nil)
    #expect(mismatch("Aᵀ·B", a.transposed().transposedTimes(b).scalars, expected, tolerance: 1e-13) == nil)
    let single = a.converted(to: Float.self).times(b.converted(to: Float.self))
    #expect(mismatch("Float", single.doubles, expected, tolerance: 1e-5) == nil)
  }

  @Test("A row can be added to every row, and the second factor can lag behind the first")
  func additions() {
    let (a, b) = (Tensor<Double>.random([7, 5], "a"), Tensor<Double>.random([5, 3], "b"))
    let row = Tensor<Double>.random([3], "row")
    let expected = a.times(b).scalars.enumerated().map { $1 + row[$0 % 3] }
    #expect(mismatch("A·B + row", a.times(b, addingToRows: row).scalars, expected, tolerance: 1e-15) == nil)
    let late = Tensor<Double>.random([7, 3], "late")
    let pairs = a.slices(0..<5).transposedTimes(late.slices(2..<7))
    #expect(a.transposedTimes(late, lag: 2).scalars == pairs.scalars)
    #expect(a.transposedTimes(late, lag: 7).scalars == [Double](repeating: 0, count: 15))
  }

  @Test("The number of threads changes no bit", arguments: extents)
  func threads(extents: (m: Int, k: Int, n: Int)) {
    func products(_ threads: Int) -> [[Float]] {
      let processor = Processor(threads: threads)
      let a = Tensor<Float>.random([extents.m, extents.k], "a", on: processor)
      let b = Tensor<Float>.random([extents.k, extents.n], "b", on: processor)
      return [a.times(b).scalars, a.transposed().transposedTimes(b).scalars]
    }
    let expected = products(1)
    for threads in 2...3 { #expect(products(threads) == expected) }
  }

  @Test("What goes past the caches is the same", arguments: [16, 20])
  func streamed(columns: Int) {
    // More than 8 MB; rows of 20 begin where vectors cannot be streamed to.
    let rows = 140_000
    let (a, b) = (Tensor<Float>.random([rows, 3], "a"), Tensor<Float>.random([3, columns], "b"))
    let halves = [0..<rows / 2, rows / 2..<rows].map { a.slices($0).times(b).scalars }
    #expect(a.times(b).scalars == halves[0] + halves[1])
  }

  @Test("A product reads and writes nothing outside of its matrices")
  func bounds() {
    // NaN all around: in the rows before and after, which tiles must not touch.
    let wide = Tensor<Float>([.nan, .nan, .nan, 1, 2, 3, .nan, .nan, .nan], shape: [3, 3])
    let product = wide.slices(1..<2).times(Tensor([1, 0, 0, 1, 1, 1], shape: [3, 2]))
    #expect(product.scalars == [4, 5])
  }
}
