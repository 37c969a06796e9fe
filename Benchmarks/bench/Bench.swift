import Foundation
import Tensors

/// Times the kernels and the training steps of the package.
///
/// `bench [--threads N] [--filter TEXT] [--case NAME] [--milliseconds M] [--json]` checks and times every listed case whose
/// name contains the text, or cases of any shape by their names, beside what the machine can do.
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
    func number<Number: LosslessStringConvertible & Comparable>(
      _ name: String, _ range: ClosedRange<Number>, otherwise: Number
    ) -> Number {
      guard let text = value(name) else { return otherwise }
      guard let number = Number(text), range.contains(number) else {
        stop("\(name) takes a number from \(range.lowerBound) to \(range.upperBound), and not \"\(text)\".")
      }
      return number
    }
    let threads = number("--threads", 1...4096, otherwise: Processor.availableThreads)
    let milliseconds = number("--milliseconds", 0...1e6, otherwise: 150)
    let filter = value("--filter") ?? ""
    var named: [String] = []
    while let name = value("--case") { named.append(name) }
    func isWanted(_ name: String) -> Bool { filter.isEmpty || name.contains(filter) }
    if arguments == ["--serve"] {
      var server = Server()
      return server.run()
    }
    if arguments == ["--growth"] {
      print(Growth.header)
      for growth in Growth.all where isWanted(growth.name) { print(try growth.measure(threads: threads)) }
      return
    }
    guard arguments.isEmpty || arguments == ["--json"] else {
      stop(
        """
        usage: bench [--threads N] [--filter TEXT] [--case NAME ...] [--milliseconds M] [--json]
               bench --growth [--threads N] [--filter TEXT]
               bench --serve
        """)
    }
    let names = named.isEmpty ? Case.listed.filter(isWanted) : named
    do {
      try time(
        names.map { name throws(CaseError) in try Case(named: name) }, threads, milliseconds, asJSON: !arguments.isEmpty
      )
    } catch {
      stop("\(error)")
    }
  }

  /// Checks and times cases, after the machine.
  private static func time(_ cases: [Case], _ threads: Int, _ milliseconds: Double, asJSON: Bool) throws {
    let machine = try Machine(threads: threads, milliseconds: milliseconds)
    if !asJSON { print(machine.report(threads: threads) + "\n\n" + Timing.header) }
    for benchmark in cases {
      let work = try benchmark.prepare(Processor(threads: threads))
      if let problem = try work.check() {
        print("\(benchmark.name): WRONG: \(problem)")
        exit(1)
      }
      let timing = try Timing(of: work.run, milliseconds: milliseconds)
      if asJSON {
        Output.write(timing.report(benchmark, threads: threads, on: machine))
      } else {
        print(timing.row(benchmark, on: machine))
      }
    }
  }

  /// Ends the program with a message.
  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(64)
  }
}
