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
    #expect(message(["--plan", "-"]) == "--plan is given twice: it names all runs at once.")
    #expect(message(["--norm", "layer"]) == "--plan has all settings, and --norm is one: name it in the plan.")
    #expect(message(["--seeds", "3"]).hasPrefix("--plan has all settings: name the seeds in the plan"))
    #expect(message(["--tune", "learning-rate"]).hasPrefix("--tune learning-rate chooses what --learning-rate names"))
    #expect(throws: HarnessError.noInput("The plan \(folder.path)/no.json cannot be read: No such file or directory."))
    {
      try Command(["--plan", folder.path + "/no.json"], catalogue)
    }
  }

  @Test("A plan can come through a pipe")
  func pipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    let text = #"{"grid": {"norm": "batch", "seed": ["# + (0..<20_000).map(String.init).joined(separator: ", ") + "]}}"
    let writer = Thread { try? Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    writer.start()
    var request = Request(catalogue)
    try PlanFile(path: path).apply(to: &request)
    #expect(request.grid[.seed]?.count == 20_000)
  }

  @Test("A plan can come from standard input")
  func standardInput() throws {
    let folder = try TemporaryFolder()
    let line =
      "cd '\(folder.path)' && "
      + "echo '{\"grid\": {\"norm\": [\"batch\", \"layer\"]}}' | '\(compareProgram)' --plan - --dry-run --quiet"
    let (code, output) = try withExtendedLifetime(folder) { try run("/bin/sh", ["-c", line]) }
    #expect(code == 0 && output.hasSuffix("\n2 runs, 2 to train.\n"), "\(output)")
  }

  @Test("A change may matter through a later exception, and a case is of runs that it concerns")
  func concern() throws {
    let grid = #"{"grid": {"norm": ["batch", "layer"], "model": "mlp"}, "exceptions": "#
    let later = try runs(
      grid
        + #"[{"where": {"norm": "batch"}, "set": {"dropout-at": "layers"}}, {"where": {"norm": "batch"}, "set": {"dropout": 0.5}}]}"#
    )
    #expect(later.map { $0[.dropout] } == [0.5, 0])
    #expect(throws: HarnessError.self) { try runs(grid + #"[{"where": {"groups": 1}, "set": {"epochs": 3}}]}"#) }
  }

  @Test("What is asked for and changes nothing is said, unless nothing is to be")
  func idle() throws {
    let folder = try TemporaryFolder()
    let line = "--model mlp --norm batch --epochs 1 --test-images train --test-limit 5 --groups 2 --dropout 0 --dry-run"
    #expect(
      try compare(line, in: folder).errors
        == "--groups changes nothing in any run that is asked for.\n--test-limit changes nothing in any run that is asked for.\n"
    )
    #expect(try compare(line + " --quiet", in: folder).errors == "")
    #expect(try compare("--norm batch,group --groups 2 --test-limit 0 --dry-run", in: folder).errors == "")
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
