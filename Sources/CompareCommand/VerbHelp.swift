import Harness

extension Command {
  /// The help of a verb that trains nothing.
  static func helpText(of verb: Verb, _ catalogue: Catalogue, program: String = programName) -> String {
    switch verb {
    case .merge: helpTextOfMerge(catalogue, program)
    case .schema: helpTextOfSchema(program)
    case .show: helpTextOfShow(catalogue, program)
    case .columns: helpTextOfColumns(program)
    case .completion: helpTextOfCompletion(program)
    case .compare, .claims: helpText(catalogue, program: program)
    }
  }

  private static func helpTextOfShow(_ catalogue: Catalogue, _ program: String) -> String {
    let settings = Set(AnySetting.all.map(\.name))
    return """
      Prints the table of what is recorded, without training.

      USAGE: \(program) show [options]

      Every setting of \(program) --help chooses runs by its values, as --norm batch,layer --learning-rate 0.01; without one, all runs
      are shown. Rows are means over seeds, with differences from a baseline where there are three seeds or more.

      OPTIONS
      \(lines(Option.all(catalogue).filter { $0.commands.contains(.show) && !settings.contains($0.name) }))

      EXAMPLES
        \(program) show --norm batch,group --sort test-accuracy --top 5
        \(program) show --pivot norm,learning-rate
        \(program) show --plot --results Results/grid
      """
  }

  private static func helpTextOfColumns(_ program: String) -> String {
    """
    Prints what the columns of the CSV files hold, file by file, each with its unit.

    USAGE: \(program) columns

    EXAMPLES
      \(program) columns | less
    """
  }

  private static func helpTextOfCompletion(_ program: String) -> String {
    """
    Prints a script with which a shell completes the options of \(program), and the words that they take.

    USAGE: \(program) completion \(Shell.allCases.map(\.rawValue).joined(separator: "|"))

    EXAMPLES
      source <(\(program) completion bash)
      source <(\(program) completion zsh)
      \(program) completion fish | source
    """
  }

  private static func helpTextOfMerge(_ catalogue: Catalogue, _ program: String) -> String {
    """
    Joins the results of several folders in one.

    USAGE: \(program) merge DIR… --into DIR

    A run has one row, wherever it is recorded; what several folders have alike is folded. All that is recorded of a run goes
    with it, and so do trials, labels, channels and commands. The folder to join in may have results by then, which stay as they
    are; the others are only read. What is made of the runs, as differences.csv, is made again by the command that trained them.

    Where folders have other numbers of one run, or other rows of one table, none is taken: both values stand in
    contradictions.csv, and the exit code is 65. So it is for a file that is not whole, or a row whose settings are those of
    another run; then nothing is merged.

    OPTIONS
    \(lines(Option.all(catalogue).filter { $0.commands.contains(.merge) }))

    EXAMPLES
      \(program) merge Results/grid/task-*-of-12 --into Results/grid
      \(program) merge laptop/Results cluster/Results --into Results
    """
  }

  private static func helpTextOfSchema(_ program: String) -> String {
    """
    Prints what the JSON file of --plan can hold, as a JSON schema (draft 2020-12): editors complete and check by it.

    USAGE: \(program) schema

    A plan is a grid of settings, each with a value or a list of values, and exceptions: what is otherwise in some of its runs,
    each on top of those before it.

      {
        "grid": { "model": "cnn", "norm": ["batch", "group"], "batch-size": [2, 32], "seed": [0, 1, 2] },
        "exceptions": [{ "where": { "batch-size": 2 }, "set": { "learning-rate": 0.001 } }]
      }

    Numbers have no quotes and words have them; "all" stands for all words of a setting. Beyond the schema, no name may stand
    twice in one object, and every exception must be for some run of the grid and set something that concerns it.

    EXAMPLES
      \(program) schema > plan.schema.json
      \(program) --plan plan.json --dry-run
    """
  }
}
