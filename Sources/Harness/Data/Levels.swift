import Tensors

/// What stored numbers become: less the mean of their channel, over its deviation.
struct Levels: Sendable {
  /// What each byte becomes in each channel.
  ///
  /// Of one stored channel, there may be several. Empty for other numbers.
  let tables: [[Float]]
  /// Of each channel, where there are no tables.
  let centres, deviations: [Double]

  init(tables: [[Float]]) {
    (self.tables, centres, deviations) = (tables, [], [])
  }

  init(centres: [Double], deviations: [Double]) {
    (tables, self.centres, self.deviations) = ([], centres, deviations)
  }

  /// The table of a channel.
  subscript(channel: Int) -> [Float] { tables[channel] }

  /// The samples at `indices` of a part: [N, H, W, C].
  func samples(
    _ indices: some Collection<Int>, of part: LabelledImages, on processor: Processor
  ) -> Tensor<Float> {
    let shape = part.shape
    if tables.isEmpty {
      return Tensor(
        gathering: indices, of: part.pixels, storedAs: part.type, shape: [shape.height, shape.width, shape.channels],
        centres: centres, deviations: deviations, on: processor)
    }
    guard shape.channels > 1 else {
      return Tensor(
        gathering: indices, of: part.pixels, shape: [shape.height, shape.width], through: tables, on: processor)
    }
    return Tensor(
      gathering: indices, of: part.pixels, interleaved: [shape.height, shape.width, shape.channels], through: tables,
      on: processor)
  }
}
