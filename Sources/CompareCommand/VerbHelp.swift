import Harness

extension Command {
  /// The help of a verb that is not about training.
  static func helpText(of verb: Verb, _ catalogue: Catalogue, program: String = programName) -> String {
    switch verb {
    case .merge: helpTextOfMerge(catalogue, program)
    case .schema: helpTextOfSchema(program)
    default: helpText(catalogue, program: program)
    }
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
