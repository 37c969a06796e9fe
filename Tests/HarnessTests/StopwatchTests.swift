import Tensors
import Testing

@testable import Harness

@Suite struct StopwatchTests {
  private let processor = Processor(threads: 4)

  @Test("The rate is that of the steps on the run's share of threads, whatever it had besides")
  func share() {
    let time = Clock()
    var stopwatch = Stopwatch(share: 2, now: time.now)
    for (threads, samples, seconds) in [(2, 100, 1.0), (4, 500, 1.0), (2, 200, 1.0), (1, 10, 7.0)] {
      processor.limit(toThreads: threads)
      stopwatch.time(samples, on: processor) { time.pass(seconds) }
    }
    #expect(stopwatch.samplesPerSecond == 150 && stopwatch.elapsed == 10)
  }

  @Test("A run that never has its share has the rate of what it had", arguments: [nil, 3])
  func withoutShare(share: Int?) {
    let time = Clock()
    var stopwatch = Stopwatch(share: share, now: time.now)
    for (threads, samples, seconds) in [(2, 100, 1.0), (4, 500, 3.0)] {
      processor.limit(toThreads: threads)
      stopwatch.time(samples, on: processor) { time.pass(seconds) }
    }
    #expect(stopwatch.samplesPerSecond == 150)
  }

  @Test("Threads count as they were when the step began, and time between steps is no training")
  func between() {
    let time = Clock()
    var stopwatch = Stopwatch(share: 1, now: time.now)
    processor.limit(toThreads: 1)
    stopwatch.time(30, on: processor) {
      processor.limit(toThreads: 2)
      time.pass(2)
    }
    time.pass(50)
    #expect(stopwatch.samplesPerSecond == 15 && stopwatch.elapsed == 52)
    #expect(Stopwatch(share: 1, now: time.now).samplesPerSecond == 0)
  }

  /// A clock that stands still until it is told to go.
  private final class Clock: @unchecked Sendable {
    private var instant = ContinuousClock().now

    var now: @Sendable () -> ContinuousClock.Instant { { self.instant } }

    func pass(_ seconds: Double) { instant = instant.advanced(by: .seconds(seconds)) }
  }
}
