import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct ThreadPoolTests {
  @Test("Every piece is done once, whatever the number of threads, and before the call returns", arguments: 1...9)
  func everyPiece(threads: Int) {
    let processor = Processor(threads: threads)
    let counts = (0..<97).map { _ in Count() }
    for round in 1...400 {
      let pieces = round % 97 + 1
      for count in counts { count.value.store(0, ordering: .relaxed) }
      processor.run(pieces: pieces) { piece in
        // Threads that find nothing left, and that are waited for.
        if round % 50 == 0 { usleep(300) }
        counts[piece].value.add(1, ordering: .relaxed)
      }
      #expect(counts.map { $0.value.load(ordering: .relaxed) } == (0..<97).map { $0 < pieces ? 1 : 0 })
    }
  }

  @Test("Threads that fell asleep come again, and where there is one core the caller does the work")
  func sleepers() {
    let processor = Processor(threads: 2)
    func threadsOf(pieces: Int) -> Set<String> {
      let names = Lock<Set<String>>([])
      processor.run(pieces: pieces) { _ in
        usleep(2000)
        _ = names.withLock { $0.insert(String(describing: pthread_self())) }
      }
      return names.withLock { $0 }
    }
    _ = threadsOf(pieces: 4)
    usleep(50_000)
    #expect(threadsOf(pieces: 20).count == (Processor.availableThreads > 1 ? 2 : 1))
    #if os(Linux)
      usleep(50_000)
      let (thread, given) = (ThreadPlace(), Cores.given)
      thread.move(to: .current)
      defer { thread.move(to: given) }
      #expect(Processor.availableThreads == 1)
      #expect(threadsOf(pieces: 20).count == 1)
    #endif
  }

  @Test("A piece that hands out work itself does it alone")
  func nested() {
    let processor = Processor(threads: 3)
    let total = Count()
    processor.run(pieces: 8) { _ in processor.run(pieces: 5) { total.value.add($0, ordering: .relaxed) } }
    #expect(total.value.load(ordering: .relaxed) == 80)
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
    let root = FileManager.default.temporaryDirectory.appending(path: "quota-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files.merging(["proc/self/cgroup": groups], uniquingKeysWith: { $1 }) {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(Processor.quota(root: root.path + "/") == expected)
  }
}

private final class Count: Sendable {
  let value = Atomic<Int>(0)
}
