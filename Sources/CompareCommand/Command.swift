import Claims
import Foundation
import Harness

/// What the command line comes to.
enum Command {
  case help
  /// The options of the claims.
  case helpOfClaims
  /// What a verb does that has few options, or none.
  case helpOfVerb(Verb)
  case version
  case compare(Request)
  case show(Request)
  case claims(Request)
  case merge(Request)
  case columns
  /// What a plan can hold.
  case schema
  case completion(Shell)

  init(_ arguments: [String], _ catalogue: Catalogue, _ claims: [any Claim] = Literature.claims) throws {
    var rest = arguments[...]
    var verb = Verb.compare
    if let word = rest.first, !word.hasPrefix("-") {
      guard let named = Verb(rawValue: word) else {
        throw HarnessError.usage(
          unknown("command '\(word)'", word, Verb.allCases.filter { $0 != .compare }.map(\.rawValue))
            + " Without one, runs are trained and compared; options start with --.")
      }
      verb = named
      rest = rest.dropFirst()
    }
    if ["--help", "-h"].contains(rest.first) {
      self = .helpPage(of: verb)
      return
    }
    if verb == .columns || verb == .schema {
      guard rest.isEmpty else { throw HarnessError.usage("\(verb.rawValue) takes no options.") }
      self = verb == .columns ? .columns : .schema
      return
    }
    if verb == .completion {
      self = .completion(try Shell(rest))
      return
    }
    let options = Option.all(catalogue).filter { $0.commands.contains(verb) }
    var request = Request(catalogue)
    var given: Set<String> = []
    while let argument = rest.popFirst() {
      if verb == .claims, !argument.hasPrefix("-") {
        try Self.add(argument, to: &request.claims, of: claims)
        continue
      }
      if verb == .merge, !argument.hasPrefix("-") {
        request.folders.append(argument)
        continue
      }
      guard argument.hasPrefix("--") || argument == "-h" else {
        throw HarnessError.usage("Unexpected '\(argument)'. Options start with --; see --help.")
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      if name == "help" || argument == "-h" {
        self = .helpPage(of: verb)
        return
      }
      if name == "version" {
        self = .version
        return
      }
      guard let option = options.first(where: { $0.name == name }) else {
        let valid = options.map { "--\($0.name)" } + ["--help", "--version"]
        throw HarnessError.usage(unknown("option '--\(name)'", "--\(name)", valid))
      }
      if ["plan", "task"].contains(name), given.contains(name) {
        throw HarnessError.usage("--\(name) is given twice: it names all runs at once.")
      }
      let inline = parts.count == 2 ? String(parts[1]) : nil
      if option.placeholder == nil {
        guard inline == nil else { throw HarnessError.usage("--\(name) takes no value.") }
        try option.apply(&request, "")
      } else {
        guard let value = inline ?? rest.popFirst(), inline != nil || !value.hasPrefix("--") else {
          throw HarnessError.usage("--\(name) needs a value; see --help.")
        }
        try option.apply(&request, value)
      }
      given.insert(name)
    }
    try Self.check(request, verb, given)
    for limit in [Setting.trainLimit, .testLimit] where verb == .claims {
      guard let values = request.grid[limit], values.count > 1 else { continue }
      throw HarnessError.usage("--\(limit.erased.name) of claims is one number, and not \(values.count).")
    }
    if given.contains("plan"), let setting = AnySetting.all.first(where: { given.contains($0.name) }) {
      throw HarnessError.usage("--plan has all settings, and --\(setting.name) is one: name it in the plan.")
    }
    if given.contains("plan"), given.contains("seeds") {
      throw HarnessError.usage("--plan has all settings: name the seeds in the plan, as \"seed\": [0, 1, 2].")
    }
    if request.force, request.timeLimit != nil {
      throw HarnessError.usage(
        "--time-limit goes on with what is recorded, and --force trains it anew: give one of them.")
    }
    if verb == .claims, request.claims.isEmpty, let option = given.sorted().first {
      throw HarnessError.usage("--\(option) is for claims that are named: \(programName) claims all --\(option).")
    }
    self =
      switch verb {
      case .show: .show(request)
      case .claims: .claims(request)
      case .merge: .merge(request)
      default: .compare(request)
      }
  }

  private static func helpPage(of verb: Verb) -> Command {
    switch verb {
    case .claims: .helpOfClaims
    case .compare: .help
    default: .helpOfVerb(verb)
    }
  }

  /// Adds the claims that a word means, each once.
  private static func add(_ word: String, to names: inout [String], of claims: [any Claim]) throws {
    let known = claims.map(\.name)
    guard word == "all" || known.contains(word) else {
      throw HarnessError.usage(unknown("claim '\(word)'", word, known + ["all"]))
    }
    for name in word == "all" ? known : [word] where !names.contains(name) { names.append(name) }
  }

  /// Options that do not go together.
  private static func check(_ request: Request, _ verb: Verb, _ given: Set<String>) throws {
    let formats = TableFormat.allCases.map(\.rawValue).filter(given.contains)
    if formats.count > 1 {
      throw HarnessError.usage("\(formats.map { "--\($0)" }.joined(separator: " and ")) exclude each other.")
    }
    if request.isPlot, let other = (formats + ["pivot", "top"]).first(where: given.contains) {
      throw HarnessError.usage("--plot and --\(other) exclude each other.")
    }
    if given.isSuperset(of: ["seed", "seeds"]) {
      throw HarnessError.usage("--seed and --seeds exclude each other: name the seeds, or how many there are to be.")
    }
    if let slice = request.slice, given.contains("report") {
      throw HarnessError.usage(
        "--report is for a whole grid, and --task \(slice.number)/\(slice.count) trains a part of one: merge the tasks first."
      )
    }
    if given.contains("budget") && request.tuned.isEmpty {
      throw HarnessError.usage("--budget is for --tune, which is not asked for.")
    }
    if let fixed = request.tuned.first(where: { given.contains($0.setting.name) || request.plans($0.setting) }) {
      throw HarnessError.usage(
        "--tune \(fixed.setting.name) chooses what --\(fixed.setting.name) names; leave one of them out.")
    }
    if let baseline = request.baseline, let norms = request.grid[.norm], !norms.contains(baseline) {
      throw HarnessError.usage(
        "--baseline \(baseline) is not among --norm \(norms.joined(separator: ",")); add it there, or take one of these."
      )
    }
  }

  /// The options as lines of help.
  static func lines(_ options: [Option]) -> String {
    let lines = options.map { option in
      (["--\(option.name)", option.placeholder].compactMap(\.self).joined(separator: " "), option.help)
    }
    return lines.map { left, help in
      "  " + left.padding(toLength: max(helpIndent, left.count + 1), withPad: " ", startingAt: 0)
        + wrapped(help, width: 100 - helpIndent).joined(
          separator: "\n" + String(repeating: " ", count: helpIndent + 2))
    }.joined(separator: "\n")
  }

  static func helpTextOfClaims(
    _ catalogue: Catalogue, _ claims: [any Claim], program: String = programName
  ) -> String {
    """
    Measures what is said of normalization, and says whether it held.

    USAGE: \(program) claims                        what is said
           \(program) claims NAME… [options]        some of it, measured
           \(program) claims all [options]          all of it

    Trains what the claims need, records it, and prints for every question what was measured, the effect with its 95 %
    interval, and a verdict. What is recorded is not trained again.

    NAMES
    \(wrapped("  " + claims.map(\.name).joined(separator: ", "), width: 98).joined(separator: "\n  "))

    OPTIONS
    \(lines(Option.all(catalogue).filter { $0.commands.contains(.claims) }).replacing(
      " (default layer)", with: " (default: the claim's own)"))

    EXAMPLES
      \(program) claims gradient-flow
      \(program) claims sanity batch-size --norm none,layer --seeds 10
      \(program) claims family --data fashion-mnist --train-limit 2000
    """
  }

  static func helpText(_ catalogue: Catalogue, program: String = programName) -> String {
    let settings = Option.settings(catalogue)
    let names = Set(settings.map(\.name))
    let others = Option.all(catalogue).filter { !names.contains($0.name) }
    return """
      Trains models that differ in their normalization layers, and compares them.

      USAGE: \(program) [options]
             \(program) show [options]               what is recorded, without training
             \(program) claims [NAME…|all]           what is said of normalization, measured
             \(program) merge DIR… --into DIR        the results of several folders in one
             \(program) columns                      what the columns of the CSV files hold
             \(program) schema                       what the JSON file of --plan can hold, as a JSON schema
             \(program) completion bash|zsh|fish     completion for a shell

      Trains every combination of the values asked for, prints a table, and records every run in Results/runs.csv,
      every evaluation in Results/curves.csv. A run that is recorded is not trained again. From three seeds on, the
      table shows differences from a baseline with 95 % intervals.

      SETTINGS, each one value or several with commas between them, as in --norm batch,layer, or all words
      \(lines(settings))

      OPTIONS
      \(lines(others))
        \("--help".padding(toLength: helpIndent, withPad: " ", startingAt: 0))this text
        \("--version".padding(toLength: helpIndent, withPad: " ", startingAt: 0))the version of the package

      EXAMPLES
        \(program) --norm layer --model rnn
        \(program) --norm all --model cnn,rnn --seeds 5
        \(program) --norm none,batch,group --model cnn --batch-size 2,32 --tune learning-rate --seeds 5
        \(program) show --norm batch,group --sort test-accuracy --top 5

      DEFAULTS of the models; the normalizer has the place that its kind needs
      \(catalogue.models.map { defaults(of: $0, in: catalogue) }.joined(separator: "\n"))
      """
  }

  private static let helpIndent = 24

  /// What a model has that others have otherwise.
  private static func defaults(of model: ModelRecipe, in catalogue: Catalogue) -> String {
    let settings = AnySetting.all.filter { setting in
      if case .names = setting.domain { return false }
      return catalogue.standard(of: setting) == nil
    }
    let values = settings.compactMap { setting in
      catalogue.standard(of: setting, in: [model]).map { "\(setting.name) \($0)" }
    }
    return "  " + wrapped("\(model.name): \(values.joined(separator: ", "))", width: 100).joined(separator: "\n    ")
  }
}

/// What the program is called, which in a stranger's package may be something else.
let programName = CommandLine.arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "compare"
