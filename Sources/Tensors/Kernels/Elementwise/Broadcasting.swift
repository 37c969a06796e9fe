extension Tensor {
  /// x·factor + offset, with a factor and an offset for each column of each block; without offsets, x·factor.
  ///
  /// The elements are `blocks` × rows × columns, and all rows of a block are treated alike.
  ///
  /// - Precondition: there are as many offsets as factors, the same number for each block, and they fill whole rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func scaled(by factors: [Scalar], adding offsets: [Scalar]? = nil, blocks: Int) -> Tensor {
    let columns = factors.count / max(blocks, 1)
    require(
      blocks > 0 && columns > 0 && factors.count == blocks * columns && count.isMultiple(of: factors.count)
        && offsets?.count ?? factors.count == factors.count,
      """
      \(factors.count) factors and \(offsets?.count ?? factors.count) offsets in \(blocks) blocks do not go with a tensor of \
      shape \(shape).
      """)
    let rows = count / factors.count
    let offsets = offsets ?? [Scalar](repeating: 0, count: factors.count)
    return Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        factors.withUnsafeBufferPointer { factors in
          offsets.withUnsafeBufferPointer { offsets in
            let (factors, offsets) = (factors.baseAddress!, offsets.baseAddress!)
            processor.run(over: blocks * rows, inPiecesOf: max(4096 / columns, 1), operations: 2 * count) { lines in
              for line in lines {
                let (first, own) = (line &* columns, line / rows &* columns)
                for column in 0..<columns {
                  target[first &+ column] = offsets[own &+ column].addingProduct(
                    source[first &+ column], factors[own &+ column])
                }
              }
            }
          }
        }
      }
    }
  }
}
