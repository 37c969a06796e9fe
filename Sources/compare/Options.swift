import Foundation
import Harness
import Layers
import Tensors

/// An option of the command line.
struct Option: Sendable {
  let name: String
  /// What stands for the value in the help; `nil` for a switch.
  let placeholder: String?
  let help: String
  let apply: @Sendable (inout Request, String) throws -> Void
}

extension Option {
  /// Every option, in the order of the help.
  static let all: [Option] = [
    .words("norm", of: NormalizerChoice.all.map(\.name), "normalizers to compare") { $0.norms = $1 },
    .words("model", of: names(ModelKind.self), "models to train") { request, words in
      request.models = words.compactMap(ModelKind.init)
    },
    Option(
      name: "data", placeholder: "LIST",
      help: "data sets: \(DataSource.all.map(\.name).joined(separator: ", ")), all, or folders of IDX files"
    ) { $0.sources = try sources(list($1, for: "data")) },
    .integers("epochs", 1...100_000, "passes over the training data") { $0.epochs = $1 },
    .integers("batch-size", 1...1_000_000, "samples to a step") { $0.batchSizes = $1 },
    .numbers("learning-rate", "step size") { $0.learningRates = $1 },
    .words("optimizer", of: names(OptimizerKind.self), "sgd has momentum 0.9") { request, words in
      request.optimizers = words.compactMap(OptimizerKind.init)
    },
    .integers("seed", 0...Int.max, "seeds of the initial weights and the batches") { request, seeds in
      request.seeds = seeds.map(UInt64.init)
    },
    Option(name: "seeds", placeholder: "N", help: "the seeds 0 … N−1") { request, text in
      request.seeds = (0..<UInt64(try integer(text, in: 1...10_000, for: "seeds"))).map { $0 }
    },
    .integers("groups", 1...4096, "groups of group normalization") { $0.groups = $1 },
    .words("activation", of: names(Activation.self), "nonlinear functions") { request, words in
      request.activations = words.compactMap(Activation.init)
    },
    .words(
      "placement", of: names(RunPlacement.self),
      "where the normalizer stands: before or after the activation of the cnn, on the "
        + "input path or in each time step of the rnn"
    ) { request, words in
      request.placements = words.compactMap(RunPlacement.init)
    },
    .numbers("init-scale", "factor on the initial weights") { $0.initialScales = $1 },
    .integers("width", 1...4096, "channels of the first block, or hidden units") { $0.widths = $1 },
    .integers("depth", 1...16, "blocks, or recurrent layers") { $0.depths = $1 },
    .numbers("clip", allowsZero: true, "largest norm of the gradient; 0 for none") { $0.clips = $1 },
    Option(name: "jobs", placeholder: "N", help: "runs trained side by side (default: the cores)") {
      $0.jobs = try integer($1, in: 1...1024, for: "jobs")
    },
    Option(name: "threads", placeholder: "N", help: "threads that the runs share; the numbers do not depend on it") {
      $0.threads = try integer($1, in: 1...1024, for: "threads")
    },
    Option(name: "results", placeholder: "DIR", help: "folder of the CSV files (default Results)") {
      guard !$1.isEmpty else { throw HarnessError.usage("--results needs the name of a folder.") }
      $0.results = $1
    },
    Option(name: "force", placeholder: nil, help: "train recorded runs anew and replace their rows") { request, _ in
      request.force = true
    },
    Option(name: "dry-run", placeholder: nil, help: "list the runs and train none") { request, _ in
      request.dryRun = true
    },
    Option(name: "quiet", placeholder: nil, help: "no progress, only the table") { request, _ in
      request.quiet = true
    },
  ]

  private static func names<Kind: CaseIterable & RawRepresentable<String>>(_ kind: Kind.Type) -> [String] {
    kind.allCases.map(\.rawValue)
  }

  /// An option whose value is a list of known words, or `all` of them.
  private static func words(
    _ name: String, of valid: [String], _ help: String, _ set: @escaping @Sendable (inout Request, [String]) -> Void
  ) -> Option {
    Option(name: name, placeholder: "LIST", help: "\(help): \(valid.joined(separator: ", ")) or all") { request, text in
      let words = try list(text, for: name)
      for word in words where word != "all" && !valid.contains(word) {
        throw HarnessError.usage(unknown("value '\(word)' of --\(name)", word, valid + ["all"]))
      }
      set(&request, words.contains("all") ? valid : words)
    }
  }

  /// The data sets that words stand for: names, folders or `all`, each once.
  private static func sources(_ words: [String]) throws -> [DataSource] {
    var sources: [DataSource] = []
    for word in words {
      let named = try word == "all" ? DataSource.all : [DataSource.named(word)].compactMap(\.self)
      guard !named.isEmpty else {
        let valid = DataSource.all.map(\.name) + ["all"]
        throw HarnessError.usage(unknown("value '\(word)' of --data", word, valid) + " Or the folder of IDX files.")
      }
      sources += named.filter { !sources.contains($0) }
    }
    for (index, source) in sources.enumerated() where sources[..<index].contains(where: { $0.name == source.name }) {
      throw HarnessError.usage(
        "--data has two data sets that are called '\(source.name)': leave one out, or rename its folder.")
    }
    return sources
  }

  private static func integers(
    _ name: String, _ range: ClosedRange<Int>, _ help: String, _ set: @escaping @Sendable (inout Request, [Int]) -> Void
  ) -> Option {
    Option(name: name, placeholder: "LIST", help: help) { request, text in
      set(&request, try list(text, for: name).map { try integer($0, in: range, for: name) })
    }
  }

  private static func numbers(
    _ name: String, allowsZero: Bool = false, _ help: String,
    _ set: @escaping @Sendable (inout Request, [Double]) -> Void
  ) -> Option {
    let allowed = allowsZero ? "0 or more" : "above 0"
    return Option(name: name, placeholder: "LIST", help: help) { request, text in
      set(
        &request,
        try list(text, for: name).map { word in
          guard let value = Double(word), value.isFinite, value > 0 || (allowsZero && value == 0) else {
            throw HarnessError.usage("'\(word)' is no value of --\(name): it takes numbers \(allowed).")
          }
          return value
        })
    }
  }

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
      let allowed =
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      throw HarnessError.usage("'\(text)' is no value of --\(name): it takes whole numbers, \(allowed).")
    }
    return value
  }
}

/// A line about a word that is not known, with the nearest one and all that are.
private func unknown(_ what: String, _ word: String, _ valid: [String]) -> String {
  let guess = nearest(to: word, in: valid).map { " Did you mean '\($0)'?" } ?? ""
  return "Unknown \(what).\(guess) Valid: \(valid.joined(separator: ", "))."
}

/// What the command line comes to.
enum Command {
  case help
  case version
  case compare(Request)

  init(_ arguments: [String]) throws {
    var request = Request()
    var given: Set<String> = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") || argument == "-h" else {
        throw HarnessError.usage("Unexpected '\(argument)'. Options start with --; see compare --help.")
      }
      let parts = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      if name == "help" || name == "h" {
        self = .help
        return
      }
      if name == "version" {
        self = .version
        return
      }
      guard let option = Option.all.first(where: { $0.name == name }) else {
        let valid = Option.all.map { "--\($0.name)" } + ["--help", "--version"]
        throw HarnessError.usage(unknown("option '--\(name)'", "--\(name)", valid))
      }
      let inline = parts.count == 2 ? String(parts[1]) : nil
      if option.placeholder == nil {
        guard inline == nil else { throw HarnessError.usage("--\(name) takes no value.") }
        try option.apply(&request, "")
      } else {
        guard let value = inline ?? rest.popFirst() else {
          throw HarnessError.usage("--\(name) needs a value; see compare --help.")
        }
        try option.apply(&request, value)
      }
      given.insert(name)
    }
    if given.isSuperset(of: ["seed", "seeds"]) {
      throw HarnessError.usage("--seed and --seeds exclude each other: name the seeds, or how many there are to be.")
    }
    self = .compare(request)
  }

  static var helpText: String {
    let lines = Option.all.map { option in
      (["--\(option.name)", option.placeholder].compactMap(\.self).joined(separator: " "), option.help)
    }
    let all = lines + [("--help", "this text"), ("--version", "the version of the package")]
    let width = 22
    let options = all.map { left, help in
      "  " + left.padding(toLength: width, withPad: " ", startingAt: 0)
        + wrapped(help, width: 74 - width).joined(separator: "\n" + String(repeating: " ", count: width + 2))
    }
    return """
      Trains models that differ in their normalization layers, and compares them.

      USAGE: compare [options]

      Trains every combination of the values asked for, prints a table, best first, and records every run in
      Results/runs.csv and every epoch in Results/curves.csv. A run that is recorded is not trained again.
      Options marked LIST take one value or several, as in --norm batch,layer.

      OPTIONS
      \(options.joined(separator: "\n"))

      EXAMPLES
        compare --norm layer --model rnn
        compare --norm all --model cnn,rnn --seeds 3
        compare --norm batch,group --model cnn --batch-size 2,8,32 --data fashion-mnist --epochs 2

      DEFAULTS
      \(ModelKind.allCases.map { "  " + defaults(of: RunConfiguration(model: $0)) }.joined(separator: "\n"))
      """
  }

  private static func defaults(of c: RunConfiguration) -> String {
    "\(c.model): \(c.epochs) epochs, batches of \(c.batchSize), \(c.optimizer) at \(c.learningRate), \(c.activation), "
      + "width \(c.width), depth \(c.depth), \(RunConfiguration.defaultGroups) groups"
      + (c.clip.map { ", gradients clipped to \($0)" } ?? "")
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
