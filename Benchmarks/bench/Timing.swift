import Foundation

/// Many repetitions of one piece of work.
struct Timing {
  private let seconds: [Double]
  /// The time of all repetitions and of what lies between them, for each of them.
  ///
  /// What comes in bursts, such as a neighbour's share of the cores, is in here and not in the median.
  private let mean: Double
  /// Pages that the system had to provide, for each repetition.
  private let faults: Double

  var median: Double { quantile(0.5) }

  /// Repeats `work` for at least this long, and three times at least, after a warm-up as long: threads must
  /// find their cores.
  init(of work: () throws -> Void, milliseconds: Double) throws {
    let clock = ContinuousClock()
    func once() throws -> Double { try clock.measure(work) / .seconds(1) }
    let warmUp = clock.now
    repeat { _ = try once() } while warmUp.duration(to: clock.now) / .milliseconds(1) < milliseconds
    var times: [Double] = []
    let (start, faultsBefore) = (clock.now, Self.pageFaults())
    repeat {
      times.append(try once())
    } while times.count < 3 || start.duration(to: clock.now) / .milliseconds(1) < milliseconds
    mean = start.duration(to: clock.now) / .seconds(1) / Double(times.count)
    seconds = times.sorted()
    faults = Double(Self.pageFaults() - faultsBefore) / Double(times.count)
  }

  private static func pageFaults() -> Int {
    var usage = rusage()
    let thisProcess: Int32 = 0  // RUSAGE_SELF, which is no integer on Linux
    getrusage(thisProcess, &usage)
    return Int(usage.ru_minflt + usage.ru_majflt)
  }

  private func quantile(_ part: Double) -> Double { seconds[Int(part * Double(seconds.count - 1))] }

  static let header =
    "case                                                     median ms     min ms  spread   faults     GB/s  GFLOP/s    limit"

  func row(_ benchmark: Case, on machine: Machine) -> String {
    let spread = (quantile(0.75) - quantile(0.25)) / median
    return benchmark.name.padding(toLength: max(55, benchmark.name.count), withPad: " ", startingAt: 0)
      + String(format: "%11.4f%11.4f%7.0f%%%9.2f", median * 1e3, seconds[0] * 1e3, spread * 100, faults)
      + String(
        format: "%9.1f%9.1f%8.0f%%", Double(benchmark.bytes) / median / 1e9,
        Double(benchmark.operations) / median / 1e9, machine.part(of: benchmark, seconds: median) * 100)
  }

  /// What another program is told, on one line.
  struct Report: Encodable {
    let `case`: String
    let threads: Int
    let median, mean, minimum: Double
    let quartiles: [Double]
    let repetitions: Int
    let faults: Double
    let bytes, operations: Int
    /// The part of the machine's limit that is reached, where that was measured.
    let limit: Double?
  }

  func report(_ benchmark: Case, threads: Int, on machine: Machine? = nil) -> Report {
    Report(
      case: benchmark.name, threads: threads, median: median, mean: mean, minimum: seconds[0],
      quartiles: [quantile(0.25), quantile(0.75)], repetitions: seconds.count, faults: faults, bytes: benchmark.bytes,
      operations: benchmark.operations, limit: machine?.part(of: benchmark, seconds: median))
  }
}
