import Foundation
import Harness

/// An option of the command line.
struct Option: Sendable {
  let name: String
  /// What stands for the value in the help; `nil` for a switch.
  let placeholder: String?
  /// Written when it is asked for: what a setting is by itself is found by trying every model and normalizer.
  var help: String { text() }
  private let text: @Sendable () -> String
  /// The words that the value can be, for shells to complete.
  var words: [String] = []
  /// Whether the value can be a folder.
  var takesFolder = false
  /// The commands that have it.
  var commands: Set<Verb> = [.compare, .show]
  let apply: @Sendable (inout Request, String) throws -> Void

  init(
    name: String, placeholder: String?, help: @autoclosure @escaping @Sendable () -> String, words: [String] = [],
    takesFolder: Bool = false, commands: Set<Verb> = [.compare, .show],
    apply: @escaping @Sendable (inout Request, String) throws -> Void
  ) {
    (self.name, self.placeholder, text, self.words) = (name, placeholder, help, words)
    (self.takesFolder, self.commands, self.apply) = (takesFolder, commands, apply)
  }
}

/// What the program is asked to do.
enum Verb: String, CaseIterable, Sendable {
  case compare, show, claims, merge, columns, schema, completion
}

extension Option {
  /// Every option, in the order of the help: the settings, then the program's own.
  static func all(_ catalogue: Catalogue) -> [Option] {
    settings(catalogue) + [seeds] + tuning + [baseline(catalogue)] + output + program
  }

  private static let seeds = Option(
    name: "seeds", placeholder: "N", help: "the seeds 0 … N−1 (default 1; of claims 5)",
    commands: [.compare, .show, .claims]
  ) { request, text in
    request.grid[.seed] = (0..<UInt64(try integer(text, in: 1...10_000, for: "seeds"))).map { $0 }
  }

  private static func baseline(_ catalogue: Catalogue) -> Option {
    let names = catalogue.normalizers.map(\.name)
    return Option(
      name: "baseline", placeholder: "NORM",
      help: "normalizer that differences are measured from (default none, else the first)", words: names
    ) { request, text in
      guard names.contains(text) else {
        throw HarnessError.usage(unknown("value '\(text)' of --baseline", text, names))
      }
      request.baseline = text
    }
  }

  private static let output =
    TableFormat.allCases.filter { $0 != .text }.map { format in
      Option(
        name: format.rawValue, placeholder: nil, help: format.help, commands: [.compare, .show, .claims]
      ) { request, _ in request.format = format }
    } + [
      Option(
        name: "sort", placeholder: "COLUMN",
        help: "sort the rows by a column of the table, the best first, or words by the alphabet",
        commands: [.show]
      ) { $0.sort = $1 },
      Option(name: "top", placeholder: "N", help: "show the first N rows", commands: [.show]) {
        $0.top = try integer($1, in: 1...1_000_000, for: "top")
      },
      Option(
        name: "pivot", placeholder: "ROWS,COLUMNS",
        help: "test accuracy by two settings, as in norm,learning-rate", words: pivotable.map(\.name),
        commands: [.show]
      ) { request, text in
        request.pivot = try list(text, for: "pivot").map { name in
          guard let setting = pivotable.first(where: { $0.name == name }) else {
            throw HarnessError.usage(unknown("setting '\(name)' of --pivot", name, pivotable.map(\.name)))
          }
          return setting
        }
        guard request.pivot.count == 2 else {
          throw HarnessError.usage("--pivot takes two settings, for the rows and the columns, not '\(text)'.")
        }
      },
      Option(
        name: "plot", placeholder: nil,
        help:
          "draw the column that --sort names, or test accuracy, in the terminal: over the one number that varies, or "
          + "over training",
        commands: [.show]
      ) { request, _ in request.isPlot = true },
    ]

  /// What rows can be told apart by: all but the seed, over which they are means.
  private static let pivotable = AnySetting.all.filter { $0.name != "seed" }

  private static let program = [
    Option(
      name: "plan", placeholder: "FILE",
      help:
        "a grid with exceptions in a JSON file, or from standard input (-), in the place of settings; what it can hold: compare schema",
      takesFolder: true, commands: [.compare]
    ) {
      try PlanFile(path: $1).apply(to: &$0)
    },
    Option(
      name: "jobs", placeholder: "N",
      help: "runs trained side by side (default: the cores that it is given); fewer where memory is short",
      commands: [.compare, .claims]
    ) {
      $0.jobs = try integer($1, in: 1...1024, for: "jobs")
    },
    Option(
      name: "threads", placeholder: "N",
      help: "threads that the runs share (default: the cores that it is given); the numbers do not depend on it",
      commands: [.compare, .claims]
    ) {
      $0.threads = try integer($1, in: 1...1024, for: "threads")
    },
    Option(
      name: "results", placeholder: "DIR", help: "folder of the CSV files (default Results; of claims Results/claims)",
      takesFolder: true, commands: [.compare, .show, .claims]
    ) {
      $0.results = try folder($1, for: "results")
    },
    Option(
      name: "task", placeholder: "I/N",
      help:
        "train the I-th of N slices of the grid, I from 1, and record it in a folder as task-03-of-12 in that of --results",
      commands: [.compare, .claims]
    ) { request, text in
      guard let slice = GridSlice(text) else {
        throw HarnessError.usage(
          "'\(text)' is no value of --task: it takes I/N, as in 3/12, with I from 1 to N and N up to \(GridSlice.largestCount)."
        )
      }
      request.slice = slice
    },
    Option(
      name: "into", placeholder: "DIR", help: "the folder that merge joins results in", takesFolder: true,
      commands: [.merge]
    ) {
      $0.target = try folder($1, for: "into")
    },
    Option(
      name: "record", placeholder: "LIST",
      help: "what to record of the inside of the models, each in a file of its own: "
        + Recording.all.map { "\($0.name) (\($0.help))" }.joined(separator: ", "),
      words: Recording.all.map(\.name) + ["all"], commands: [.compare]
    ) { request, text in
      let names = Recording.all.map(\.name)
      let words = try list(text, for: "record")
      try check(words, among: names, for: "record")
      request.recordings = Set(words.contains("all") ? names : words)
    },
    Option(
      name: "time-limit", placeholder: "TIME",
      help:
        "stop cleanly before so much time is over, as 90s, 30m, 1h30m, 2:30:00 or 1-12:00:00: after its "
        + "first, a run begins no epoch that would not be over a second before; the same command goes on, with the same bits, as after Ctrl-C or a kill",
      commands: [.compare, .claims]
    ) { request, text in
      guard let seconds = TimeText.seconds(text) else {
        throw HarnessError.usage("'\(text)' is no value of --time-limit: it takes \(TimeText.form).")
      }
      request.timeLimit = TimeLimit(seconds: seconds)
    },
    Option(
      name: "force", placeholder: nil, help: "train recorded runs anew and replace their rows", commands: [.compare]
    ) { request, _ in request.force = true },
    Option(
      name: "report", placeholder: nil,
      help:
        "make a report on one page with Results/plot.py, or name the command for it where Python lacks its packages",
      commands: [.compare, .claims]
    ) { request, _ in request.makesReport = true },
    Option(
      name: "dry-run", placeholder: nil,
      help: "list the runs and train none but a few steps, which say how long it will take",
      commands: [.compare, .claims]
    ) {
      request, _ in request.dryRun = true
    },
    Option(name: "quiet", placeholder: nil, help: "no progress, only the table", commands: [.compare, .claims]) {
      request, _ in request.quiet = true
    },
    Option(
      name: "quick", placeholder: nil, help: "try the machinery with one seed and little training, without verdicts",
      commands: [.claims]
    ) { request, _ in request.isQuick = true },
  ]

  // MARK: - Values

  /// The values of an option that takes several, each once.
  static func list(_ text: String, for name: String) throws -> [String] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard words.allSatisfy({ !$0.isEmpty }) else {
      throw HarnessError.usage("--\(name) takes one value or several with commas between them, not '\(text)'.")
    }
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  /// Refuses a value that is none of some words, nor `all`.
  static func check(_ values: [String], among words: [String], for name: String) throws {
    for value in values where value != "all" && !words.contains(value) {
      throw HarnessError.usage(unknown("value '\(value)' of --\(name)", value, words + ["all"]))
    }
  }

  private static func folder(_ text: String, for name: String) throws -> String {
    guard !text.isEmpty else { throw HarnessError.usage("--\(name) needs the name of a folder.") }
    return text
  }

  static func integer(_ text: String, in range: ClosedRange<Int>, for name: String) throws -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw HarnessError.usage("'\(text)' is no value of --\(name): it takes \(SettingDomain.integers(range).text).")
    }
    return value
  }
}
