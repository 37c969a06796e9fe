import Foundation

extension Processor {
  /// How many threads can run at a time: as many as the cores that this program may use, which can be fewer than the
  /// machine has.
  ///
  /// Its affinity (`taskset`, Slurm) counts, and on Linux the quota of its control group and of those above it (containers),
  /// rounded up.
  public static var availableThreads: Int {
    let cores = Cores.given.count
    return max(min(cores > 0 ? cores : ProcessInfo.processInfo.activeProcessorCount, quota() ?? .max, 4096), 1)
  }

  /// The cores' worth of time that control groups leave to this program, rounded up.
  ///
  /// - Parameter root: where the files of the system are.
  /// - Returns: `nil` without a limit.
  static func quota(root: String = "/") -> Int? {
    ControlGroups(root: root).groups(of: "cpu").compactMap { group in
      // One file has quota and period, or either has its own.
      let words =
        group.isUnified ? group.words("cpu.max") : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].flatMap(group.words)
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0 else {
        return nil
      }
      return Int(min((quota / period).rounded(.up), 4096))
    }.min()
  }
}
