import Foundation
import Testing

/// Tries a reader on inputs that chance has changed, and counts what became of them.
///
/// The environment says how much is tried:
/// - `NORMS_MUTATIONS=100000` has so many inputs tried of each reader, their time and their memory looked at, and a line printed for
///   each. The tests are then to be run one after the other, with `--no-parallel`.
/// - `NORMS_MUTATIONS_OF=npy,csv` tries these readers alone.
/// - `NORMS_MUTATIONS_SEED=2` draws other inputs.
/// - `NORMS_MUTATIONS_FROM=1234` goes on with that input of those that are drawn.
public struct MutationTrials {
  /// What became of an input.
  public enum Answer {
    /// It came to so many bytes.
    case read(Int)
    case refused
  }

  private static let environment = ProcessInfo.processInfo.environment
  private static let asked = environment["NORMS_MUTATIONS"].flatMap { Int($0) }
  /// Whether numbers are asked for.
  public static var isAsked: Bool { asked != nil }
  private static let readers = environment["NORMS_MUTATIONS_OF"]?.split(separator: ",").map(String.init)
  private static let seed = environment["NORMS_MUTATIONS_SEED"].flatMap { Int($0) } ?? 1
  private static let first = environment["NORMS_MUTATIONS_FROM"].flatMap { Int($0) } ?? 0

  /// Beside four times the larger of what is read and what it comes to.
  public static let room = 16 << 20
  /// The addresses that are asked for and never used; threads and the system's library have some for themselves.
  private static let mostAddresses = 1 << 28

  public let reader: String
  public let count: Int
  public private(set) var read = 0
  public private(set) var refused = 0
  /// Without inputs, where others were asked for.
  public var isSkipped: Bool { count == 0 }

  private let words: [String]
  private var slowest = (seconds: 0.0, index: 0)
  private var largest = (growth: 0, index: 0)

  /// A `share` of the inputs that are asked for is tried of this reader.
  public init(_ reader: String, words: [String] = [], share: Double = 1) {
    self.reader = reader
    self.words = words
    let isAsked = Self.readers?.contains(reader) ?? true
    count = isAsked ? Int(share * Double(Self.asked ?? 2000)) : 0
  }

  /// Draws the inputs and tries each.
  ///
  /// The `bytes` of an input are printed if the reader stands still or falls, and are its size.
  public mutating func run<Input>(
    drawing: (inout Mutator, Int) throws -> Input, bytes: (Input) -> [UInt8], trying: (Input) throws -> Answer
  ) rethrows {
    guard !isSkipped else { return }
    var mutator = Mutator(reader, seed: Self.seed, words: words)
    var memory = Self.asked == nil ? nil : ProcessMemory()
    let watch = TrialWatch(
      "\(reader), seed \(Self.seed)", seconds: Self.asked == nil ? 60 : 10, reportsFalls: Self.asked != nil)
    let start = ContinuousClock.now
    for index in 0..<Self.first + count {
      let input = try drawing(&mutator, index)
      guard index >= Self.first else { continue }
      let size = bytes(input)
      watch.begin(index, size)
      if index % 64 == 0 { memory?.settle() }
      memory?.clear()
      let before = memory?.read()
      let begun = Self.work
      let answer = try trying(input)
      let seconds = Self.work - begun
      if let before, let after = memory?.read() { look(index, input: size, answer, before, after) }
      watch.end()
      if seconds > slowest.seconds { slowest = (seconds, index) }
      switch answer {
      case .read: read += 1
      case .refused: refused += 1
      }
      if (read + refused) % 100_000 == 0, read + refused < count { tell(since: start, isMeasured: memory != nil) }
    }
    tell(since: start, isMeasured: memory != nil)
  }

  /// The seconds that this thread has worked: not those in which others did.
  private static var work: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  private mutating func look(
    _ index: Int, input: [UInt8], _ answer: Answer, _ before: ProcessMemory.Reading, _ after: ProcessMemory.Reading
  ) {
    let growth = after.peak - before.resident
    if growth > largest.growth { largest = (growth, index) }
    var size = input.count
    if case .read(let decoded) = answer { size = max(size, decoded) }
    let isWithin = growth <= 4 * size + Self.room && after.addresses - before.addresses <= Self.mostAddresses
    let text = "\(growth) bytes, and \(after.addresses - before.addresses) of addresses"
    #expect(isWithin, "\(reader), seed \(Self.seed), input \(index) takes \(text): \(input.prefix(4000))")
  }

  /// Prints the count, if it is asked for.
  private func tell(since start: ContinuousClock.Instant, isMeasured: Bool) {
    guard Self.asked != nil else { return }
    print(line(in: (ContinuousClock.now - start) / .seconds(1), isMeasured: isMeasured))
    // What reads it through a pipe shall see it now.
    fflush(nil)
  }

  private func line(in seconds: Double, isMeasured: Bool) -> String {
    let growth = String(format: "%.1f", Double(largest.growth) / 1_048_576)
    let memory = isMeasured ? "largest growth \(growth) MB (input \(largest.index))" : "memory not measured"
    return "mutations of \(reader): seed \(Self.seed), \(read + refused) inputs, \(read) read, \(refused) refused, "
      + String(format: "slowest %.1f ms (input %d), ", slowest.seconds * 1000, slowest.index) + memory
      + String(format: ", %.0f s, %.0f a second", seconds, Double(read + refused) / max(seconds, 0.001))
  }
}
