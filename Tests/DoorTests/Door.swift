import Foundation
import Tensors

/// A wrong input at a public entry, and what must happen.
struct Door: Sendable {
  let entry: String
  let input: String
  let expected: Outcome
  private let body: @Sendable () throws -> String

  enum Outcome: Sendable {
    /// The program ends with a message that holds these values: what was found, and what was expected.
    case stops(String, String)
    /// An error is thrown whose type and description hold these.
    case throwsError(String, String, String)
    /// There is a result, described like this.
    case computes(String)
  }

  init<Result>(
    _ entry: String, _ input: String, _ expected: Outcome, _ body: @escaping @Sendable () throws -> Result
  ) {
    (self.entry, self.input, self.expected) = (entry, input, expected)
    self.body = { "\(try body())" }
  }

  /// Every door of the package.
  static let all =
    tensorDoors + layerDoors + normalizerDoors + cacheDoors + convolutionDoors + recurrentDoors
    + perceptronDoors
}

// MARK: - In the child, and what its parent makes of it

extension Door {
  private static let (stopped, thrown, computed) = ("Fatal error: ", "The door throws: ", "The door computes: ")

  /// Goes through the door in a process of its own, writes what happens, and ends the process.
  ///
  /// It ends with the same status whatever happens: the text says what it was.
  func enter() -> Never {
    soilMemory()
    func write(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    do {
      write(Self.computed + (try body()))
    } catch {
      write(Self.thrown + "\(type(of: error)): \(error)")
    }
    exit(EXIT_FAILURE)
  }

  /// Leaves blocks full of NaN to those who ask for memory next: a result made of what was there before shows.
  private func soilMemory() {
    for exponent in 0..<14 { _ = Tensor<Float>(repeating: .nan, shape: [1 << exponent]) }
  }

  /// What happened, from what the process wrote; `nil` if it ended without a word.
  static func happened(_ text: String) -> String? {
    if let report = line(of: text, after: "ERROR: AddressSanitizer: ") {
      return "the address sanitizer stops it: " + report
    }
    if let message = line(of: text, after: stopped) { return "stops: " + message }
    if let error = line(of: text, after: thrown) { return "throws " + error }
    return line(of: text, after: computed).map { "computes " + $0 }
  }

  /// The rest of the first line that has `mark` in it; the trace behind a message has numbers of its own.
  private static func line(of text: String, after mark: String) -> String? {
    guard let mark = text.range(of: mark) else { return nil }
    return String(text[mark.upperBound...].prefix { $0 != "\n" })
  }

  /// Whether what happened is what must.
  func allows(_ happened: String?) -> Bool {
    guard let happened else { return false }
    func holds(_ value: String) -> Bool {
      let pattern = #"(?<![\w.-])"# + NSRegularExpression.escapedPattern(for: value) + #"(?!\w)"#
      return happened.range(of: pattern, options: .regularExpression) != nil
    }
    return switch expected {
    case .stops(let found, let wanted): happened.hasPrefix("stops: ") && holds(found) && holds(wanted)
    case .throwsError(let type, let found, let wanted):
      happened.hasPrefix("throws \(type): ") && holds(found) && holds(wanted)
    case .computes(let result): happened == "computes " + result
    }
  }
}
