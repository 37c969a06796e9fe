import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct ControlGroupTests {
  /// A folder with the files of a system in it.
  private static func system(_ groups: String, _ files: [String: String]) throws -> TemporaryFolder {
    let system = try TemporaryFolder()
    for (path, text) in files.merging(["proc/self/cgroup": groups], uniquingKeysWith: { $1 }) {
      let folder = URL(fileURLWithPath: system.path + "/" + path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try system.write(Array(text.utf8), to: path)
    }
    return system
  }

  @Test(
    "A control group's quota counts, as do those above it",
    arguments: [
      ("0::/a/b\n", ["sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "sys/fs/cgroup/a/cpu.max": "150000 100000\n"], 2),
      ("0::/a\n", ["sys/fs/cgroup/a/cpu.max": "max 100000\n"], nil),
      ("0::/\n", [:], nil),
      (
        "4:cpu,cpuacct:/x\n0::/\n",
        ["sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n", "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n"], 1
      ),
      (
        "4:cpu:/\n", ["sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"],
        nil
      ),
      ("nonsense", ["sys/fs/cgroup/cpu.max": "1 1"], nil),
    ] as [(String, [String: String], Int?)])
  func quota(groups: String, files: [String: String], expected: Int?) throws {
    let system = try Self.system(groups, files)
    #expect(Processor.quota(root: system.path + "/") == expected)
  }

  @Test(
    "Memory is what the control groups leave, and the machine",
    arguments: [
      (
        "0::/a/b\n",
        [
          "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/b/memory.current": "5\n",
          "sys/fs/cgroup/a/memory.max": "1000\n", "sys/fs/cgroup/a/memory.current": "900\n",
          "sys/fs/cgroup/a/memory.stat": "anon 7\ninactive_file 50\n",
          "proc/meminfo": "MemFree: 1 kB\nMemAvailable: 2 kB\n",
        ], 150
      ),
      (
        "6:memory:/x\n",
        [
          "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "4096\n",
          "sys/fs/cgroup/memory/x/memory.usage_in_bytes": "96\n",
          "sys/fs/cgroup/memory/x/memory.stat": "inactive_file 1\ntotal_inactive_file 2\n",
        ], 4002
      ),
      (
        "0::/a\n",
        [
          "sys/fs/cgroup/a/memory.max": "1000\n", "sys/fs/cgroup/a/memory.current": "900\n",
          "sys/fs/cgroup/a/memory.stat": "inactive_file 50\nactive_file 70\n",
        ], 220
      ),
      ("0::/\n", ["proc/meminfo": "MemAvailable:    3 kB\n"], 3072),
      ("0::/\n", ["sys/fs/cgroup/memory.max": "10\n", "sys/fs/cgroup/memory.current": "20\n"], 0),
      ("0::/\n", [:], nil), ("nonsense", ["sys/fs/cgroup/memory.max": "1"], nil),
    ] as [(String, [String: String], Int?)])
  func memory(groups: String, files: [String: String], expected: Int?) throws {
    let system = try Self.system(groups, files)
    #expect(Processor.memory(root: system.path + "/") == expected)
  }
}
