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

  /// An option for each setting.
  static func settings(_ catalogue: Catalogue) -> [Option] {
    AnySetting.all.map { setting in
      let words = catalogue.words(of: setting)
      return Option(
        name: setting.name, placeholder: "LIST", help: help(of: setting, in: catalogue),
        words: words.map { $0 + ["all"] } ?? [], takesFolder: setting.name == "data",
        commands: ["norm", "data", "train-limit", "test-limit"].contains(setting.name)
          ? [.compare, .show, .claims] : [.compare, .show]
      ) { request, text in
        let values = try Self.list(text, for: setting.name)
        if setting.name == "data" { return try setData(&request, values) }
        if let words {
          for word in values where word != "all" && !words.contains(word) {
            throw HarnessError.usage(unknown("value '\(word)' of --\(setting.name)", word, words + ["all"]))
          }
          // Some words are for who asks for them.
          let meant = words.filter { !setting.onlyIfNamed.contains($0) || values.contains($0) }
          request.grid[setting] = values.contains("all") ? meant : values
        } else {
          request.grid[setting] = try values.map { value in
            guard let text = setting.canonical(value) else {
              throw HarnessError.usage(
                "'\(value)' is no value of --\(setting.name): it takes \(setting.domain.text).")
            }
            return text
          }
        }
      }
    }
  }

  private static func help(of setting: AnySetting, in catalogue: Catalogue) -> String {
    let list = catalogue.words(of: setting).map { ": \(Self.list($0, of: setting))" } ?? ""
    let standard = catalogue.standard(of: setting).map { " (default \($0))" } ?? " (default by model, below)"
    return setting.help + list + standard
  }

  /// The words of a setting for the help, last those that `all` does not mean.
  private static func list(_ words: [String], of setting: AnySetting) -> String {
    let named = words.filter(setting.onlyIfNamed.contains)
    let others = words.filter { !named.contains($0) }.joined(separator: ", ")
    return named.isEmpty ? others : "\(others); not meant by all: \(named.joined(separator: ", "))"
  }

  private static func setData(_ request: inout Request, _ words: [String]) throws {
    var names: [String] = []
    for word in words.contains("all") ? DataSource.all.map(\.name) : words {
      guard let source = try DataSource.named(word) else {
        throw HarnessError.usage(
          unknown("value '\(word)' of --data", word, DataSource.all.map(\.name) + ["all"]).dropLast()
            + ", or the name of a folder with IDX, NumPy or CSV files.")
      }
      guard !names.contains(source.name) || request.sources[source.name] == nil else {
        throw HarnessError.usage("--data has two data sets of the name \(source.name); rename one of the folders.")
      }
      request.sources[source.name] = source
      names.append(source.name)
    }
    request.grid[Setting.data.erased] = names
  }

  private static let seeds = Option(
    name: "seeds", placeholder: "N", help: "the seeds 0 … N−1 (default 1; of claims 5)",
    commands: [.compare, .show, .claims]
  ) { request, text in
    request.grid[.seed] = (0..<UInt64(try integer(text, in: 1...10_000, for: "seeds"))).map { $0 }
  }

  /// The ranges that settings have by themselves.
  private static let factors = AnySetting.all.compactMap { setting in
    setting.tuned.map { "\(setting.name) \($0.lowerBound)..\($0.upperBound)" }
  }.joined(separator: ", ")

  private static let tuning = [
    Option(
      name: "tune", placeholder: "LIST",
      help:
        "settings to tune for each seed, on validation images, as in learning-rate=1e-4..1; without a range, factors on the "
        + "model's value: \(factors)",
      words: AnySetting.all.filter { $0.tuned != nil }.map(\.name)
    ) { request, text in
      request.tuned = try list(text, for: "tune").map(dimension)
      let names = request.tuned.map(\.setting.name)
      guard Set(names).count == names.count else {
        throw HarnessError.usage("--tune names a setting twice: '\(text)'.")
      }
    },
    Option(
      name: "budget", placeholder: "N",
      help: "points that tuning tries for each seed (default \(Request.defaultBudget))"
    ) {
      $0.budget = try integer($1, in: 1...1024, for: "budget")
    },
  ]

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
      help: "a grid with exceptions in a JSON file, in the place of settings; what it can hold: compare schema",
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
      guard !$1.isEmpty else { throw HarnessError.usage("--results needs the name of a folder.") }
      $0.results = $1
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
      guard request.slice == nil else { throw HarnessError.usage("--task is given twice: a task is one slice.") }
      request.slice = slice
    },
    Option(
      name: "into", placeholder: "DIR", help: "the folder that merge joins results in", takesFolder: true,
      commands: [.merge]
    ) {
      guard !$1.isEmpty else { throw HarnessError.usage("--into needs the name of a folder.") }
      $0.target = $1
    },
    Option(
      name: "record", placeholder: "LIST",
      help: "what to record of the inside of the models, each in a file of its own: "
        + Recording.all.map { "\($0.name) (\($0.help))" }.joined(separator: ", "),
      words: Recording.all.map(\.name) + ["all"], commands: [.compare]
    ) { request, text in
      let names = Recording.all.map(\.name)
      let words = try list(text, for: "record")
      for word in words where word != "all" && !names.contains(word) {
        throw HarnessError.usage(unknown("value '\(word)' of --record", word, names + ["all"]))
      }
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

  private static func list(_ text: String, for name: String) throws -> [String] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard words.allSatisfy({ !$0.isEmpty }) else {
      throw HarnessError.usage("--\(name) takes one value or several with commas between them, not '\(text)'.")
    }
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  private static func integer(_ text: String, in range: ClosedRange<Int>, for name: String) throws -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw HarnessError.usage("'\(text)' is no value of --\(name): it takes \(SettingDomain.integers(range).text).")
    }
    return value
  }

  /// A setting to tune, and its range if one is named.
  private static func dimension(_ text: String) throws -> Tuning.Dimension {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let tunable = AnySetting.all.filter { setting in
      if case .numbers = setting.domain { return true }
      return false
    }
    guard let setting = tunable.first(where: { $0.name == parts[0] }) else {
      throw HarnessError.usage(unknown("setting '\(parts[0])' of --tune", parts[0], tunable.map(\.name)))
    }
    guard parts.count == 2 else {
      guard setting.tuned != nil else {
        throw HarnessError.usage("--tune \(setting.name) needs a range, as in --tune \(setting.name)=0.001..0.1.")
      }
      return Tuning.Dimension(setting)
    }
    let ends = parts[1].components(separatedBy: "..").map(Double.init)
    // Swift's 0.1...2 would be taken for 0.1 to .2.
    guard !parts[1].contains("..."), ends.count == 2, let low = ends[0], let high = ends[1], low > 0, high > low,
      high.isFinite
    else {
      throw HarnessError.usage(
        "'\(parts[1])' is no range of --tune \(setting.name): it takes two numbers above 0, as in 0.001..0.1.")
    }
    return Tuning.Dimension(setting, range: low...high)
  }
}

extension Catalogue {
  /// What a setting is in all models, or some, when nothing is asked for; `nil` if that depends on more than the setting.
  func standard(of setting: AnySetting, in models: [ModelRecipe]? = nil) -> String? {
    if case .names = setting.domain { return standardName(of: setting) }
    let values = Set(
      (models ?? self.models).flatMap { model in
        normalizers.map { RunConfiguration(model: model, norm: $0)[setting] }
      })
    guard values.count == 1, let value = values.first else { return nil }
    return value.hasSuffix(".0") ? String(value.dropLast(2)) : value
  }
}
