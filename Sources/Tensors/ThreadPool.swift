import Dispatch
import Foundation
import Synchronization

/// Threads that wait for work and share it.
///
/// A training step hands out work hundreds of times, for some microseconds each, so a thread that has nothing to do looks
/// out for the next piece for a while before it goes to sleep. Every thread begins with the same part of the pieces each
/// time, whose data its own caches hold, and then helps the others.
///
/// No thread that does not run is waited for, for long: who has not come to a job when its pieces are all taken is not let
/// in any more, and who waits for a piece that another thread has taken soon sleeps, which leaves the core to that one.
final class ThreadPool: Sendable {
  private let workers: [Worker]
  private let job = Job()
  private let gate = Atomic<Gate.Bits>(Gate().bits)
  private let isBusy = Atomic<Bool>(false)
  /// Raised by the last to leave a job whose caller sleeps.
  private let allHaveLeft = DispatchSemaphore(value: 0)

  /// How long a thread looks out before it sleeps.
  ///
  /// For work: longer than what a small training step does on one thread between two pieces of shared work. For another
  /// thread to finish its piece: longer than most pieces take, and far less than a system lets another program run.
  private static let patience = (work: Duration.microseconds(200), piece: Duration.microseconds(50))

  /// One thread's part of the pieces, and where it is.
  ///
  /// `place` is written before the thread's first job, and read by others only after they have seen that it sleeps or is
  /// inside. `given` is its caller's from the moment that takes the mark of sleep away until it wakes it; otherwise it
  /// is the thread's own.
  private final class Worker: @unchecked Sendable {
    let next = Atomic<Int>(0)
    let end = Atomic<Int>(0)
    let isAsleep = Atomic<Bool>(false)
    let wakeUp = DispatchSemaphore(value: 0)
    var place = ThreadPlace()
    /// Where it may go, once it is awake: wherever its caller may.
    var given = Cores()
    /// Whether it does pieces or is about to, and whether its caller has taken it to its own core for that.
    let isInside = Atomic<Bool>(false)
    let isMoved = Atomic<Bool>(false)
  }

  /// What is being done: written while nobody is let in, and published by the gate.
  private final class Job: @unchecked Sendable {
    var body: UnsafePointer<(Int) -> Void>?
    /// How many of the workers have a thread.
    var threads = 1

    /// Not inlined, so that no reference to the closure outlives the call.
    @inline(never)
    func perform(_ piece: Int) {
      body?.pointee(piece)
    }
  }

  /// Who may come in, and how many are inside, in one word that is changed as a whole.
  private struct Gate {
    typealias Bits = UInt64

    /// Of the job, counted up.
    var number: Bits = 0
    /// How many workers may come, the caller among them, or 0: the gate is closed.
    var share: Bits = 0
    /// Whether the caller sleeps until the last has left.
    var isAwaited = false
    /// The workers inside, beside the caller.
    var inside: Bits = 0

    init() {}

    init(_ bits: Bits) {
      (number, share) = (bits >> 32, bits >> 16 & 0xFFFF)
      (isAwaited, inside) = (bits & Self.awaited != 0, bits & (Self.awaited - 1))
    }

    var bits: Bits { number << 32 | share << 16 | (isAwaited ? Self.awaited : 0) | inside }

    static let awaited: Bits = 1 << 15
  }

  /// A pool of at most `threads`, the caller's own among them; the others start when they are first called.
  init(threads: Int) {
    workers = (0..<threads).map { _ in Worker() }
  }

  /// Ends the threads; nothing may be run after this.
  func shutDown() {
    job.body = nil
    open(for: job.threads)
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
        job.body = pointer
        open(for: share)
        work(as: 0, of: share)
        closeAndWait()
        job.body = nil
      }
    }
    return true
  }

  private func startThread() {
    let (index, seen) = (job.threads, Gate(gate.load(ordering: .relaxed)).number)
    job.threads += 1
    workers[index].given = .given
    // The threads keep this object alive until they are shut down.
    let thread = Thread { [self] in serve(as: index, after: seen) }
    thread.stackSize = 1 << 20
    thread.start()
  }

  // MARK: - The caller's side

  /// Lets the workers in, and wakes those that sleep.
  private func open(for share: Int) {
    var next = Gate()
    next.number = Gate(gate.load(ordering: .relaxed)).number + 1
    next.share = Gate.Bits(share)
    gate.store(next.bits, ordering: .sequentiallyConsistent)
    guard workers[1..<share].contains(where: { $0.isAsleep.load(ordering: .sequentiallyConsistent) }) else { return }
    // Beside the caller, which goes on at once; where there is no other core, the caller alone is faster.
    let given = Cores.given
    let others = given.without(.current)
    guard given.isEmpty || !others.isEmpty || job.body == nil else { return }
    for worker in workers[1..<share] where worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      worker.given = given
      worker.place.move(to: others)
      worker.wakeUp.signal()
    }
  }

  /// Lets nobody in any more, and returns when all have left.
  private func closeAndWait() {
    var closed = Gate(gate.load(ordering: .relaxed))
    while true {
      var next = closed
      next.share = 0
      let (isExchanged, found) = gate.compareExchange(
        expected: closed.bits, desired: next.bits, ordering: .acquiringAndReleasing)
      if isExchanged { break }
      closed = Gate(found)
    }
    func haveLeft() -> Bool { Gate(gate.load(ordering: .acquiring)).inside == 0 }
    if look(for: Self.patience.piece, until: haveLeft) { return }
    let timesRun = workers.map { $0.isInside.load(ordering: .acquiring) ? $0.place.timeRun : nil }
    if look(for: Self.patience.piece, until: haveLeft) { return }
    for (worker, timeRun) in zip(workers, timesRun) where worker.isInside.load(ordering: .acquiring) {
      // One that has not run meanwhile can do so here, while this thread sleeps.
      if let timeRun, worker.place.timeRun == timeRun {
        worker.place.move(to: .current)
        worker.isMoved.store(true, ordering: .releasing)
        break
      }
    }
    let asked = Gate(gate.bitwiseOr(Gate.awaited, ordering: .acquiringAndReleasing).oldValue)
    if asked.inside > 0 { allHaveLeft.wait() }
  }

  // MARK: - The workers' side

  private func serve(as index: Int, after first: Gate.Bits) {
    var seen = first
    workers[index].place = ThreadPlace()
    while true {
      let share = enter(as: index, after: &seen)
      let isOver = job.body == nil
      if !isOver { work(as: index, of: share) }
      let left = Gate(gate.subtract(1, ordering: .acquiringAndReleasing).newValue)
      workers[index].isInside.store(false, ordering: .releasing)
      if left.inside == 0 && left.isAwaited { allHaveLeft.signal() }
      if isOver { return }
    }
  }

  /// Waits until a job other than the last lets this worker in, at first awake and then asleep; returns for how many it is.
  private func enter(as index: Int, after seen: inout Gate.Bits) -> Int {
    func isWanted(_ state: Gate) -> Bool { state.share > index && state.number != seen }
    let worker = workers[index]
    while true {
      var state = Gate(gate.load(ordering: .acquiring))
      while isWanted(state) {
        var next = state
        next.inside += 1
        worker.isInside.store(true, ordering: .releasing)
        let (isExchanged, found) = gate.compareExchange(
          expected: state.bits, desired: next.bits, ordering: .acquiringAndReleasing)
        if isExchanged {
          seen = state.number
          return Int(state.share)
        }
        state = Gate(found)
      }
      worker.isInside.store(false, ordering: .releasing)
      if worker.isMoved.exchange(false, ordering: .acquiring) {
        // On its caller's core, it does not stay awake.
        worker.place.move(to: worker.given)
      } else if look(for: Self.patience.work, until: { isWanted(Gate(gate.load(ordering: .acquiring))) }) {
        continue
      }
      worker.isAsleep.store(true, ordering: .sequentiallyConsistent)
      // A job may have come in between; who takes the mark away answers for the wakeUp.
      if !isWanted(Gate(gate.load(ordering: .sequentiallyConsistent)))
        || !worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent)
      {
        worker.wakeUp.wait()
        worker.place.move(to: worker.given)
      }
    }
  }

  /// Does the pieces of one's own part, then what is left of the others'.
  private func work(as index: Int, of share: Int) {
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

  /// Looks again and again until `isSo`, for a time at most; returns whether it is.
  @inline(__always)
  private func look(for patience: Duration, until isSo: () -> Bool) -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    repeat {
      for _ in 0..<100 where isSo() { return true }
    } while start.duration(to: clock.now) < patience
    return false
  }
}
