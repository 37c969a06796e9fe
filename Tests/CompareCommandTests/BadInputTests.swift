import Foundation
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

/// Every bad input that has a row here: what the program says, and its exit code.
struct BadInput: Sendable, CustomTestStringConvertible {
  let line: String
  let code: Int32
  /// What the one line of the message has among its words.
  let words: String
  var files: [String: String] = [:]

  var testDescription: String {
    line + files.sorted { $0.key < $1.key }.map { " \($0.key): \($0.value.prefix(120))" }.joined()
  }

  static let all =
    commands.map { BadInput(line: $0.0, code: $0.1, words: $0.2) }
    + plans.map { BadInput(line: "--plan plan.json", code: $0.1, words: $0.2, files: ["plan.json": $0.0]) }
    + merges.map {
      BadInput(line: "merge a b --into all", code: 65, words: $0.1, files: ["a/runs.csv": runs(), "b/runs.csv": $0.0])
    }

  // MARK: - The command line

  private static let commands: [(String, Int32, String)] = [
    ("--nrom layer", 64, "Unknown option '--nrom'. Did you mean '--norm'? Valid: --model, --norm, --data,"),
    ("--qqq", 64, "Unknown option '--qqq'. Valid: --model,"),
    ("--", 64, "Unknown option '--'. Valid: --model,"),
    ("---norm layer", 64, "Unknown option '---norm'. Did you mean '--norm'?"),
    ("--data-dir .", 64, "Unknown option '--data-dir'. Did you mean '--data'?"),
    (
      "--norm lyer", 64,
      "Unknown value 'lyer' of --norm. Did you mean 'layer'? Valid: none, batch, layer, instance, group, rms, renorm, "
        + "dyt, all."
    ),
    ("--model cmn", 64, "Unknown value 'cmn' of --model. Did you mean 'cnn'? Valid: cnn, rnn, mlp, all."),
    (
      "--data fashon", 64,
      "Unknown value 'fashon' of --data. Did you mean 'fashion-mnist'? Valid: digits, fashion-mnist, mnist, all, or the "
        + "name of a folder with IDX, NumPy or CSV files."
    ),
    ("--norm", 64, "--norm needs a value"),
    ("--norm --model rnn", 64, "--norm needs a value"),
    ("--norm layer,,batch", 64, "--norm takes one value or several with commas between them, not 'layer,,batch'."),
    ("--epochs 0", 64, "'0' is no value of --epochs: it takes whole numbers, 1 to 100000."),
    ("--epochs 2.5", 64, "'2.5' is no value of --epochs"),
    ("--epochs 99999999999999999999", 64, "'99999999999999999999' is no value of --epochs"),
    ("--learning-rate -1", 64, "'-1' is no value of --learning-rate: it takes numbers above 0."),
    ("--learning-rate nan", 64, "'nan' is no value of --learning-rate"),
    ("--clip inf", 64, "'inf' is no value of --clip: it takes numbers of 0 or more."),
    ("--dropout 1", 64, "'1' is no value of --dropout: it takes numbers from 0 to below 1."),
    ("--affine yes", 64, "Unknown value 'yes' of --affine. Valid: on, off, scale, shift, all."),
    ("--seed 1 --seeds 3", 64, "--seed and --seeds exclude each other"),
    ("--seeds 1000000000", 64, "'1000000000' is no value of --seeds: it takes whole numbers, 1 to 10000."),
    ("--force=yes", 64, "--force takes no value."),
    ("--time-limit 2w", 64, "'2w' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
    ("--time-limit -1h", 64, "'-1h' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
    ("--time-limit nan", 64, "'nan' is no value of --time-limit: it takes a time, as 90s, 30m, 1h30m or 2d, or as"),
    (
      "--force --time-limit 1h", 64,
      "--time-limit goes on with what is recorded, and --force trains it anew: give one of them."
    ),
    ("layer", 64, "Unknown command 'layer'. Valid: show, claims, merge, columns, schema, completion."),
    ("shw", 64, "Unknown command 'shw'. Did you mean 'show'?"),
    ("--norm layer batch", 64, "Unexpected 'batch'. Options start with --"),
    ("--threads 0", 64, "'0' is no value of --threads: it takes whole numbers, 1 to 1024."),
    ("--results=", 64, "--results needs the name of a folder."),
    ("--baseline bach", 64, "Unknown value 'bach' of --baseline. Did you mean 'batch'?"),
    ("--norm layer,none --baseline batch", 64, "--baseline batch is not among --norm layer,none"),
    ("--budget 4", 64, "--budget is for --tune, which is not asked for."),
    ("--tune learning-rate --budget 0", 64, "'0' is no value of --budget: it takes whole numbers, 1 to 1024."),
    ("--tune learning-rate --learning-rate 0.1", 64, "--tune learning-rate chooses what --learning-rate names"),
    ("--tune optimizer", 64, "Unknown setting 'optimizer' of --tune. Valid: learning-rate,"),
    ("--tune lerning-rate", 64, "Did you mean 'learning-rate'?"),
    ("--tune momentum", 64, "--tune momentum needs a range, as in --tune momentum=0.001..0.1."),
    ("--tune learning-rate=1..0.1", 64, "'1..0.1' is no range of --tune learning-rate"),
    ("--tune learning-rate=0.1", 64, "'0.1' is no range of --tune learning-rate: it takes two numbers above 0"),
    ("--tune learning-rate=0..1", 64, "'0..1' is no range"),
    ("--tune learning-rate=1..inf", 64, "'1..inf' is no range"),
    ("--tune learning-rate=1..2..3", 64, "'1..2..3' is no range"),
    ("--tune learning-rate=0.1...2", 64, "'0.1...2' is no range"),
    ("--tune learning-rate=0.1..1,learning-rate", 64, "--tune names a setting twice"),
    ("--top 3", 64, "Unknown option '--top'."), ("show --jobs 2", 64, "Unknown option '--jobs'."),
    ("show --top 0", 64, "'0' is no value of --top"), ("show --pivot norm", 64, "--pivot takes two settings"),
    ("show --pivot norm,norm", 64, "--pivot takes two settings"),
    ("show --pivot norm,lerning-rate", 64, "Did you mean 'learning-rate'?"),
    ("show --pivot norm,seed", 64, "Unknown setting 'seed' of --pivot."),
    ("completion", 64, "completion needs the name of a shell: bash, zsh, fish."),
    ("completion zhs", 64, "Unknown shell 'zhs'. Did you mean 'zsh'? Valid: bash, zsh, fish."),
    ("completion bash zsh", 64, "Unknown shell 'bash zsh'."),
    ("--norm lyer", 64, "Unknown value 'lyer' of --norm."),
    ("--batch-size 2000", 64, "--batch-size 2000 is larger than digits, which has 1437"),
    ("--norm group --groups 5", 64, "--groups 5 does not divide the 64 channels of a layer of rnn."),
    ("--norm instance --placement time-step", 64, "--norm instance does not fit the rnn as configured."),
    ("--norm instance --model mlp", 64, "--norm instance does not fit the mlp as configured."),
    ("--tune dropout=0.5..2", 64, "--tune dropout cannot try 1."),
    ("--data /nowhere/mnist", 66, "/nowhere/mnist is not there. --data takes a folder"),
    ("--results /dev/null/x", 73, "The results folder /dev/null/x cannot be made"),
    ("--task +1/2", 64, "'+1/2' is no value of --task: it takes I/N"),
    ("--task 1/2 --task 2/2", 64, "--task is given twice"),
    ("--plan -", 65, "standard input: found no JSON: its end"),
    ("--seeds 10000 --epochs 1,2,3 --width 1,2,3,4,5,6,7", 64, "The options span 210000 runs; 100000 are the most."),
    ("--task 0/3", 64, "'0/3' is no value of --task: it takes I/N"), ("--task 3", 64, "'3' is no value of --task"),
    ("show --task 1/2", 64, "Unknown option '--task'"), ("--task 1/2 --report", 64, "--report is for a whole grid"),
    ("claims --task 1/2", 64, "--task is for claims that are named"),
    ("merge", 64, "merge takes the folders to join"), ("merge a", 64, "merge takes the folders to join"),
    ("merge --into a", 64, "merge takes the folders to join"), ("merge a --into", 64, "--into needs a value"),
    ("merge a --into=", 64, "--into needs the name of a folder"),
    ("merge a --norm batch", 64, "Unknown option '--norm'"),
    ("--into a", 64, "Unknown option '--into'"), ("merge nothing --into a", 66, "nothing has no runs.csv"),
    ("--time-limit 1:60", 64, "'1:60' is no value of --time-limit"),
    ("--time-limit=", 64, "'' is no value of --time-limit"),
    ("--jobs 1.5", 64, "'1.5' is no value of --jobs"), ("--record lyers", 64, "Did you mean 'layers'?"),
    ("--plan", 64, "--plan needs a value"),
    ("--plan plan.json --norm batch", 66, "The plan plan.json cannot be read: No such file"),
    ("--plan .", 66, "The plan . cannot be read: Is a directory."),
    ("columns --norm batch", 64, "columns takes no options."),
    ("schema plan.json", 64, "schema takes no options."),
    ("claims santy", 64, "Unknown claim 'santy'. Did you mean 'sanity'?"),
    ("claims sanity --batch-size 2", 64, "Unknown option '--batch-size'."), ("show", 66, "Results has no runs.csv"),
    ("show --results nothing", 66, "nothing has no runs.csv"),
    ("merge --results a --into b", 64, "Unknown option '--results'."),
    ("--json --latex", 64, "exclude each other."),
  ]

  // MARK: - Plans

  private static let plans: [(String, Int32, String)] = [
    ("", 65, "no JSON: its end, where a value should be (line 1, column 1), expected a plan: {"),
    (#"{"grid": {}}"#, 65, "nothing in grid"), ("[1]", 65, "found a list (line 1, column 1)"),
    ("{}", 65, "no \"grid\""),
    (#"{"grid": {"norm": "batch"}, "exception": []}"#, 65, "\"exception\""),
    (
      #"{"grid": {"norms": "batch"}}"#, 65,
      "Unknown setting 'norms' in grid. Did you mean 'norm'? (line 1, column 11), expected one of model, norm,"
    ),
    (#"{"grid": {"norms": "batch"}}"#, 65, "test-images, test-limit."),
    (
      #"{"grid": {"data": "digits\u0000x"}}"#, 65,
      "found \"digits\\0x\" for data in grid (line 1, column 19), expected a name in quotes, without a comma or a zero"
    ),
    (
      "{\"grid\": {\"seed\": [\(repeatElement("1", count: 100_001).joined(separator: ","))]}}", 65,
      "found 100001 values for seed in grid (line 1, column 19), expected at most 100000."
    ),
    (
      "{\"grid\": {\"norm\": \"batch\"}, \"exceptions\": [\(repeatElement("{}", count: 10_001).joined(separator: ","))]}",
      65,
      "found 10001 exceptions"
    ),
    (
      "{\"grid\": {\"seed\": [\((0..<1001).map(String.init).joined(separator: ","))]}, \"exceptions\": ["
        + repeatElement(#"{"where": {"seed": 1}, "set": {"epochs": 2}}"#, count: 2000).joined(separator: ",") + "]}",
      64,
      "2000 exceptions to 1001 runs are too many"
    ),
    (#"{"grid": {"norm": "bach"}}"#, 65, "grid: Unknown value 'bach' of --norm. Did you mean 'batch'?"),
    (#"{"grid": {"batch-size": 0}}"#, 65, "'0' is no value of --batch-size"),
    (#"{"grid": {"batch-size": [2, null]}}"#, 65, "found null for batch-size in grid (line 1, column 29)"),
    (#"{"grid": {"batch-size": {"a": 1}}}"#, 65, "found an object for batch-size in grid"),
    (#"{"grid": {"batch-size": []}}"#, 65, "found an empty list for batch-size in grid"),
    (
      #"{"grid": {"norm": "batch,layer"}}"#, 65,
      "found \"batch,layer\" for norm in grid (line 1, column 19), expected a word in quotes"
    ),
    (#"{"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "batch"}}]}"#, 65, "no \"set\" in exception 1"),
    (
      #"{"grid": {"norm": "batch"}, "exceptions": [{"where": {}, "set": {"epochs": 1}}]}"#, 65,
      "nothing in exception 1, where"
    ),
    (
      #"{"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "batch"}, "set": {"seed": 1}}]}"#, 65,
      "seed in exception 1, set"
    ),
    (
      #"{"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "layer"}, "set": {"epochs": 1}}]}"#, 64,
      "No run of the grid is one of exception 1, norm layer."
    ),
    (
      #"{"grid": {"norm": "batch", "seed": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "epochs": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "width": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "depth": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}, "exceptions": [{"where": {"norm": "batch"}, "set": {"momentum": [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9]}}]}"#,
      64, "110000 runs"
    ),
    (
      #"{"grid": {"norm": "batch", "seed": 1, "norm": "layer"}}"#, 65,
      "found \"norm\" for the second time, after line 1, column 11 (line 1, column 39)"
    ),
    ("{\"grid\":\n  {\"norm\": batch}}", 65, "no JSON: \"b\", where a value should be (line 2, column 12)"),
    (#"{"grid": {"norm": "batch",}}"#, 65, "no JSON: \"}\", where a name in quotes should be (line 1, column 27)"),
    (
      #"{"grid": {"batch-size": "2"}}"#, 65,
      "found \"2\" for batch-size in grid (line 1, column 25), expected whole numbers, 1 to 1000000, without quotes."
    ),
    (#"{"grid": {"batch-size": 2.5}}"#, 65, "found 2.5 for batch-size in grid"),
    (
      #"{"grid": {"seed": 18446744073709551615}}"#, 65,
      "expected whole numbers, 0 to 9223372036854775807, without quotes."
    ),
    (
      #"{"grid": {"learning-rate": 1e400}}"#, 65,
      "found 1e400 for learning-rate in grid (line 1, column 28), expected numbers above 0"
    ),
    (#"{"grid": {"norm": [["batch"]]}}"#, 65, "found a list for norm in grid (line 1, column 20)"),
    (#"{"grid": {"norm": ""}}"#, 65, "found \"\" for norm in grid"),
    (#"{"grid": "batch"}"#, 65, "found \"batch\" as grid"),
    (
      #"{"grid": {"affine": 1}}"#, 65,
      "found 1 for affine in grid (line 1, column 21), expected a word in quotes, true or false"
    ),
    (#"{"grid": {"norm": "batch"}, "exceptions": null}"#, 65, "found null as \"exceptions\" (line 1, column 43)"),
    (#"{"$schema": 1, "grid": {"norm": "batch"}}"#, 65, "found 1 as \"$schema\""),
    (
      #"{"grid": {"norm": "batch"}, "exceptions": [{"where": {"norm": "batch"}, "set": {"groups": 2}}]}"#, 64,
      "Exception 1 sets groups, which changes nothing in any of its runs; leave it out."
    ),
    (
      #"{"grid": {"norm": "batch"}, "exceptions": [{"where": {"groups": 1}, "set": {"epochs": 2}}]}"#, 64,
      "No run of the grid is one of exception 1, groups 1."
    ),
  ]

  // MARK: - Merges

  private static let merges: [(String, String)] = [
    (
      "a,b\n1,2\n",
      "b/runs.csv: found the columns a,b…, and no run, expected a file that compare wrote; name another folder, or move"
    ),
    (String(runs().prefix(40)), "b/runs.csv: found no whole line"),
    (runs() + "r1,two\n", "b/runs.csv: found line 3 with r1,two"),
    (runs() + "\"\n", "b/runs.csv: found a quotation that begins in line 3"),
    (runs { $0["seed"] = "7" }, "b/runs.csv: found line 2 with settings or data that are not those of r"),
    (runs { $0["fingerprint"] = "other" }, "b/runs.csv: found line 2 with settings or data that are not those of r"),
    (runs { $0["status"] = "" }, "b/runs.csv: found line 2 with status"),
    (runs { $0["test_loss"] = "much" }, "b/runs.csv: found line 2 with test_loss"),
    (runs { $0["batch_size"] = "-3" }, "b/runs.csv: found line 2 with batch_size"),
  ]

  /// A file with one run, of which something is changed.
  private static func runs(_ change: (inout [String: String]) -> Void = { _ in }) -> String {
    let record = MadeUpRun("batch").record
    var fields = Dictionary(uniqueKeysWithValues: RunRecord.columns.map { ($0, record.field($0)) })
    change(&fields)
    return CSV.line(RunRecord.columns) + CSV.line(RunRecord.columns.map { fields[$0] ?? "" })
  }
}

@Suite struct BadInputTests {
  @Test(
    "What is wrong is said in one line, with the exit code that fits, and nothing is written", arguments: BadInput.all)
  func message(input: BadInput) throws {
    let folder = try TemporaryFolder()
    for (name, text) in input.files {
      let place = URL(fileURLWithPath: "\(folder.path)/\(name)").deletingLastPathComponent()
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try folder.write(Array(text.utf8), to: name)
    }
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    let outcome = try compare(input.line, in: folder)
    #expect(outcome.code == input.code, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("compare: ") && outcome.errors.contains(input.words), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == before)
  }

  /// What the schema says of the same texts is tested in Python.
  @Test("The program takes the plans that the schema takes, and no others")
  func plans() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/plans.json")
    let texts = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: fixtures))
    let folder = try TemporaryFolder()
    func apply(_ text: String) throws {
      try folder.write(Array(text.utf8), to: "plan.json")
      var request = Request(Catalogue())
      try PlanFile(path: folder.path + "/plan.json").apply(to: &request)
    }
    for text in try #require(texts["plans"]) { #expect(throws: Never.self, "\(text)") { try apply(text) } }
    for text in try #require(texts["no_plans"]) {
      let error = #expect(throws: HarnessError.self, "\(text)") { try apply(text) }
      #expect(error?.exitCode == 65 && error?.description.contains("plan.json: found ") ?? false, "\(text)")
    }
  }
}
