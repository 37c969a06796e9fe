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

    /// The time that it has run for, in nanoseconds; `nil` where nobody knows.
    var timeRun: Int? {
      var time = timespec()
      return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1_000_000_000 + time.tv_nsec : nil
    }

    /// Lets it run on these cores alone; if that cannot be, it stays where it may be.
    func move(to cores: Cores) {
      var cores = cores
      System.setCores(thread, MemoryLayout<Cores>.size, &cores)
    }
  #else
    var timeRun: Int? { nil }
    func move(to cores: Cores) {}
  #endif
}

/// Some of the machine's cores, by number: those of the bits that are set.
///
/// A machine with more than 1,024 is not asked: none are found, and nobody is moved.
struct Cores: Sendable {
  private var bits = SIMD16<UInt64>()

  #if os(Linux)
    /// Those that the calling thread was given; none if the system does not say.
    static var given: Cores {
      var cores = Cores()
      return System.getCores(0, MemoryLayout<Cores>.size, &cores) == 0 ? cores : Cores()
    }

    /// The one that the calling thread runs on.
    static var current: Cores {
      var cores = Cores()
      let core = Int(System.currentCore())
      if (0..<1024).contains(core) { cores.bits[core / 64] = 1 << UInt64(core % 64) }
      return cores
    }
  #else
    static let (given, current) = (Cores(), Cores())
  #endif

  /// Those of these that are not among `others`.
  func without(_ others: Cores) -> Cores {
    var cores = self
    cores.bits &= ~others.bits
    return cores
  }

  var count: Int { bits.indices.reduce(0) { $0 + bits[$1].nonzeroBitCount } }
  var isEmpty: Bool { count == 0 }
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

    @_silgen_name("sched_getaffinity")
    static func getCores(_ thread: Int32, _ size: Int, _ cores: UnsafeMutablePointer<Cores>) -> Int32

    @discardableResult
    @_silgen_name("sched_setaffinity")
    static func setCores(_ thread: Int32, _ size: Int, _ cores: UnsafePointer<Cores>) -> Int32
  }
#endif
