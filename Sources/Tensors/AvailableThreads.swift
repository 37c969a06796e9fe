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
    func text(_ path: String) -> String? { try? String(contentsOfFile: root + path, encoding: .utf8) }
    /// A quota and its period, of which either file has one or one file has both.
    func cores(_ words: [Substring]) -> Int? {
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0 else {
        return nil
      }
      return Int(min((quota / period).rounded(.up), 4096))
    }
    let limits = (text("proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Int] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("cpu") else { return [] }
      // A group is limited by all above it.
      var path = fields[2].split(separator: "/").map(String.init)
      var found: [Int] = []
      while true {
        let folder = "sys/fs/cgroup/" + ((isUnified ? [] : ["cpu"]) + path).map { $0 + "/" }.joined()
        let words =
          isUnified
          ? (text(folder + "cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
          : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].flatMap {
            (text(folder + $0) ?? "").split(whereSeparator: \.isWhitespace)
          }
        if let limit = cores(words) { found.append(limit) }
        guard !path.isEmpty else { return found }
        path.removeLast()
      }
    }
    return limits.min()
  }
}
