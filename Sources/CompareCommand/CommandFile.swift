import Foundation
import Harness
import Tensors

/// `commands.csv`: which commands recorded into a folder, and on which machine.
enum CommandFile {
  static let name = "commands.csv"
  private static let help = [
    ("command", "as a shell takes it; one that is given again stands there once"),
    ("machine", "the processor, how many of its threads there were, and the system"),
    ("version", "of the package"),
    ("numerics", "those of the runs that it made"),
  ]

  static let columns = FileColumns(name, row: "command that trained, on a machine", names: help.map(\.0)) { name in
    help.first { $0.0 == name }?.1
  }

  /// Adds this command to the file.
  ///
  /// A file that is not one of ours, or a full disk, keeps nobody from training.
  static func add(_ arguments: [String], to directory: ResultsDirectory) {
    let row = [
      "command": PythonReport.shell([programName] + arguments), "machine": machine, "version": packageVersion,
      "numerics": String(numerics),
    ]
    try? directory.write([row], columns: help.map(\.0), to: name) { $0 != row }
  }

  private static var machine: String {
    let threads = Processor.availableThreads
    return "\(processor), \(threads) \(threads == 1 ? "thread" : "threads"), \(system)"
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").dropFirst().first.map { $0.trimmingCharacters(in: .whitespaces) }
    #if arch(x86_64)
      return name ?? "x86-64"
    #else
      return name ?? "arm64"
    #endif
  }

  private static var system: String {
    #if os(macOS)
      "macOS \(ProcessInfo.processInfo.operatingSystemVersionString)"
    #else
      "Linux"
    #endif
  }
}
