import Foundation
import Tensors

/// Answers requests of `peers.py` on standard input, so that ours and the peers' runs can take turns.
///
/// A request is a line of a case's name, threads and milliseconds; an answer is a line of JSON.
struct Server {
  /// What was asked for last, which is likely to be asked for again.
  private var prepared: (name: String, threads: Int, benchmark: Case, work: Case.Work)?

  mutating func run() {
    while let line = readLine() {
      do {
        Output.write(try answer(line.split(separator: " ").map(String.init)))
      } catch {
        Output.write(["error": "\(error)"])
      }
    }
  }

  private mutating func answer(_ words: [String]) throws -> Timing.Report {
    guard words.count == 3, let threads = Int(words[1]), (1...4096).contains(threads),
      let milliseconds = Double(words[2])
    else { throw CaseError(description: "A request is a case's name, threads and milliseconds, and not \(words).") }
    if prepared?.name != words[0] || prepared?.threads != threads {
      // The memory of the case before is given back first.
      prepared = nil
      let benchmark = try Case(named: words[0])
      let work = try benchmark.prepare(Processor(threads: threads))
      if let problem = try work.check() { throw CaseError(description: "WRONG: \(problem)") }
      prepared = (words[0], threads, benchmark, work)
    }
    guard let prepared else { throw CaseError(description: "Nothing was prepared.") }
    return try Timing(of: prepared.work.run, milliseconds: milliseconds).report(prepared.benchmark, threads: threads)
  }
}

/// Lines of JSON on standard output.
enum Output {
  /// A line that the other side of a pipe sees at once.
  static func write(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(value) else { preconditionFailure("\(value) cannot be written as JSON") }
    FileHandle.standardOutput.write(line + Data("\n".utf8))
  }
}
