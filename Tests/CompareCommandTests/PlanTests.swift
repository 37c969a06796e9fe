import Foundation
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct PlanTests {
  private let catalogue = Catalogue()

  /// The runs of a plan.
  private func runs(_ json: String) throws -> [RunConfiguration] {
    let folder = try TemporaryFolder()
    try folder.write(Array(json.utf8), to: "plan.json")
    guard case .compare(let request) = try Command(["--plan", folder.path + "/plan.json"], catalogue) else { return [] }
    return try request.trainings().trainings.map(\.configuration)
  }

  @Test("A plan spans its grid, and an exception changes the runs that it is for, on top of those before it")
  func exceptions() throws {
    let runs = try runs(
      """
      {"grid": {"model": "cnn", "norm": ["batch", "group"], "batch-size": [2, 32], "affine": true, "seed": [0, 1]},
       "exceptions": [{"where": {"batch-size": 2}, "set": {"learning-rate": 0.0005}},
                      {"where": {"norm": "group"}, "set": {"groups": [2, 4], "epochs": 3}},
                      {"where": {"norm": "group", "groups": [2]}, "set": {"learning-rate": 0.25}}]}
      """)
    func row(_ run: RunConfiguration) -> String {
      "\(run[.norm]) \(run[.batchSize]) \(run[.groups]) \(run[.learningRate]) \(run[.epochs]) \(run[.seed])"
    }
    let standard = RunConfiguration(model: .cnn, norm: NormalizerChoice.all[1])
    let (rate, epochs) = (standard[.learningRate], standard[.epochs])
    let absent = Setting.groups.erased.absent
    #expect(
      runs.map(row)
        == [0, 1].flatMap { seed in
          [
            "batch 2 \(absent) 0.0005 \(epochs) \(seed)", "batch 32 \(absent) \(rate) \(epochs) \(seed)",
            "group 2 2 0.25 3 \(seed)", "group 2 4 0.0005 3 \(seed)", "group 32 2 0.25 3 \(seed)",
            "group 32 4 \(rate) 3 \(seed)",
          ]
        })
  }

  @Test("Runs of a plan are those of the options: the same names, whoever spans them")
  func same() throws {
    let planned = try runs(#"{"grid": {"norm": "all", "model": ["cnn", "mlp"], "learning-rate": [1e-2, 0.1]}}"#)
    let line = ["--norm", "all", "--model", "cnn,mlp", "--learning-rate", "0.01,0.1"]
    guard case .compare(let request) = try Command(line, catalogue) else { return }
    #expect(try planned == request.trainings().trainings.map(\.configuration))
  }

  @Test(
    "What is no plan is refused with the file, what was found and what was expected",
    arguments: [
      ("", 65, "no JSON"), (#"{"grid": {}}"#, 65, "nothing in grid"), ("[1]", 65, "something else than the schema has"),
      ("{}", 65, "no \"grid\""),
      (#"{"grid": {"norm": "batch"}, "exception": []}"#, 65, "\"exception\""),
      (
        #"{"grid": {"norms": "batch"}}"#, 65,
        "Unknown setting 'norms' in grid. Did you mean 'norm'? Valid: model, norm,"
      ),
      (#"{"grid": {"norm": "bach"}}"#, 65, "grid: Unknown value 'bach' of --norm. Did you mean 'batch'?"),
      (#"{"grid": {"batch-size": 0}}"#, 65, "'0' is no value of --batch-size"),
      (#"{"grid": {"batch-size": [2, null]}}"#, 65, "at grid, batch-size"),
      (#"{"grid": {"batch-size": {"a": 1}}}"#, 65, "at grid, batch-size"),
      (#"{"grid": {"batch-size": []}}"#, 65, "batch-size in grid with an empty value"),
      (#"{"grid": {"norm": "batch,layer"}}"#, 65, "norm in grid with an empty value or one with a comma"),
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
    ])
  func refused(json: String, code: Int32, words: String) {
    let error = #expect(throws: HarnessError.self) { try runs(json) }
    #expect(error?.exitCode == code && error?.description.contains(words) ?? false, "\(String(describing: error))")
    if code == 65 { #expect(error?.description.contains("plan.json: found ") ?? false) }
  }

  @Test("A plan has all settings, and stands beside what is none")
  func options() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array(#"{"grid": {"learning-rate": [0.1], "seed": 3}}"#.utf8), to: "plan.json")
    let plan = ["--plan", folder.path + "/plan.json"]
    func message(_ more: [String]) -> String {
      do {
        _ = try Command(plan + more, catalogue)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message(["--jobs", "1", "--tune", "init-scale"]) == "")
    #expect(message(["--norm", "layer"]) == "--plan has all settings, and --norm is one: name it in the plan.")
    #expect(message(["--seeds", "3"]).hasPrefix("--plan has all settings: name the seeds in the plan"))
    #expect(message(["--tune", "learning-rate"]).hasPrefix("--tune learning-rate chooses what --learning-rate names"))
    #expect(throws: HarnessError.noInput("The plan \(folder.path)/no.json cannot be read.")) {
      try Command(["--plan", folder.path + "/no.json"], catalogue)
    }
  }

  @Test("The published schema is that of the settings, and the published plan is one")
  func published() throws {
    let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples")
    let schema = try String(contentsOf: examples.appendingPathComponent("plan.schema.json"), encoding: .utf8)
    #expect(schema == PlanSchema(catalogue).text + "\n", "swift run compare schema > Examples/plan.schema.json")
    let plan = try String(contentsOf: examples.appendingPathComponent("plan.json"), encoding: .utf8)
    #expect(try runs(plan).count == 3 * (2 + 2 + 4))
  }
}
