import Foundation

extension Processor {
  /// The bytes of memory that this program may still take; `nil` where the system does not say (not Linux).
  ///
  /// What is free on the machine counts, and the limit of its control group and of those above it (containers, Slurm). Files
  /// that the system keeps only while there is room are as good as free.
  public static var availableMemory: Int? { memory() }

  /// The same, with what the system may put on a disk instead: whoever takes more is ended.
  package static var memoryWithSwap: Int? {
    memory().map { $0 + Int(ControlGroups.machine().number("proc/meminfo", after: "SwapFree:") ?? 0) * 1024 }
  }

  /// The same of another system, whose files are in the folder `root`.
  static func memory(root: String = "/") -> Int? {
    let machine = ControlGroups.machine(root).number("proc/meminfo", after: "MemAvailable:")
    let left = ControlGroups(root: root).groups(of: "memory").compactMap { group -> Double? in
      let files =
        group.isUnified
        ? (limit: "memory.max", used: "memory.current", prefix: "")
        : (limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", prefix: "total_")
      guard let limit = group.words(files.limit).first.flatMap({ Double($0) }),
        let used = group.words(files.used).first.flatMap({ Double($0) })
      else { return nil }
      // Those that were read more than once are called active.
      let kept = ["inactive_file", "active_file"].map { group.number("memory.stat", after: files.prefix + $0) ?? 0 }
      return limit - used + kept[0] + kept[1]
    }
    return (left + [machine.map { $0 * 1024 }].compactMap(\.self)).min().map { Int(max($0, 0).rounded(.down)) }
  }
}
