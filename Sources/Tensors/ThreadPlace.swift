import Foundation

/// A thread as the system sees it: whether it runs, and on which cores it may.
///
/// A system leaves a woken thread on the core of the one that woke it when all cores are at work, and two that share a
/// computation would take turns there while another program has a core of its own; and it lets that program run for
/// milliseconds before a thread goes on with a piece that takes microseconds. So a pool says where its threads go. Where
/// the system cannot be told (not Linux), nothing is done.
struct ThreadPlace: Sendable {
  #if os(Linux)
    private let thread: Int32
    private let clock: clockid_t

    /// The calling thread.
    init() {
      thread = System.currentThread()
      var clock = clockid_t()
      pthread_getcpuclockid(pthread_self(), &clock)
      self.clock = clock
    }

    /// The time that it has run for, in nanoseconds.
    var timeRun: Int {
      var time = timespec()
      clock_gettime(clock, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Lets it run on these cores alone.
    func move(to cores: Cores) {
      var set = cores.set
      System.setCores(thread, MemoryLayout<cpu_set_t>.size, &set)
    }
  #else
    var timeRun: Int { 0 }
    func move(to cores: Cores) {}
  #endif
}

/// Some of the machine's cores.
struct Cores: Sendable {
  #if os(Linux)
    fileprivate var set = cpu_set_t()

    /// Those that the calling thread was given.
    ///
    /// On a machine of more than a thousand, none are found, and nobody is moved.
    static var given: Cores {
      var cores = Cores()
      System.getCores(0, MemoryLayout<cpu_set_t>.size, &cores.set)
      return cores
    }

    /// The one that the calling thread runs on.
    static var current: Cores {
      var cores = Cores()
      let core = Int(System.currentCore())
      withUnsafeMutableBytes(of: &cores.set) { bytes in
        if bytes.indices.contains(core / 8) { bytes[core / 8] = 1 << UInt8(core % 8) }
      }
      return cores
    }

    /// Those of these that are not among `others`.
    func without(_ others: Cores) -> Cores {
      var result = self
      withUnsafeMutableBytes(of: &result.set) { bytes in
        withUnsafeBytes(of: others.set) { others in
          for index in bytes.indices { bytes[index] &= ~others[index] }
        }
      }
      return result
    }

    var count: Int { withUnsafeBytes(of: set) { $0.reduce(0) { $0 + $1.nonzeroBitCount } } }
    var isEmpty: Bool { count == 0 }
  #else
    static let (given, current) = (Cores(), Cores())
    func without(_ others: Cores) -> Cores { self }
    var count: Int { ProcessInfo.processInfo.activeProcessorCount }
    var isEmpty: Bool { false }
  #endif
}

#if os(Linux)
  /// Functions of the C library that its headers show to programs in C alone that ask for all of GNU's.
  ///
  /// To ask for these, all headers would be compiled a second time, in every first build.
  private enum System {
    @_silgen_name("gettid")
    static func currentThread() -> Int32

    @_silgen_name("sched_getcpu")
    static func currentCore() -> Int32

    @discardableResult
    @_silgen_name("sched_getaffinity")
    static func getCores(_ thread: Int32, _ size: Int, _ set: UnsafeMutablePointer<cpu_set_t>) -> Int32

    @discardableResult
    @_silgen_name("sched_setaffinity")
    static func setCores(_ thread: Int32, _ size: Int, _ set: UnsafePointer<cpu_set_t>) -> Int32
  }
#endif
