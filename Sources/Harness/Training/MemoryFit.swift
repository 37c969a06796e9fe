import Tensors

/// How many runs fit side by side into the memory that there is.
public struct MemoryFit: Sendable {
  /// At least 1, at most as many as were wanted.
  public let jobs: Int
  public let wanted: Int
  /// The bytes that the largest run takes beside the data.
  public let need: Int
  /// The bytes that there are.
  public let available: Int

  /// Whether one run alone may take more than there is.
  public var isShort: Bool { need > available }

  /// How many fit and why, in one line without its end.
  public var text: String {
    "\(jobs) of \(wanted) runs side by side: one takes up to \(need >> 20) MiB, and \(available >> 20) MiB are free"
      + (isShort ? ": it may be killed" : "") + "."
  }

  /// Where there is as much for each, nothing is measured.
  private static let ample = 4 << 30
  /// What is left to records, tables and the threads.
  private static let reserve = (share: 0.1, bytes: 32 << 20)
  /// What runs can differ in that takes no memory.
  private static let free = [
    Setting.seed.erased, Setting.learningRate.erased, Setting.weightDecay.erased, Setting.epochs.erased,
    Setting.trainLimit.erased,
  ]

  /// Takes a step of a run of each kind, if memory is short at all; `nil` if as many fit as are wanted.
  ///
  /// - Parameters:
  ///   - runs: those that are to be trained; their data are in memory.
  ///   - jobs: how many are wanted side by side.
  ///   - available: the bytes of memory that there are; `nil` if nobody knows.
  public init?(_ runs: [Training], jobs: Int, available: Int? = Processor.availableMemory) {
    guard let available, available / max(jobs, 1) < Self.ample else { return nil }
    let groups = TrainingGroup.groups(of: runs)
    var kinds: [RunConfiguration: TrainingGroup] = [:]
    for group in groups { kinds[group.runs[0].configuration.without(Self.free)] = group }
    self.wanted = jobs
    // No more can be in flight than there are.
    let wanted = min(jobs, groups.count)
    // A run that cannot take a step says so when its turn comes.
    need = kinds.values.compactMap { try? $0.measuredMemory() }.max() ?? 0
    let free = Double(available) * (1 - Self.reserve.share) - Double(Self.reserve.bytes)
    self.available = max(Int(free), 0)
    self.jobs = min(max(self.available / max(need, 1), 1), wanted)
    guard self.jobs < wanted || isShort else { return nil }
  }
}
