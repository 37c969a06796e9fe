import Dispatch
import Foundation
import Synchronization

/// Threads that wait for work and share it.
///
/// A training step hands out work hundreds of times, for some microseconds each, so a thread that has nothing
/// to do looks out for the next piece for a while before it goes to sleep. Every thread begins with the same
/// part of the pieces each time, whose data its own caches hold, and then helps the others.
final class Crew: Sendable {
  private let members: [Member]
  private let job = Job()
  private let generation = Atomic<Int>(0)
  private let working = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)

  /// How often a thread looks out for work before it sleeps: for some 100 microseconds, longer than what a small
  /// training step does on one thread between two pieces of shared work.
  private static let patience = 400_000

  /// One thread's part of the pieces, and whether it sleeps.
  private final class Member: Sendable {
    let next = Atomic<Int>(0)
    let end = Atomic<Int>(0)
    let isAsleep = Atomic<Bool>(false)
    let alarm = DispatchSemaphore(value: 0)
  }

  /// What is being done: written while nobody works, and published by `generation`.
  private final class Job: @unchecked Sendable {
    var body: UnsafePointer<(Int) -> Void>?

    /// Not inlined, so that no reference to the closure outlives the call.
    @inline(never)
    func perform(_ piece: Int) {
      body?.pointee(piece)
    }
  }

  /// A crew of `threads`, the caller's own among them.
  init(threads: Int) {
    members = (0..<threads).map { _ in Member() }
    for index in 1..<max(threads, 1) {
      // The threads keep this object alive until they are dismissed.
      let thread = Thread { [self] in serve(as: index) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Ends the threads; nothing may be run after this.
  func dismiss() {
    job.body = nil
    announce()
  }

  /// Runs `body` for every piece and returns when all are done, or returns `false` at once if the crew is at
  /// work already.
  func run(pieces: Int, _ body: (Int) -> Void) -> Bool {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    defer { isBusy.store(false, ordering: .releasing) }
    for (index, member) in members.enumerated() {
      member.next.store(index * pieces / members.count, ordering: .relaxed)
      member.end.store((index + 1) * pieces / members.count, ordering: .relaxed)
    }
    // Nobody holds the closure when this returns.
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        job.body = pointer
        working.store(members.count - 1, ordering: .relaxed)
        announce()
        work(as: 0)
        var looks = 0
        while working.load(ordering: .acquiring) > 0 {
          looks += 1
          if looks > Self.patience { sched_yield() }
        }
        job.body = nil
      }
    }
    return true
  }

  private func announce() {
    generation.add(1, ordering: .sequentiallyConsistent)
    for member in members.dropFirst() where member.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      member.alarm.signal()
    }
  }

  private func serve(as index: Int) {
    var seen = 0
    while true {
      waitForWork(after: seen, as: members[index])
      seen += 1
      guard job.body != nil else { return }
      work(as: index)
      working.subtract(1, ordering: .releasing)
    }
  }

  /// Waits for the next piece of work, at first awake and then asleep.
  private func waitForWork(after seen: Int, as member: Member) {
    for _ in 0..<Self.patience where generation.load(ordering: .acquiring) != seen { return }
    while generation.load(ordering: .acquiring) == seen {
      member.isAsleep.store(true, ordering: .sequentiallyConsistent)
      // Work may have been announced in between; who takes the mark away answers for the alarm.
      if generation.load(ordering: .sequentiallyConsistent) == seen
        || !member.isAsleep.exchange(false, ordering: .sequentiallyConsistent)
      {
        member.alarm.wait()
      }
    }
  }

  /// Does the pieces of one's own part, then what is left of the others'.
  private func work(as index: Int) {
    for offset in members.indices {
      let member = members[(index + offset) % members.count]
      let end = member.end.load(ordering: .relaxed)
      while true {
        let piece = member.next.add(1, ordering: .relaxed).oldValue
        guard piece < end else { break }
        job.perform(piece)
      }
    }
  }
}
