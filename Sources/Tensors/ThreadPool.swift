import Dispatch
import Foundation
import Synchronization

/// Threads that wait for work and share it.
///
/// A training step hands out work hundreds of times, for some microseconds each, so a thread that has nothing
/// to do looks out for the next piece for a while before it goes to sleep. Every thread begins with the same
/// part of the pieces each time, whose data its own caches hold, and then helps the others.
final class ThreadPool: Sendable {
  private let workers: [Worker]
  private let job = Job()
  private let working = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)

  /// How often a thread looks out for work before it sleeps: for some 200 microseconds, longer than what a small
  /// training step does on one thread between two pieces of shared work.
  private static let spinLimit = 400_000

  /// One thread's part of the pieces, how often it was called, and whether it sleeps.
  private final class Worker: Sendable {
    let next = Atomic<Int>(0)
    let end = Atomic<Int>(0)
    let calls = Atomic<Int>(0)
    let isAsleep = Atomic<Bool>(false)
    let wakeUp = DispatchSemaphore(value: 0)
  }

  /// What is being done: written while nobody works, and published by the workers' `calls`.
  private final class Job: @unchecked Sendable {
    var body: UnsafePointer<(Int) -> Void>?
    /// How many of the workers share it, the caller first.
    var share = 1
    /// How many of the workers have a thread.
    var threads = 1

    /// Not inlined, so that no reference to the closure outlives the call.
    @inline(never)
    func perform(_ piece: Int) {
      body?.pointee(piece)
    }
  }

  /// A pool of at most `threads`, the caller's own among them; the others start when they are first called.
  init(threads: Int) {
    workers = (0..<threads).map { _ in Worker() }
  }

  /// Ends the threads; nothing may be run after this.
  func shutDown() {
    job.body = nil
    for worker in workers[1..<job.threads] { wake(worker) }
  }

  /// Runs `body` for every piece on `share` threads and returns when all are done, or returns `false` at once if the
  /// pool is at work already.
  func run(pieces: Int, on share: Int, _ body: (Int) -> Void) -> Bool {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    defer { isBusy.store(false, ordering: .releasing) }
    for (index, worker) in workers[..<share].enumerated() {
      worker.next.store(index * pieces / share, ordering: .relaxed)
      worker.end.store((index + 1) * pieces / share, ordering: .relaxed)
    }
    while job.threads < share { startThread() }
    // Nobody holds the closure when this returns.
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        (job.body, job.share) = (pointer, share)
        working.store(share - 1, ordering: .relaxed)
        for worker in workers[1..<share] { wake(worker) }
        work(as: 0)
        var looks = 0
        while working.load(ordering: .acquiring) > 0 {
          looks += 1
          if looks > Self.spinLimit { sched_yield() }
        }
        job.body = nil
      }
    }
    return true
  }

  private func startThread() {
    let index = job.threads
    job.threads += 1
    // The threads keep this object alive until they are shut down.
    let thread = Thread { [self] in serve(as: index) }
    thread.stackSize = 1 << 20
    thread.start()
  }

  private func wake(_ worker: Worker) {
    worker.calls.add(1, ordering: .sequentiallyConsistent)
    if worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent) { worker.wakeUp.signal() }
  }

  private func serve(as index: Int) {
    var seen = 0
    while true {
      waitForCall(after: seen, workers[index])
      seen += 1
      guard job.body != nil else { return }
      work(as: index)
      working.subtract(1, ordering: .releasing)
    }
  }

  /// Waits for the next call, at first awake and then asleep.
  private func waitForCall(after seen: Int, _ worker: Worker) {
    for _ in 0..<Self.spinLimit where worker.calls.load(ordering: .acquiring) != seen { return }
    while worker.calls.load(ordering: .acquiring) == seen {
      worker.isAsleep.store(true, ordering: .sequentiallyConsistent)
      // The call may have come in between; who takes the mark away answers for the wakeUp.
      if worker.calls.load(ordering: .sequentiallyConsistent) == seen
        || !worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent)
      {
        worker.wakeUp.wait()
      }
    }
  }

  /// Does the pieces of one's own part, then what is left of the others'.
  private func work(as index: Int) {
    let share = job.share
    for offset in 0..<share {
      let worker = workers[(index + offset) % share]
      let end = worker.end.load(ordering: .relaxed)
      while true {
        let piece = worker.next.add(1, ordering: .relaxed).oldValue
        guard piece < end else { break }
        job.perform(piece)
      }
    }
  }
}
