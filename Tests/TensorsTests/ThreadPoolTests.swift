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
}

private final class Count: Sendable {
  let value = Atomic<Int>(0)
}
