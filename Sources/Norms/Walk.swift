import Tensors

/// How memory is walked, and which statistic and which channel each cell of the walk has.
///
/// Columns are the longest run of axes of one class at the end, summed or kept; rows are the run of the other class
/// before them; blocks are what is left. Where nothing is summed and the innermost axis has one statistic, the values are
/// cells of their own.
struct Walk: Equatable, Sendable {
  let panels: Panels
  /// The axes that tell the cells of `panels` apart, in their order.
  let axes: StridedAxes

  init(_ axes: StridedAxes) {
    let (count, leading) = (axes.count, axes.leading)
    func isSummed(_ axis: Int) -> Bool { axes.isSummed(axis) }
    let sumsColumns = count == 0 || isSummed(count - 1)
    var columns = count
    while columns > leading && isSummed(columns - 1) == sumsColumns { columns -= 1 }
    var rows = columns
    while rows > leading && isSummed(rows - 1) != sumsColumns { rows -= 1 }
    if sumsColumns {
      panels = Panels(
        blocks: axes[0..<rows].total, rows: axes[rows..<columns].total, columns: axes[columns..<count].total,
        way: .along, blocksShareCells: rows > 0 && (0..<rows).allSatisfy(isSummed))
      self.axes = axes[0..<columns]
    } else if columns == leading && axes.statisticStrides[count - 1] == 0 {
      panels = Panels(
        blocks: axes[0..<leading].total, rows: axes[leading..<count - 1].total, columns: axes.extents[count - 1],
        way: .apart)
      self.axes = axes[0..<count - 1]
    } else {
      panels = Panels(
        blocks: axes[0..<rows].total, rows: axes[rows..<columns].total, columns: axes[columns..<count].total,
        way: .across)
      var kept = axes[0..<rows]
      kept.append(axes[columns..<count])
      self.axes = kept
    }
  }

  /// The lines of some chunks of memory, of which there are `chunks` in all.
  func lines(of some: Range<Int>, chunks: Int) -> Range<Int> {
    let count = panels.lines / chunks
    return some.lowerBound * count..<some.upperBound * count
  }

  /// The numbers of the cells of some chunks of memory.
  func cells(of some: Range<Int>, chunks: Int) -> Range<Int> {
    let count = panels.cells / chunks
    return some.lowerBound * count..<some.upperBound * count
  }
}

/// Which values of an input share a statistic, and how its memory is walked to find it and to use it.
struct NormalizationPlan: Equatable, Sendable {
  /// What was planned for.
  let axes: Axes
  let shape: [Int]
  let layout: TensorLayout

  /// The statistics, numbered batch, group, channel, position in row-major order without the reduced axes.
  ///
  /// The numbers are the same in every layout. They are listed here in the order of memory.
  let statistics: StridedAxes
  /// The number of values that each statistic is over.
  let valuesPerStatistic: Int
  /// The cells that are transformed: what shares a statistic and a channel.
  let cells: Walk
  /// The cells whose moments are found: to these, channels are nothing, where that makes them fewer.
  let moments: Walk
  /// The runs of memory that have statistics of their own.
  let chunks: Int

  /// The plan for an input of the given shape, whose channels are `groups` runs of equal length.
  init(
    _ axes: Axes, shape: [Int], layout: TensorLayout, channels: Int, groups: Int
  ) throws(NormalizerError) {
    (self.axes, self.shape, self.layout) = (axes, shape, layout)
    let (batch, positions) = try layout.extents(of: shape, channels: channels)
    func extent(_ axis: Axes) -> Int {
      switch axis {
      case .batch: batch
      case .group: groups
      case .channel: channels / groups
      default: positions
      }
    }
    func isKept(_ axis: Axes) -> Bool { !axes.isEmpty && !axes.contains(axis) && extent(axis) > 1 }
    /// How many statistics the kept ones of these axes tell apart.
    func statistics(_ kept: [Axes]) -> Int { kept.reduce(1) { $0 * (isKept($1) ? extent($1) : 1) } }
    var all = StridedAxes()
    for axis in layout.order {
      let inner = Axes.inOrder.drop { $0 != axis }.dropFirst()
      all.append(
        extent(axis), statistic: isKept(axis) ? statistics(Array(inner)) : 0,
        channel: axis == .group ? channels / groups : axis == .channel ? 1 : 0)
    }
    self.statistics = all.ofStatistics
    valuesPerStatistic = batch * channels * positions / self.statistics.total
    chunks = all[0..<all.leading].total
    cells = Walk(all)
    let alone = Walk(all.withoutChannels)
    moments =
      alone.panels.cells * alone.panels.parts <= cells.panels.cells * cells.panels.parts ? alone : cells
  }

  /// The numbers, in the order of memory, of the statistics of some chunks.
  func statistics(of some: Range<Int>) -> Range<Int> {
    let count = statistics.total / chunks
    return some.lowerBound * count..<some.upperBound * count
  }

  /// Runs a pass: `measure` every part of every line of `walk`, `merge` what was measured, `apply` it to every part of
  /// every line of the cells.
  ///
  /// Chunks with statistics of their own go through all three while they are in the cache.
  func run(
    on processor: Processor, operations: Int, over walk: Walk,
    measure: (_ lines: Range<Int>, _ parts: Range<Int>) -> Void, merge: (_ chunks: Range<Int>) -> Void,
    apply: (_ lines: Range<Int>, _ parts: Range<Int>) -> Void
  ) {
    func run(over panels: Panels, _ body: (_ lines: Range<Int>, _ parts: Range<Int>) -> Void) {
      let (lines, parts) = (min(panels.linesInPiece, panels.lines), panels.parts)
      let pieces = (panels.lines + lines - 1) / lines
      let size = max(Panels.smallestPiece / (lines * panels.cellsInLine * panels.length(ofPart: 0)), 1)
      processor.run(over: pieces * parts, inPiecesOf: size, operations: operations) { some in
        for index in some {
          let first = index / parts * lines
          let part = index % parts
          body(first..<min(first + lines, panels.lines), part..<part + 1)
        }
      }
    }
    guard chunks > 1 else {
      run(over: walk.panels, measure)
      merge(0..<chunks)
      return run(over: cells.panels, apply)
    }
    let chunksInPiece =
      cells.panels.way == .apart
      ? cells.panels.linesInPiece : max(Panels.smallestPiece * chunks / cells.panels.count, 1)
    let pieces = (chunks + chunksInPiece - 1) / chunksInPiece
    processor.run(over: pieces, inPiecesOf: 1, operations: operations) { some in
      for piece in some {
        let own = piece * chunksInPiece..<min((piece + 1) * chunksInPiece, chunks)
        measure(walk.lines(of: own, chunks: chunks), 0..<walk.panels.parts)
        merge(own)
        apply(cells.lines(of: own, chunks: chunks), 0..<cells.panels.parts)
      }
    }
  }
}
