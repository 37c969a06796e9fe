import Foundation
import Norms
import Tensors

/// Times the kernels and the training steps of the package.
///
/// `bench [--threads N] [--filter TEXT] [--json]` checks and times every case whose name contains the text.
/// `bench --growth` fits the exponents with which time and memory grow in every direction.
/// `bench --serve` answers requests of `peers.py` on standard input: a case's name, threads and milliseconds.
@main
enum Bench {
  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func value(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
      defer { arguments.removeSubrange(index...index + 1) }
      return arguments[index + 1]
    }
    let threads = value("--threads").flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
    let filter = value("--filter") ?? ""
    func isWanted(_ name: String) -> Bool { filter.isEmpty || name.contains(filter) }
    if arguments == ["--serve"] { return try serve() }
    if arguments == ["--growth"] {
      print(
        "direction                            size                      time      exp                memory     exp")
      for growth in Growth.all where isWanted(growth.name) { print(try growth.measure(threads: threads)) }
      return
    }
    guard arguments.isEmpty || arguments == ["--json"] else {
      print("usage: bench [--threads N] [--filter TEXT] [--json | --growth] | --serve")
      exit(64)
    }
    if arguments.isEmpty {
      print("case                                                     median ms     min ms  spread   faults     GB/s")
    }
    for benchmark in Case.all where isWanted(benchmark.name) {
      let work = try benchmark.prepare(Processor(threads: threads))
      if let problem = try work.check() {
        print("\(benchmark.name): WRONG: \(problem)")
        exit(1)
      }
      let timing = try Timing(of: work.run, milliseconds: 300)
      print(arguments.isEmpty ? timing.row(benchmark) : timing.json(benchmark.name, threads: threads))
    }
  }

  /// One line of JSON for each request, so that ours and the peers' runs can take turns.
  private static func serve() throws {
    var prepared: [String: Case.Work] = [:]
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let threads = Int(words[1]), let milliseconds = Double(words[2]),
        let benchmark = Case.all.first(where: { $0.name == words[0] })
      else {
        answer("{\"error\": \"unknown case\"}")
        continue
      }
      let key = "\(words[0]) \(threads)"
      if prepared[key] == nil {
        let work = try benchmark.prepare(Processor(threads: threads))
        if let problem = try work.check() {
          answer("{\"error\": \"\(problem)\"}")
          continue
        }
        prepared = [key: work]
      }
      guard let work = prepared[key] else { continue }
      answer(try Timing(of: work.run, milliseconds: milliseconds).json(words[0], threads: threads))
    }
  }

  /// A line that the other side of a pipe sees at once.
  private static func answer(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}

/// Many repetitions of one piece of work.
struct Timing {
  private let seconds: [Double]
  /// Pages that the system had to provide, for each repetition.
  private let faults: Double

  var median: Double { quantile(0.5) }

  /// Repeats `work` for at least this long, and five times at least, after a warm-up as long: threads must
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
    } while times.count < 5 || start.duration(to: clock.now) / .milliseconds(1) < milliseconds
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

  func row(_ benchmark: Case) -> String {
    let spread = (quantile(0.75) - quantile(0.25)) / median
    let rate = benchmark.bytes > 0 ? String(format: "%8.1f", Double(benchmark.bytes) / median / 1e9) : ""
    return benchmark.name.padding(toLength: 55, withPad: " ", startingAt: 0)
      + String(format: "%11.4f%11.4f%7.0f%%%9.2f", median * 1e3, seconds[0] * 1e3, spread * 100, faults) + " " + rate
  }

  func json(_ name: String, threads: Int) -> String {
    String(
      format:
        "{\"case\": \"%@\", \"threads\": %d, \"median\": %.9f, \"minimum\": %.9f, \"quartiles\": [%.9f, %.9f], \"repetitions\": %d, \"faults\": %.2f}",
      name, threads, quantile(0.5), seconds[0], quantile(0.25), quantile(0.75), seconds.count, faults)
  }
}
