/// What a user can cause, with the exit code that `sysexits.h` has for it.
public enum HarnessError: Error, Equatable, CustomStringConvertible {
  /// An option or a value that makes no sense: exit code 64.
  case usage(String)
  /// A file whose content is not what it should be: exit code 65.
  case badData(file: String, found: String, expected: String)
  /// A file that is not there or cannot be read: exit code 66.
  case noInput(String)
  /// Memory that the system does not have: exit code 71.
  case outOfMemory(String)
  /// A file or folder that cannot be made: exit code 73.
  case cannotCreate(String)
  /// A write that failed: exit code 74.
  case writeFailed(String)
  /// What is left did not fit into a time limit; the same command goes on: exit code 75.
  case outOfTime
  /// The user asked to stop: exit code 130, as a shell reports Ctrl-C.
  case interrupted

  public var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .badData: 65
    case .noInput: 66
    case .outOfMemory: 71
    case .cannotCreate: 73
    case .writeFailed: 74
    case .outOfTime: 75
    case .interrupted: 130
    }
  }

  public var description: String { Self.line(text) }

  private var text: String {
    switch self {
    case .usage(let message), .noInput(let message), .outOfMemory(let message), .cannotCreate(let message),
      .writeFailed(let message):
      message
    case .badData(let file, let found, let expected):
      // What is found can be a whole file without a line end.
      "\(file): found \(found.prefix(400))\(found.count > 400 ? "…" : ""), expected \(expected)."
    case .outOfTime: "the time limit is over; every finished run is recorded, and the same command goes on."
    case .interrupted: "interrupted; every finished run is recorded."
    }
  }

  /// A text in one line: what ends a line or moves a cursor is spelled as in Swift.
  private static func line(_ text: String) -> String {
    func isSpelled(_ scalar: Unicode.Scalar) -> Bool {
      [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
    guard text.unicodeScalars.contains(where: isSpelled) else { return text }
    return text.unicodeScalars.map { isSpelled($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }
}
