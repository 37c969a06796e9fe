import Tensors

/// The runs of files that grow, each as far as it was read: of what others have added meanwhile, only the new lines are read.
final class KnownRuns: Sendable {
  private let known: Lock<[String: Known]> = Lock([:])

  private struct Known {
    var runs: Set<String> = []
    var end = 0
    var file: UInt64 = 0
  }

  /// The runs of a file, with what was added to it since it was last read.
  func catchUp(_ file: ResultFile) throws -> Set<String> {
    try known.withLock { all in
      let number = file.number
      var known = all[file.name] ?? Known()
      // The number of a file that is gone can be that of a new one, which may be shorter.
      if number != known.file || !file.hasLine(endingAt: known.end) { known = Known(file: number) }
      let (new, end) = try file.runs(from: known.end)
      known.runs.formUnion(new)
      known.end = end
      all[file.name] = known
      return known.runs
    }
  }
}
